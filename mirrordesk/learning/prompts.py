"""Lines of a terminal at which somebody typed a command behind the shell's prompt."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_PROMPT = re.compile(
    r"""
    ^\s*(?:\([\w.-]+\)\s?)*                        # virtual environments
    (?: \[?[\w.-]+@[\w.-]+[:\s]\s?                 # user@host:~/shop (main)$, [user@host shop]$
        (?P<folder>[^\s$#%>\]]*)\]?(?:\s?\((?P<branch>[^)]+)\))?\s?[$#%>❯]\s?
      | PS\s(?P<power>[A-Za-z]:\\[^>]*)>\s?
      | (?P<drive>[A-Za-z]:\\[^>]*)>\s?
      | ➜\s+\S+(?:\s+git:\([^)]*\))?\s*(?:✗\s*)?
      | [$❯]\s+
    )
    (?P<command>[A-Za-z_.~/][\w.~/+:=\\-]*(?:\s.*)?)$
    """,
    re.VERBOSE,
)
_SETTING = re.compile(r"[A-Za-z_]\w*=\S*")  # of a variable, before the command
_QUOTED = re.compile(r"\"[^\"]*(?:\"|$)|'[^']*(?:'|$)")
_PLAIN = re.compile(r"[a-z][a-z_-]*")
_LONGEST = 3  # words that tell one command from another
_LOOKING = frozenset(
    "ls ll la pwd clear history exit man which whoami date top htop reset".split()  # noqa: SIM905
) | {"git status", "git diff", "git log", "git show", "git branch"}


@dataclass(frozen=True, slots=True)
class Typed:
    """A command and the folder it was typed in, empty where the prompt does not tell."""

    command: str
    folder: str = ""
    in_repository: bool = False

    @property
    def is_looking(self) -> bool:
        """Whether it changes nothing and stands between any two others."""
        words = verb(self.command).split()
        return words[0] in _LOOKING or " ".join(words[:2]) in _LOOKING


def typed(line: str) -> Typed | None:
    """What was typed on a line, None where there is no prompt with a command behind it."""
    found = _PROMPT.match(line)
    if found is None:
        return None
    folder = found["folder"] or found["power"] or found["drive"] or ""
    is_path = folder.startswith(("~", "/")) or folder[1:2] == ":"
    return Typed(found["command"].strip(), folder if is_path else "", bool(found["branch"]))


def verb(command: str) -> str:
    """What is the same each time a command is typed: its program and the plain words behind it.

    `git commit -m "a fix"` is `git commit`, `sudo scp -r build-41 web:/srv` is `scp`.
    """
    words = _QUOTED.sub(" ", command).split()
    while len(words) > 1 and (words[0] == "sudo" or _SETTING.fullmatch(words[0])):
        words = words[1:]
    if not words:
        return command
    program = words[0].replace("\\", "/").rpartition("/")[2] or words[0]
    plain = [word for word in words[1:] if _PLAIN.fullmatch(word)]
    return " ".join([program, *plain][:_LONGEST])


class Screens:
    """The commands that terminals showed lately, to tell which of a new frame were just typed.

    A terminal shows what was typed before, too: what a frame shares with the end of an earlier one
    is old, and so is what the very first screen shows above its last command. What was begun there
    and is longer now was being typed.
    """

    _KEPT = 8  # of as many terminals and tabs

    def __init__(self) -> None:
        self._screens: list[list[str]] = []

    def fresh(self, commands: Sequence[str]) -> tuple[list[str], str]:
        """The commands that are new, and the half of the first that was told of before, or ""."""
        for screen in reversed(self._screens):
            if (end := _end_of_shared(screen, commands)) is None:
                continue
            last, now = screen[-1], commands[end - 1]
            self._screens.remove(screen)
            self._screens.append(list(commands))
            if now == last:
                return list(commands[end:]), ""
            return list(commands[end - 1 :]), last
        is_first = not self._screens
        if commands:
            self._screens = [*self._screens[1 - self._KEPT :], list(commands)]
        return list(commands[-1:] if is_first else commands), ""


def _end_of_shared(before: Sequence[str], now: Sequence[str]) -> int | None:
    """Where in `now` the longest run ends that `before` ended with; None where there is none."""
    for length in range(min(len(before), len(now)), 0, -1):
        tail = before[-length:]
        for start in range(len(now) - length + 1):
            part = now[start : start + length]
            if part[:-1] == tail[:-1] and part[-1].startswith(tail[-1]):
                return start + length
    return None
