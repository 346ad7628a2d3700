"""Which heads of a model find the sentence that answers a question: found out by asking.

Few heads of a model do that (Wu et al. 2024, "Retrieval head mechanistically explains long-context
factuality", arXiv 2404.15574), and nothing but a trial tells which. So the model reads a short
memory of facts made for this, is asked for each of them, and the heads are kept that look at the
right sentence most.
"""

from __future__ import annotations

import random
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass
from itertools import product
from pathlib import Path

import numpy as np

from mirrordesk import durable
from mirrordesk.llm.attention import (
    Floats,
    Head,
    Heard,
    Tap,
    UnseenError,
    logits,
    own_logits,
    softmax,
)
from mirrordesk.llm.eviction import by_attention
from mirrordesk.llm.gaze import QUERIES, Readable
from mirrordesk.llm.prompt import SYSTEM, Evidence, user_message
from mirrordesk.llm.sentences import LongPrompt, cut
from mirrordesk.llm.tokenizer import Tokenizer

MOST_HEADS = 8
LEAST = 0.5  # mean reciprocal rank of the right sentence: below it a head tells no more than words
_NEAR = 0.8  # of the best head's: others must come as near to count

_DAY_NS = 86_400_000_000_000
_BEGIN_NS = 1_767_261_600_000_000_000  # 1 January 2026, 10:00 UTC
_NAMES = ("Falcon", "Heron", "Kestrel", "Merlin", "Osprey", "Condor")
_THINGS = ("budget", "deadline", "office")
_VALUES = ("4,200 euros", "12 May", "room 31", "890 dollars", "3 August", "the second floor")
_FILLERS = (
    "The meeting began a little late.",
    "Nobody had read the report yet.",
    "Then we spoke about the holidays.",
    "The coffee machine is broken again.",
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A memory, and for each question about it its tokens and the sentence that answers it."""

    prompt: LongPrompt
    asked: tuple[tuple[tuple[int, ...], range], ...]

    @property
    def length(self) -> int:
        """How many cells it takes."""
        return self.prompt.end + max(len(question) for question, _answer in self.asked)


def lesson(
    tokenizer: Tokenizer,
    evidence: Sequence[Evidence],
    asked: Sequence[tuple[str, str]],
    system: str = SYSTEM,
) -> Lesson:
    """The lesson of this evidence; `asked` has each question with its answer as it stands there."""
    prompts = [_prompt(tokenizer, system, question, evidence) for question, _answer in asked]
    first = prompts[0]
    answers = [
        next(span for span in first.sentences if answer.rstrip(".!?") in first.text(span))
        for _question, answer in asked  # the token with the full stop may be the next sentence's
    ]
    tails = [prompt.tokens[prompt.end :] for prompt in prompts]
    return Lesson(first, tuple(zip(tails, answers, strict=True)))


def usual_lesson(tokenizer: Tokenizer) -> Lesson:
    """Made-up facts about made-up projects, always the same."""
    chance = random.Random(0)
    facts = [(name, thing, chance.choice(_VALUES)) for name, thing in product(_NAMES, _THINGS)]
    chance.shuffle(facts)
    texts = [f"The {thing} of {name} is {value}." for name, thing, value in facts]
    evidence = [
        Evidence(
            id=f"E{number + 1}",
            start_ns=_BEGIN_NS + number * _DAY_NS,
            zone="UTC",
            app="notes",
            title="Diary",
            text=f"{chance.choice(_FILLERS)} {text} {chance.choice(_FILLERS)}",
        )
        for number, text in enumerate(texts)
    ]
    questions = [f"What is the {thing} of {name}?" for name, thing, _value in facts]
    return lesson(tokenizer, evidence, list(zip(questions, texts, strict=True)))


def calibrate(
    cells: Readable, tap: Tap, layers: int, taught: Lesson, cancelled: threading.Event
) -> tuple[Head, ...] | None:
    """The heads to follow, best first; none where the model shows no attention or does not find
    the sentences by it. None: cancelled.

    Reads the lesson into `cells`, in place of what they held, and leaves them empty.
    """
    try:
        ranks = _Trial(cells, tap, layers, taught).run(cancelled)
    finally:
        cells.keep(0)
    if ranks is None:
        return None
    best = max(ranks.values(), default=0.0)
    good = [head for head, rank in ranks.items() if rank >= max(LEAST, _NEAR * best)]
    return tuple(sorted(good, key=lambda head: (-ranks[head], head))[:MOST_HEADS])


def remembered(
    file: Path, key: str, find: Callable[[], tuple[Head, ...] | None]
) -> tuple[Head, ...] | None:
    """The heads noted in `file` for the model of this key; else what `find` gives, noted there."""
    notes = durable.read_json(file) or {}
    if key in notes:
        return tuple(Head(*each) for each in notes[key])
    found = find()
    if found is not None:
        notes[key] = [astuple(head) for head in found]
        durable.write_json(file, notes)
    return found


class _Trial:
    """A lesson being read and asked about."""

    def __init__(self, cells: Readable, tap: Tap, layers: int, taught: Lesson) -> None:
        self._cells, self._tap, self._lesson = cells, tap, taught
        self._layers = range(layers)

    def run(self, cancelled: threading.Event) -> dict[Head, float] | None:
        """The mean reciprocal rank of the right sentence by each head; None: cancelled."""
        end = self._lesson.prompt.end
        self._cells.keep(0)
        with self._tap.listening(self._layers) as heard:
            if not self._cells.read(self._lesson.prompt.tokens[:end], cancelled):
                return None
        keys = dict(self._keys(heard, end))
        ranks: dict[Head, list[float]] = defaultdict(list)
        for question, answer in self._lesson.asked:
            with self._tap.listening(keys) as heard:
                if not self._cells.read(question, cancelled):
                    return None
            self._cells.keep(end)
            for head, mass in _looks(heard, keys, len(question)):
                scores = by_attention(self._lesson.prompt.sentences, mass)
                better = sum(score > scores[answer] for score in scores.values())
                ranks[head].append(1 / (1 + better))
        return {head: float(np.mean(found)) for head, found in ranks.items()}

    def _keys(self, heard: Heard, count: int) -> Iterator[tuple[int, Floats]]:
        """The keys by layer; in some models not every layer has attention."""
        for layer in self._layers:
            try:
                yield layer, heard.keys(layer, count)
            except UnseenError:
                continue


def _looks(heard: Heard, keys: dict[int, Floats], count: int) -> Iterator[tuple[Head, Floats]]:
    """Every head with its attention to each token of the evidence, asked in both ways."""
    for layer, read in keys.items():
        queries, own = heard.queries(layer, count)[-QUERIES:], heard.keys(layer, count)
        looks = np.concatenate([logits(queries, read), own_logits(queries, own)], axis=2)
        for number, rows in enumerate(softmax(looks)):
            for asked in (1, QUERIES):
                yield Head(layer, number, asked), rows[-asked:, : len(read)].mean(axis=0)


def _prompt(
    tokenizer: Tokenizer, system: str, question: str, evidence: Sequence[Evidence]
) -> LongPrompt:
    now_ns = evidence[-1].start_ns + _DAY_NS
    tokens = tokenizer.prompt(system, user_message(question, evidence, now_ns))
    return cut(tokens, tokenizer.bytes_of)
