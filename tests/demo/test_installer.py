"""The scripts that make a machine ready, and the commands that the README promises."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ROOT / "installer" / "system-packages.sh"
SCRIPTS = [PACKAGES, ROOT / "installer" / "setup.sh", ROOT / ".ci" / "run"]
INSTALLED = "installed git, git-sh\ninstalled libglib2.0-0t64, libglib2.0-0 (= 2.84)\n"


def _bin(folder: Path, *, uid: int, sudo: bool = False, debian: bool = True) -> Path:
    """A folder of programs for a machine where only git and GLib (as t64) are installed."""
    for tool in ("bash", "sed", "tr", "sort", "comm", "env"):
        (folder / tool).symlink_to(shutil.which(tool) or tool)
    _script(folder / "id", f"echo {uid}")
    if debian:
        _script(folder / "dpkg-query", f"printf '{INSTALLED}'".replace("\n", "\\n"))
        _script(folder / "apt-get", f'echo "$(id -u) apt-get $*" >> {folder}/calls')
    if sudo:
        _script(folder / "sudo", f'echo sudo >> {folder}/calls; shift; [ "$1" = true ] || "$@"')
    return folder


def _script(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def _run(path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": str(path)}
    command = [shutil.which("bash") or "bash", str(PACKAGES), *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def _calls(path: Path) -> list[str]:
    calls = path / "calls"
    return calls.read_text().splitlines() if calls.exists() else []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_is_executable_strict_and_parses(script: Path) -> None:
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text()
    assert subprocess.run(["bash", "-n", script], check=False).returncode == 0


def test_without_rights_it_prints_the_whole_command_and_ends_with_4(tmp_path: Path) -> None:
    path = _bin(tmp_path, uid=1000)
    done = _run(path, "all")
    missing = _run(path, "--list", "all").stdout.split()
    assert done.returncode == 4
    assert f"sudo apt-get install --no-install-recommends {' '.join(missing)}" in done.stderr
    assert {"xvfb", "cmake", "libxcb-cursor0"} <= set(missing)
    assert _calls(path) == []


def test_what_is_installed_or_provided_is_not_missing(tmp_path: Path) -> None:
    missing = _run(_bin(tmp_path, uid=0), "--list", "all").stdout.split()
    assert "git" not in missing
    assert "libglib2.0-0" not in missing


def test_a_machine_with_a_screen_needs_no_virtual_desktop(tmp_path: Path) -> None:
    path = _bin(tmp_path, uid=0)
    app, desktop = (set(_run(path, "--list", words).stdout.split()) for words in ("app", "desktop"))
    assert "xvfb" in desktop - app
    assert "libxcb-cursor0" in app - desktop
    assert app.isdisjoint(desktop)


@pytest.mark.parametrize(("uid", "sudo"), [(0, False), (1000, True)])
def test_with_rights_it_installs_only_what_is_missing(tmp_path: Path, uid: int, sudo: bool) -> None:
    path = _bin(tmp_path, uid=uid, sudo=sudo)
    done = _run(path, "desktop")
    assert done.returncode == 0, done.stderr
    *_, update, install = [call for call in _calls(path) if "apt-get" in call]
    assert "update" in update
    assert "--no-install-recommends" in install
    assert "xvfb" in install
    assert " git" not in install
    assert ("sudo" in _calls(path)) is sudo


def test_a_machine_without_debian_packages_is_told_so_in_one_sentence(tmp_path: Path) -> None:
    done = _run(_bin(tmp_path, uid=0, debian=False))
    assert done.returncode == 0
    assert done.stderr.startswith("This is not a Debian system")
    assert len(done.stderr.splitlines()) == 1


def test_an_unknown_argument_is_refused(tmp_path: Path) -> None:
    done = _run(_bin(tmp_path, uid=0), "--frobnicate")
    assert done.returncode == 2
    assert "--frobnicate" in done.stderr


def _make(*words: str, **env: str) -> str:
    command = ["make", "--no-print-directory", "-C", str(ROOT), *words]
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    return subprocess.run(
        command, env={**clean, **env}, capture_output=True, text=True, check=True
    ).stdout


def test_make_run_starts_the_app_with_a_display_and_the_tour_without() -> None:
    assert "bin/mirrordesk run" in _make("-n", "run", DISPLAY=":5")
    assert "bin/mirrordesk run" in _make("-n", "run", WAYLAND_DISPLAY="wayland-0")
    without = _make("-n", "run")
    assert "-m mirrordesk.demo" in without
    assert "bin/mirrordesk run" not in without


def test_make_test_sets_up_first_and_ends_with_pytest() -> None:
    steps = _make("-n", "test").splitlines()
    assert "installer/setup.sh" in steps[0]
    assert "pytest" in steps[-1]
    assert [name for name in ("ruff", "mypy", "lint-imports") if name not in " ".join(steps)] == []


@pytest.mark.parametrize("document", ["README.md", "docs/parts/setup.md"])
def test_every_make_command_in_the_docs_exists(document: str) -> None:
    promised = set(re.findall(r"\bmake ([a-z]+)\b(?=`|\s+#)", (ROOT / document).read_text()))
    assert promised
    offered = set(re.findall(r"^  make (\w+)", _make("help"), re.MULTILINE))
    assert promised <= offered
