#!/usr/bin/env bash
# Makes the working copy ready to run: system packages, then Python packages in .venv.
#
#   installer/setup.sh [app|all]
#
#   app    for a machine with a screen
#   all    with the virtual desktop and what the tests need (the default)
#
# Does nothing, within a second, when nothing has changed. PYTHON names the interpreter to use.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly venv=.venv
readonly stamp=$venv/setup.stamp
readonly log=$venv/setup.log
readonly quick='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))'

say() {
  printf '[setup] %s\n' "$1"
}

fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

find_python() {
  local candidate
  for candidate in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
    if "$candidate" -c "$quick" >/dev/null 2>&1; then
      command -v "$candidate"
      return
    fi
  done
  fail "MirrorDesk needs Python 3.11 or newer with its venv module, and found none; install it, or name one with PYTHON=/path/to/python."
}

# What the packages in .venv depend on; a change of it means to install again.
fingerprint() {
  { cat pyproject.toml constraints.txt && "$venv/bin/python" -V && pwd; } | sha256sum
}

# Quiet unless it fails; then the end of the log says why.
pip_install() {
  if ! "$venv/bin/python" -m pip install --quiet -c constraints.txt "$@" >"$log" 2>&1; then
    grep -v 'is ignored' "$log" | tail -n 30 >&2
    fail "Installing the Python packages failed; the whole log is in $log."
  fi
}

announce_llama() {
  if "$venv/bin/python" -m pip cache list llama_cpp_python 2>/dev/null | grep -q '\.whl'; then
    say "Installing the language model runtime, which was compiled before (seconds) …"
  else
    say "Compiling the language model runtime llama-cpp-python (about 9 minutes on 2 cores, once; pip keeps the result) …"
  fi
}

main() {
  installer/system-packages.sh "${1:-all}"
  if [[ ! -x $venv/bin/python ]]; then
    local python
    python=$(find_python)
    say "Creating $venv with $("$python" -V) (seconds) …"
    "$python" -m venv "$venv"
  fi
  if [[ -f $stamp && $(<"$stamp") == "$(fingerprint)" ]]; then return 0; fi

  say "Installing the Python packages (a download of about 2 GB, more where CUDA comes along; a few minutes) …"
  pip_install -e ".[ui,notebook,dev]"
  announce_llama
  pip_install -e ".[ui,llm,notebook,dev]"
  fingerprint >"$stamp"
  say "Ready."
}

main "$@"
