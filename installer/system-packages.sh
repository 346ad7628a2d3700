#!/usr/bin/env bash
# Installs the Debian packages that MirrorDesk needs and that are missing.
#
#   installer/system-packages.sh [--list] [app|desktop|all]
#
#   app       what the program itself needs on a machine with a screen
#   desktop   what the virtual desktop and the tests need besides
#   all       both (the default)
#   --list    only print the names of what is missing
#
# Ends with 4 where packages are missing and may not be installed from here.
set -euo pipefail

app_packages=(
  # building: the virtual environment, and llama-cpp-python, which comes as source
  build-essential cmake git python3-venv ca-certificates
  # the window: what Qt's xcb plug-in loads
  libdbus-1-3 libegl1 libfontconfig1 libgl1 libglib2.0-0
  libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0
  libxcb-render-util0 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0
  # sound, by way of PulseAudio or PipeWire
  libpulse0
)

desktop_packages=(
  # an X display without a screen, a window manager, a tray, and hands to use them
  xvfb openbox trayer xdotool wmctrl x11-utils x11-xserver-utils dbus dbus-x11 at-spi2-core
  # a Wayland compositor without a screen, and a terminal for it
  sway foot
  # programs to work with
  xterm mousepad chromium fonts-dejavu-core fonts-liberation
  # sound without a sound card, and a voice
  pulseaudio pulseaudio-utils espeak-ng
)

fail() {
  printf '%s\n' "$1" >&2
  exit "$2"
}

# Names of all installed packages and of what they stand in for, one a line.
present() {
  dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
    sed -n 's/^installed //p' | tr ',' '\n' | sed -E 's/[[:space:]]*(\(.*\))?[[:space:]]*//g'
}

missing() {
  comm -23 <(printf '%s\n' "$@" | sort -u) <(present | sort -u)
}

install() {
  printf 'Installing %d system packages (a few minutes): %s\n' "$#" "$*"
  local -a as_root=(env DEBIAN_FRONTEND=noninteractive)
  if [[ $(id -u) -ne 0 ]]; then
    as_root=(sudo -n "${as_root[@]}")
  fi
  "${as_root[@]}" apt-get update -qq
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

may_install() {
  [[ $(id -u) -eq 0 ]] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

main() {
  local only_list=no wanted=all argument
  for argument in "$@"; do
    case $argument in
      --list) only_list=yes ;;
      app | desktop | all) wanted=$argument ;;
      *) fail "Unknown argument $argument; use [--list] [app|desktop|all]." 2 ;;
    esac
  done

  local -a packages=()
  if [[ $wanted != desktop ]]; then packages+=("${app_packages[@]}"); fi
  if [[ $wanted != app ]]; then packages+=("${desktop_packages[@]}"); fi

  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    # Not a reason to stop: everything may well be there under other names.
    printf '%s\n' "This is not a Debian system; please see to it that what these Debian \
packages hold is installed: ${packages[*]}" >&2
    return 0
  fi

  local -a absent
  mapfile -t absent < <(missing "${packages[@]}")
  if [[ $only_list == yes ]]; then
    if [[ ${#absent[@]} -gt 0 ]]; then printf '%s\n' "${absent[@]}"; fi
    return 0
  fi
  if [[ ${#absent[@]} -eq 0 ]]; then return 0; fi
  if ! may_install; then
    fail "${#absent[@]} system packages are missing; install them with:

  sudo apt-get install --no-install-recommends ${absent[*]}
" 4
  fi
  install "${absent[@]}"
}

main "$@"
