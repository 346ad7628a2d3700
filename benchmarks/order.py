"""Which of two passages came first, asked by a few words of each.

The texts are stored as if they had been read aloud, each on a day of its own, a passage of some
sentences after the other, and recall compares by words alone: no model is asked. Half of the pairs
lie in one text, the others in two. A question is answered rightly where the moment that recall
puts first is the earlier one of the two passages themselves.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import remembering
from mirrordesk import clock, config
from mirrordesk.errors import UsageError
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment
from mirrordesk.terms import letters

SENTENCES = 4  # of a passage …
LONGEST = 120  # … words, at which it ends although its sentence goes on
QUOTED = 8  # words of a passage in a question
READ_NS = 30 * clock.SECOND  # to read a passage; less where a text is longer than its day
FIRST_DAY = datetime(2026, 1, 5, tzinfo=UTC)
DAY_NS = 24 * clock.HOUR
_SENTENCE_ENDS = re.compile(r"(?<=[.!?])\s+")


@dataclass(frozen=True, slots=True)
class Passage:
    """Some sentences of a text. Those of one text follow one another."""

    text: int
    start_ns: int
    length_ns: int
    words: tuple[str, ...]

    def moment(self) -> Moment:
        """The passage as heard."""
        name = f"{self.text}/{self.start_ns}"
        said = " ".join(self.words)
        return remembering.utterance(name, "loopback", said, self.start_ns, self.length_ns)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about two passages, of which `first` came first."""

    text: str
    first: Passage
    within: bool  # one text


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, whether the answer was right, and how long it took."""

    asked: Asked
    right: bool
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The texts, and how many questions."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="long texts, *.txt")
    parser.add_argument("--questions", type=int, default=400, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="of what is asked")
    parser.add_argument("--show", action="store_true", help="print every wrong answer")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Shares of right answers, in all, within a text and across texts."""
    texts = _texts(options.folder)
    passages = [one for number, text in enumerate(texts) for one in cut(number, text)]
    print(f"{len(texts)} texts, {len(passages)} passages …", file=sys.stderr)
    asked = questions(passages, options.questions, random.Random(options.seed))
    with tempfile.TemporaryDirectory() as folder:
        recall = _remembered(passages, Profile.open(Path(folder)))
        answered = [_answered(recall, one, show=options.show) for one in asked]
    return {
        "questions": len(answered),
        "accuracy": _share([one.right for one in answered]),
        "accuracy_within": _share([one.right for one in answered if one.asked.within]),
        "accuracy_across": _share([one.right for one in answered if not one.asked.within]),
        "passages": len(passages),
        **remembering.latency([one.seconds for one in answered]),
    }


def _share(right: Sequence[bool]) -> float | None:
    return round(sum(right) / len(right), 4) if right else None


def _texts(folder: Path) -> list[str]:
    files = sorted(folder.glob("*.txt"))
    if not files:
        raise UsageError(f"{folder} holds no texts (*.txt).")
    return [file.read_text(encoding="utf-8", errors="replace") for file in files]


def cut(number: int, text: str) -> Iterator[Passage]:
    """A text in passages, in the order of the text."""
    pieces = list(_pieces(text))
    apart_ns = min(READ_NS, DAY_NS // (len(pieces) + 1))
    day_ns = clock.to_ns(FIRST_DAY) + number * DAY_NS
    for place, words in enumerate(pieces):
        yield Passage(number, day_ns + place * apart_ns, apart_ns, words)


def _pieces(text: str) -> Iterator[tuple[str, ...]]:
    words, sentences = list[str](), 0
    for sentence in _SENTENCE_ENDS.split(text):
        words += sentence.split()
        sentences += 1
        while len(words) >= LONGEST:
            yield tuple(words[:LONGEST])
            words, sentences = words[LONGEST:], 0
        if words and sentences >= SENTENCES:
            yield tuple(words)
            words, sentences = [], 0
    if words:
        yield tuple(words)


def questions(passages: Sequence[Passage], count: int, chance: random.Random) -> list[Asked]:
    """So many questions, by turns within a text and across two, where the texts allow it.

    Raises UsageError where there is nothing to compare.
    """
    quotable = _quotable(passages)
    texts = Counter(one.text for one in quotable)
    starts = {
        True: [one for one in quotable if texts[one.text] > 1],
        False: list(quotable) if len(texts) > 1 else [],
    }
    kinds = [within for within, some in starts.items() if some]
    if not kinds:
        raise UsageError("The texts are too short: no two passages can be told apart.")
    found = []
    for number in range(count):
        within = kinds[number % len(kinds)]
        one = chance.choice(starts[within])
        others = [p for p in quotable if p is not one and (p.text == one.text) is within]
        two = (one, chance.choice(others))
        quoted = [chance.choice(quotable[passage]) for passage in two]
        first = min(two, key=lambda passage: passage.start_ns)
        found.append(Asked("Which came first: '{}' or '{}'?".format(*quoted), first, within))
    return found


def _quotable(passages: Sequence[Passage]) -> dict[Passage, list[str]]:
    """Words of each passage that stand there alone, else nobody could tell what is meant."""
    runs = {one: _runs(one) for one in passages}
    often = Counter(read for one in passages for read in runs[one])
    alone = {
        one: [said for read, said in of_one.items() if often[read] == 1]
        for one, of_one in runs.items()
    }
    return {one: said for one, said in alone.items() if said}


def _runs(passage: Passage) -> dict[tuple[str, ...], str]:
    """Words in a row, by what they read as whatever marks stand around them."""
    words = [(letters(word), word) for word in passage.words if letters(word)]
    runs = (words[at : at + QUOTED] for at in range(len(words) - QUOTED + 1))
    return {tuple(read for read, _ in run): " ".join(word for _, word in run) for run in runs}


def _remembered(passages: Sequence[Passage], profile: Profile) -> Recall:
    config.change(profile, "text.model", "")  # words tell passages apart
    store = Store(profile)
    remembering.remember(profile, store, [one.moment() for one in passages])
    return Recall(store)


def _answered(recall: Recall, asked: Asked, *, show: bool) -> Answered:
    began = time.perf_counter()
    pair = recall.compare(asked.text)
    seconds = time.perf_counter() - began
    right = pair is not None and pair[0].moment.id == asked.first.moment().id
    if show and not right:
        told = " | ".join(hit.moment.text for hit in pair) if pair else "no answer"
        print(f"{asked.text}\n    {told}", file=sys.stderr)
    return Answered(asked, right, seconds)
