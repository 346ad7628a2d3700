"""The program behind a process id."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import psutil


def name(pid: int) -> str:
    """The name of the program that runs as `pid`; empty where there is no such process."""
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""


def called(pid: int | None, kind: str) -> str:
    """The program's name, and the `kind` that its window claims where that says something else.

    A program that runs inside another (Java, Electron, an interpreter) is known by its kind.
    """
    program = name(pid) if pid else ""
    if not program or not kind:
        return program or kind
    known = kind.casefold() in program.casefold() or program.casefold() in kind.casefold()
    return program if known else f"{program} ({kind})"


def command(pid: int) -> list[str]:
    """The words that `pid` was started with; none where there is no such process."""
    try:
        return psutil.Process(pid).cmdline()
    except psutil.Error:
        return []


def is_mirrordesk(pid: int) -> bool:
    """Whether `pid` is one of MirrorDesk's own processes."""
    return runs_mirrordesk(command(pid))


def runs_mirrordesk(command: Sequence[str]) -> bool:
    """Whether a command line starts MirrorDesk: as a script, as a module or as a built program.

    The word alone is no proof: `mousepad mirrordesk` shows somebody's file.
    """
    if not command:
        return False
    program, *arguments = command
    if PurePath(program).stem.lower() == "mirrordesk":
        return True
    if not PurePath(program).name.lower().startswith("python"):
        return False
    for place, word in enumerate(arguments):
        if word == "-m":
            module = arguments[place + 1 : place + 2]
            return bool(module) and module[0].partition(".")[0] == "mirrordesk"
        if not word.startswith("-"):
            path = PurePath(word)
            return path.name == "mirrordesk" or path.parts[-2:] == ("mirrordesk", "__main__.py")
    return False
