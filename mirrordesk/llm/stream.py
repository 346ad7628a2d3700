"""The answer as it is written, made fit to be looked at: without its bullets and citations."""

from __future__ import annotations

from mirrordesk.llm.grammar import ANSWER, NO_MEMORY


class Shown:
    """Turns raw pieces into pieces to show.

    Leaves out notes, what stands in brackets and the bullet of each line, and keeps `NO MEMORY`
    back: the finished answer says that in better words.
    """

    def __init__(self, *, notes: bool = False) -> None:
        self._line = ""  # as written so far
        self._sent = 0  # characters of the line's shown form that are out
        self._first = True  # line of the answer
        self._noting = notes

    def take(self, piece: str) -> str:
        """What may be shown now that `piece` has come; often nothing."""
        return "".join(self._character(character) for character in piece)

    def _character(self, character: str) -> str:
        if character == "\n":
            return self._end_line()
        self._line += character
        if self._noting:
            return ""
        if self._first and NO_MEMORY.startswith(self._line):
            return ""
        shown = self._line.removeprefix("-").partition("[")[0].strip()
        fresh = shown[self._sent :]
        self._sent = max(self._sent, len(shown))
        return fresh

    def _end_line(self) -> str:
        line, self._line, self._sent = self._line, "", 0
        if self._noting:
            self._noting = line != ANSWER
            return ""
        self._first = False
        return "\n"
