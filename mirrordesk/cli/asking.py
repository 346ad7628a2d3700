"""Reads what nobody else may see: from the terminal without an echo, else from standard input.

Never from the arguments of a command, which other programs could see.
"""

from __future__ import annotations

import getpass
import sys

from mirrordesk.errors import UsageError


def line(prompt: str) -> str:
    """One line: typed, or the next one of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")


def chosen(prompt: str) -> str:
    """One line that is typed twice, as nobody sees it. Raises UsageError where the two differ."""
    found = line(prompt)
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != found:
        raise UsageError("The two are not the same; nothing was changed.")
    return found


def rest(prompt: str) -> str:
    """A line that is typed, or all that is left of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.read().removesuffix("\n")
