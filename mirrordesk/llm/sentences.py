"""A prompt in tokens with its evidence cut into lines and sentences: what can be left out whole.

A line of evidence is a JSON object (see `prompt`). Its sentences are those of its text; the rest of
it, with id and time, is its frame, without which a sentence could not be cited.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

LONGEST = 64  # tokens of a sentence; a longer one, such as speech without a full stop, is cut
_SHORTEST = 16  # characters; a shorter one ("Yes.", "Dr.") goes with what follows

_BLOCK = re.compile(r"<evidence (\w+)>\n(?P<lines>.*?\n)</evidence \1>", re.DOTALL)
_ID = re.compile(r'\{"id": "(\w+)"')
_TEXT = re.compile(r'\{.*?, "text": "(?P<text>.*)"\}\n')
_END = re.compile(r"""[.!?…]+(?:\\"|['”’)\]])*(?=\s)|[。！？]+[」』）]*|(?<!\\)\\n""")
_QUESTION = re.compile(r'\{"question": "(?P<text>.*)"\}')


@dataclass(frozen=True, slots=True)
class Line:
    """A line of evidence: its tokens, and those of its sentences, in order and apart.

    `id` is what it can be cited by; empty where it says none.
    """

    tokens: range
    sentences: tuple[range, ...]
    id: str = ""

    @property
    def frame(self) -> list[int]:
        """The tokens that are of no sentence."""
        held = {token for sentence in self.sentences for token in sentence}
        return [token for token in self.tokens if token not in held]


@dataclass(frozen=True, slots=True)
class LongPrompt:
    """A prompt whose `lines` may be thinned out; what is of no line stays. `pieces` are bytes."""

    tokens: tuple[int, ...]
    pieces: tuple[bytes, ...]
    lines: tuple[Line, ...]

    @property
    def begin(self) -> int:
        """Where the evidence begins; before it stand the rules."""
        return self.lines[0].tokens.start

    @property
    def end(self) -> int:
        """Where the evidence ends; behind it stands the question."""
        return self.lines[-1].tokens.stop

    @property
    def question(self) -> str:
        """The question alone, or all that stands behind the evidence where it has another form."""
        behind = self.text(range(self.end, len(self.tokens)))
        found = _QUESTION.search(behind)
        return found["text"] if found else behind

    @property
    def fixed(self) -> list[int]:
        """The tokens of no line, which stay in any case."""
        thin = {token for line in self.lines for token in line.tokens}
        return [token for token in range(len(self.tokens)) if token not in thin]

    @property
    def sentences(self) -> list[range]:
        """All sentences, in order."""
        return [sentence for line in self.lines for sentence in line.sentences]

    def text(self, tokens: range) -> str:
        """What these tokens say."""
        return b"".join(self.pieces[tokens.start : tokens.stop]).decode(errors="replace")

    def until(self, stop: int) -> tuple[Line, ...]:
        """The lines before token `stop`, the last of them with its whole sentences until there."""
        begun = (line for line in self.lines if line.tokens.start < stop)
        return tuple(_until(line, stop) for line in begun)

    def boundary(self, first: int, most: int) -> int:
        """Where to stop after at most `most` tokens from `first`: behind a line, else a sentence.

        In a frame that is longer than that, anywhere.
        """
        reach = first + most
        if reach >= self.end:
            return self.end
        lines = [line for line in self.lines if first < line.tokens.stop <= reach]
        if lines:
            return lines[-1].tokens.stop
        stops = (sentence.stop for sentence in self.sentences)
        return max((stop for stop in stops if first < stop <= reach), default=reach)


def cut(tokens: Sequence[int], bytes_of: Callable[[int], bytes]) -> LongPrompt:
    """The prompt of these tokens, taken apart. It has no lines where it holds no evidence.

    A token that reaches over a boundary goes to what follows.
    """
    pieces = tuple(bytes_of(token) for token in tokens)
    ends = np.cumsum([len(piece) for piece in pieces])
    text = b"".join(pieces).decode("utf-8", "surrogateescape")
    sizes = [len(letter.encode("utf-8", "surrogateescape")) for letter in text]
    places = np.searchsorted(ends, np.cumsum([0, *sizes]), side="right").tolist()
    lines = tuple(
        line for first, last in _lines(text) if (line := _line(text, first, last, places))
    )
    return LongPrompt(tuple(tokens), pieces, lines)


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """From which to which character each line of evidence stands, with its line break."""
    for block in _BLOCK.finditer(text):
        start = block.start("lines")
        for line in block["lines"].splitlines(keepends=True):
            yield start, start + len(line)
            start += len(line)


def _line(text: str, first: int, last: int, places: Sequence[int]) -> Line | None:
    """The line between two characters; None where one token holds more than all of it."""
    found = _TEXT.fullmatch(text, first, last)
    starts = _sentences(text, *found.span("text")) if found else [first, last]
    spans = (range(places[start], places[stop]) for start, stop in pairwise(starts))
    sentences = tuple(piece for span in spans for piece in _short(span))
    named = _ID.match(text, first, last)
    tokens = range(places[first], places[last])
    return Line(tokens, sentences, named[1] if named else "") if sentences else None


def _sentences(text: str, first: int, last: int) -> list[int]:
    """Where in the text between two characters sentences begin, and where the last of them ends."""
    starts = [first]
    for end in _END.finditer(text, first, last):
        if min(end.end() - starts[-1], last - end.end()) >= _SHORTEST:
            starts.append(end.end())
    return [*starts, last]


def _short(span: range) -> Iterator[range]:
    for first in range(span.start, span.stop, LONGEST):
        yield range(first, min(first + LONGEST, span.stop))


def _until(line: Line, stop: int) -> Line:
    if line.tokens.stop <= stop:
        return line
    whole = tuple(sentence for sentence in line.sentences if sentence.stop <= stop)
    return replace(line, tokens=range(line.tokens.start, stop), sentences=whole)
