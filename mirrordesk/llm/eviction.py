"""Evidence longer than the cells: read in pieces, of which the sentences that matter stay.

After each piece the question is read, and what it looks at is measured (`gaze`). The sentences that
it looks at least are evicted whole until the next piece fits, and the question is cut off again.
What stands before the evidence, which serves as attention sink, and what stands behind it stay.

After Li et al. 2024 (SnapKV, arXiv 2404.14469: the end of the prompt chooses), Zhang et al. 2023
(H2O, 2306.14048: evict while reading) and Zhu et al. 2025 (SentenceKV, 2504.00970: by sentences).
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import UsageError
from mirrordesk.llm.attention import Floats, Head, Tap, UnseenError
from mirrordesk.llm.gaze import Gaze, Readable
from mirrordesk.llm.sentences import Line, LongPrompt
from mirrordesk.terms import content_terms, terms

PIECE = 4  # at least one of so many parts of the room is read before sentences are evicted
_TOP = 4  # tokens of a sentence whose attention counts; the others are there to be read

Scores = Mapping[range, float]  # by sentence


class By(StrEnum):
    """What chose the sentences."""

    ATTENTION = "attention"
    WORDS = "words"  # those it shares with the question, where attention cannot be seen


@dataclass(frozen=True, slots=True)
class Room:
    """How many cells there are in all, and how many of them the answer needs."""

    cells: int
    answer: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A prompt that fits: its tokens, how many of its sentences are there, and what chose them.

    `ids` are those of the lines of which at least one sentence is there.

    Its first `exact` tokens have attended in the cells to nothing but what stands before them, so
    they are good for other questions, too; the others have attended to sentences that are gone.
    """

    tokens: tuple[int, ...]
    exact: int
    sentences: int
    of: int
    by: By
    ids: tuple[str, ...]


def fit(
    prompt: LongPrompt,
    room: Room,
    cells: Readable,
    tap: Tap | None,
    heads: Sequence[Head],
    cancelled: threading.Event,
) -> Kept | None:
    """`prompt` with as many of its sentences as the room allows; None: cancelled.

    Where attention chose, the cells then hold the kept prompt up to its question, else what they
    held. Sentences are chosen by their words where there are no `tap` and `heads`, where the model
    does not show its attention (the cells are then empty), and where nothing can be taken out of
    the cells. Raises UsageError where there is no room for evidence.
    """
    spare = _spare(prompt, room)
    if tap and heads and cells.can_move:
        reading = _Reading(prompt, room.answer, spare, cells, Gaze(tap, heads))
        with contextlib.suppress(UnseenError):
            return reading.run(cancelled)
    kept = choose(prompt.lines, by_words(prompt), spare - room.answer)
    return _kept(prompt, [*prompt.fixed, *kept], By.WORDS)


def choose(
    lines: Sequence[Line], scores: Scores, budget: int, reading: Line | None = None
) -> frozenset[int]:
    """The tokens to keep: the best sentences with the frames of their lines, `budget` at most.

    Sentences are taken in the order of their scores until one does not fit, so that a larger budget
    keeps all that a smaller one does. The frame of the line that is just being `reading` stays.
    """
    framed = ((line.sentences, line.frame) for line in lines)
    frames = {sentence: frame for sentences, frame in framed for sentence in sentences}
    kept = set(reading.frame if reading else ())
    if len(kept) > budget:
        raise UsageError("A line of evidence is longer than the model's room; raise llm.context.")
    for sentence in sorted(scores, key=lambda span: (-scores[span], span.start)):
        new = {*sentence, *frames[sentence]} - kept
        if len(kept) + len(new) > budget:
            break
        kept |= new
    return frozenset(kept)


def by_attention(sentences: Collection[range], mass: Floats) -> dict[range, float]:
    """The score of each sentence: the mean of what its most looked at tokens got of `mass`."""
    tops = ((span, np.sort(mass[span.start : span.stop])[-_TOP:]) for span in sentences)
    return {span: float(top.mean()) for span, top in tops}


def by_words(prompt: LongPrompt) -> dict[range, float]:
    """The score of each sentence: the question's words in it, the rarer the heavier (idf)."""
    wanted = set(content_terms(prompt.question))
    shared = {span: wanted.intersection(terms(prompt.text(span))) for span in prompt.sentences}
    holding = Counter(term for found in shared.values() for term in found)
    weights = {term: log(1 + len(shared) / count) for term, count in holding.items()}
    return {span: sum(weights[term] for term in found) for span, found in shared.items()}


class _Reading:
    """Evidence on its way into `cells`, of which there are `spare` for it."""

    def __init__(
        self, prompt: LongPrompt, answer: int, spare: int, cells: Readable, gaze: Gaze
    ) -> None:
        self._prompt, self._cells, self._gaze = prompt, cells, gaze
        self._answer, self._spare = answer, spare
        self._fixed = frozenset(prompt.fixed)
        self._held: list[int] = []  # which token of the prompt lies in each cell

    def run(self, cancelled: threading.Event) -> Kept | None:
        """Read all of it; None: cancelled. Where it comes to no end it leaves the cells empty."""
        self._cells.keep(0)
        done = False
        try:
            done = self._read(cancelled)
        finally:
            if not done:
                self._cells.keep(0)
        places = [*self._held, *range(self._prompt.end, len(self._prompt.tokens))]
        return _kept(self._prompt, places, By.ATTENTION) if done else None

    def _read(self, cancelled: threading.Event) -> bool:
        reached, end = self._prompt.begin, self._prompt.end
        after_piece = self._spare - max(self._answer, self._spare // PIECE, 1)
        if not self._take(range(reached), cancelled):
            return False
        while reached < end:
            stop = self._prompt.boundary(reached, self._spare - self._evidence_held)
            if not (self._take(range(reached, stop), cancelled) and self._ask(cancelled)):
                return False
            reached = stop
            self._evict(reached, self._spare - self._answer if reached == end else after_piece)
        return True

    @property
    def _evidence_held(self) -> int:
        return sum(token not in self._fixed for token in self._held)

    def _take(self, span: range, cancelled: threading.Event) -> bool:
        self._held += span
        return self._gaze.read(self._cells, self._tokens(span), cancelled)

    def _ask(self, cancelled: threading.Event) -> bool:
        question = range(self._prompt.end, len(self._prompt.tokens))
        asked = self._gaze.ask(self._cells, self._tokens(question), cancelled)
        self._cells.keep(len(self._held))
        return asked

    def _evict(self, reached: int, budget: int) -> None:
        """Leave `budget` cells of evidence at most."""
        lines = self._prompt.until(reached)
        is_open = lines[-1].tokens.stop < self._prompt.lines[len(lines) - 1].tokens.stop
        kept = choose(lines, self._scores(lines), budget, lines[-1] if is_open else None)
        staying = np.array([token in kept or token in self._fixed for token in self._held])
        for first, last in reversed(_runs(~staying)):
            self._cells.drop(first, last)
        self._gaze.forget(staying)
        self._held = [token for token, stays in zip(self._held, staying, strict=True) if stays]

    def _scores(self, lines: Sequence[Line]) -> dict[range, float]:
        mass = np.zeros(len(self._prompt.tokens), np.float32)
        mass[self._held] = self._gaze.mass()
        held = set(self._held)
        whole = (sentence for line in lines for sentence in line.sentences)
        return by_attention([sentence for sentence in whole if sentence.start in held], mass)

    def _tokens(self, span: range) -> tuple[int, ...]:
        return self._prompt.tokens[span.start : span.stop]


def _spare(prompt: LongPrompt, room: Room) -> int:
    """Cells for evidence while it is being read: all but what stays in any case."""
    fixed = len(prompt.fixed)
    if fixed + room.answer >= room.cells:
        raise UsageError(
            f"The question and the rules take {fixed} tokens and the answer {room.answer}; "
            f"the model has room for {room.cells} (setting llm.context)."
        )
    return room.cells - fixed


def _kept(prompt: LongPrompt, places: Collection[int], by: By) -> Kept:
    order = sorted(places)
    gap = next((n for n, place in enumerate(order) if n != place), len(order))
    exact = gap if by is By.ATTENTION else len(order)
    kept = frozenset(places)
    there = [sum(part.start in kept for part in line.sentences) for line in prompt.lines]
    return Kept(
        tokens=tuple(prompt.tokens[place] for place in order),
        exact=exact,
        sentences=sum(there),
        of=len(prompt.sentences),
        by=by,
        ids=tuple(line.id for line, parts in zip(prompt.lines, there, strict=True) if parts),
    )


def _runs(mask: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """From where to where `mask` is true."""
    edges = np.flatnonzero(np.diff(mask, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))
