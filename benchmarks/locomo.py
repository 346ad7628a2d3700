"""Recall over long conversations: LoCoMo's questions, each with the turns that answer it.

Every turn is stored as something heard, through the product's own store and encoders, each
conversation in a profile of its own. No language model reads anything. As the official code counts,
turn recall is the share of a question's turns among the first k found, and 1 where it names none; a
session comes where its first turn does. Stemmed BM25 over the same texts runs beside it.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import conversations, remembering
from benchmarks.conversations import Conversation, Question, Turn
from mirrordesk import clock
from mirrordesk.desk import Desk
from mirrordesk.memory import layout
from mirrordesk.paths import Profile
from mirrordesk.records import Moment
from mirrordesk.terms import content_terms

APART_NS = 20 * clock.SECOND  # from turn to turn; the files tell the time of a session alone
TURNS_AT, SESSIONS_AT = (5, 10, 25, 50), (5, 10)
LISTED = 200  # found turns that are looked through for sessions
CATEGORIES = range(1, 6)
K1, B = 1.2, 0.5  # of BM25

Ask = Callable[[str], Sequence[Turn]]  # a question -> turns, best first


@dataclass(frozen=True, slots=True)
class Found:
    """What was found for a question, best first, and how long that took."""

    question: Question
    turns: tuple[Turn, ...]
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how many of its conversations."""
    parser.add_argument("file", type=Path, metavar="FILE", help="in LoCoMo's own format")
    parser.add_argument("--first", type=int, metavar="N", help="its first N conversations alone")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of ours, and of BM25 alone."""
    ours, words = list[Found](), list[Found]()
    for one in conversations.read(options.file, APART_NS)[: options.first]:
        said = f"{len(one.turns)} turns, {len(one.questions)} questions"
        print(f"{one.name}: {said} …", file=sys.stderr)
        words += _asked(one, _words([(_moment(one, turn), turn) for turn in one.turns]))
        with tempfile.TemporaryDirectory() as folder:
            ours += _asked_of_desk(one, Profile.open(Path(folder)))
    return {
        **figures(ours),
        **remembering.latency([found.seconds for found in ours]),
        "bm25": figures(words),
    }


def figures(found: Sequence[Found]) -> dict[str, Any]:
    """Means over all questions, and over those of each category."""
    by_category = {
        str(number): _means([one for one in found if one.question.category == number])
        for number in CATEGORIES
    }
    return {"questions": len(found), **_means(found), "by_category": by_category}


def _means(found: Sequence[Found]) -> dict[str, float]:
    rows = [dict(shares(one)) for one in found]
    return (
        {key: round(sum(row[key] for row in rows) / len(rows), 4) for key in rows[0]}
        if rows
        else {}
    )


def shares(found: Found) -> Iterator[tuple[str, float]]:
    """How much of the evidence of one question is among the first k."""
    ids = [turn.id for turn in found.turns]
    for k in TURNS_AT:
        yield f"turn_recall@{k}", _share(found.question.evidence, ids[:k])
    sessions = list(dict.fromkeys(turn.session for turn in found.turns))
    wanted = sorted(found.question.sessions)
    for k in SESSIONS_AT:
        yield f"session_frac@{k}", _share(wanted, sessions[:k])
    for k in SESSIONS_AT:
        yield f"session_any@{k}", float(not wanted or not set(wanted).isdisjoint(sessions[:k]))


def _share(wanted: Sequence[object], got: Sequence[object]) -> float:
    return sum(one in got for one in wanted) / len(wanted) if wanted else 1.0


def _asked(one: Conversation, ask: Ask) -> list[Found]:
    found = []
    for question in one.questions:
        began = time.perf_counter()
        turns = tuple(ask(question.text))
        found.append(Found(question, turns, time.perf_counter() - began))
    return found


def _asked_of_desk(one: Conversation, profile: Profile) -> list[Found]:
    with Desk(profile) as desk:
        turns = remember(one, desk)
        desk.search(one.questions[0].text)  # opens the encoder
        return _asked(one, lambda text: [turns[hit.moment.id] for hit in desk.search(text, LISTED)])


def remember(one: Conversation, desk: Desk) -> dict[str, Turn]:
    """Store the turns and read them as the product does; returns them by the ids of moments."""
    moments = {moment.id: (moment, turn) for turn in one.turns for moment in [_moment(one, turn)]}
    remembering.remember(desk.profile, desk.store, [moment for moment, _ in moments.values()])
    return {key: turn for key, (_, turn) in moments.items()}


def _moment(one: Conversation, turn: Turn) -> Moment:
    said = f"{turn.speaker}: {turn.text}"
    name = f"{one.name}/{turn.id}"
    return remembering.utterance(name, turn.speaker, said, turn.start_ns, APART_NS)


def _words(moments: Sequence[tuple[Moment, Turn]]) -> Ask:
    """BM25 (Robertson and Zaragoza 2009) over what our index reads, dates included."""
    texts = [Counter(layout.search_key(moment).split()) for moment, _turn in moments]
    lengths = [text.total() for text in texts]
    usual = sum(lengths) / len(lengths)
    holding = Counter(term for text in texts for term in text)

    def weight(term: str) -> float:
        return math.log(1 + (len(texts) - holding[term] + 0.5) / (holding[term] + 0.5))

    def score(terms: Mapping[str, float], text: Counter[str], length: int) -> float:
        slack = K1 * (1 - B + B * length / usual)
        return sum(
            w * text[t] * (K1 + 1) / (text[t] + slack) for t, w in terms.items() if t in text
        )

    def ask(question: str) -> list[Turn]:
        terms = {term: weight(term) for term in content_terms(question)}
        scores = [score(terms, *one) for one in zip(texts, lengths, strict=True)]
        order = sorted(range(len(texts)), key=lambda n: -scores[n])
        return [moments[n][1] for n in order]

    return ask
