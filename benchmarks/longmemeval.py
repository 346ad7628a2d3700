"""Recall over a long history of chats: LongMemEval's questions, each with sessions of its own.

All turns of an item are stored as a conversation, the user's from the microphone and the
assistant's from the speakers, through the product's own store and encoders, each item in a profile
of its own; its question is asked as of its date. No language model reads anything.

As in the official code, only turns of the user are ranked; what was not found comes last, the
newest first. `session` ranks sessions by their first turn that was found, `session_of_turns` is
what that code makes of a ranking of turns. Questions that nothing answers are left out. Both
official averages are told: over those to which the user said an answer (of the retrieval itself)
and, as `all_questions`, over the others, too (of the script that prints a log). The latter counts
their recall_all as 1, all of nothing.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import chats, remembering
from benchmarks.chats import Item, Turn
from mirrordesk import clock
from mirrordesk.desk import Desk
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Moment

APART_NS = 20 * clock.SECOND  # from turn to turn; the files tell the time of a session alone
PAUSE_NS = 6 * clock.MINUTE  # between sessions at least
LISTED = 1_000  # found turns, of both sides
AT = (1, 3, 5, 10, 30, 50)
SOURCES = {True: "microphone", False: "loopback"}  # by whether the user said it

Measures = Mapping[str, Mapping[str, float]]  # level -> "recall_any@5" -> 0 to 1


@dataclass(frozen=True, slots=True)
class Ranked:
    """The ids of documents, best first and every one of them, and those that are looked for."""

    ids: tuple[str, ...]
    wanted: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """All that can be told of one question, and how long it took to answer it."""

    item: Item
    measures: Measures
    seconds: float


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, and how many of its questions."""
    parser.add_argument("file", type=Path, metavar="FILE", help="in LongMemEval's own format")
    parser.add_argument("--first", type=int, metavar="N", help="its first N questions alone")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Both averages of every measure, and the former by the type of the question."""
    items = [one for one in chats.read(options.file, APART_NS, PAUSE_NS) if not one.abstains]
    if not items:
        raise UsageError(f"{options.file} holds no question that can be answered.")
    found = []
    for item in items[: options.first]:
        print(f"{item.id}: {len(item.turns)} turns …", file=sys.stderr)
        with tempfile.TemporaryDirectory() as folder:
            found.append(_asked(item, Profile.open(Path(folder))))
    return figures(found)


def figures(found: Sequence[Found]) -> dict[str, Any]:
    """Means over questions; where no user said an answer, only those over all of them."""
    aimed = [one for one in found if one.item.has_target]
    levels = found[0].measures
    by_type = {
        kind: [one for one in aimed if one.item.type == kind]
        for kind in sorted({one.item.type for one in aimed})
    }
    return {
        "questions": len(aimed),
        "all_questions": len(found),
        **{
            level: {**_means(aimed, level), "all_questions": _means(found, level)}
            for level in levels
        },
        "by_type": {
            kind: {"questions": len(some), **{level: _means(some, level) for level in levels}}
            for kind, some in by_type.items()
        },
        **remembering.latency([one.seconds for one in found]),
    }


def _means(found: Sequence[Found], level: str) -> dict[str, float]:
    rows = [one.measures[level] for one in found]
    return (
        {key: round(sum(row[key] for row in rows) / len(rows), 4) for key in rows[0]}
        if rows
        else {}
    )


def _asked(item: Item, profile: Profile) -> Found:
    """Store the turns as the product does, read them with its encoders, and ask."""
    moments = [_moment(turn, number) for number, turn in enumerate(item.turns)]
    turns = {moment.id: turn for moment, turn in zip(moments, item.turns, strict=True)}
    with Desk(profile) as desk:
        remembering.remember(profile, desk.store, moments)
        desk.search(item.question)  # opens the encoder
        began = time.perf_counter()
        hits = desk.search(item.question, LISTED, now_ns=item.asked_ns)
        seconds = time.perf_counter() - began
    return Found(item, measures(item.turns, [turns[hit.moment.id] for hit in hits]), seconds)


def _moment(turn: Turn, number: int) -> Moment:
    source = SOURCES[turn.by_user]
    return remembering.utterance(f"{number}/{turn.id}", source, turn.text, turn.start_ns, APART_NS)


def measures(turns: Sequence[Turn], found: Sequence[Turn]) -> Measures:
    """Every measure of one question, of those `turns` of which `found` were found, best first."""
    listed = set(found)
    ranked = [*found, *(turn for turn in reversed(turns) if turn not in listed)]
    by_user = _of_turns([turn for turn in ranked if turn.by_user])
    by_session = _of_sessions(ranked)
    joined = _joined(by_user)
    return {
        "session": dict(_told(by_session, {k: k for k in AT})),
        "turn": dict(_told(by_user, {k: k for k in AT})),
        "session_of_turns": dict(_told(joined, {k: _reach(joined.ids, k) for k in AT})),
    }


def _of_turns(ranked: Sequence[Turn]) -> Ranked:
    wanted = frozenset(turn.document for turn in ranked if turn.is_wanted)
    return Ranked(tuple(turn.document for turn in ranked), wanted)


def _of_sessions(ranked: Sequence[Turn]) -> Ranked:
    """A session is looked for where the user said an answer in it."""
    names = {turn.session: f"{turn.session}/{turn.session_id}" for turn in ranked}
    wanted = {names[turn.session] for turn in ranked if turn.by_user and turn.is_wanted}
    return Ranked(tuple(names.values()), frozenset(wanted))


def _joined(turns: Ranked) -> Ranked:
    """Turns under the names of their sessions; those that answer have names of their own."""
    ids = tuple(name.rpartition("_")[0] for name in turns.ids)
    return Ranked(ids, frozenset(name.rpartition("_")[0] for name in turns.wanted))


def _reach(ids: Sequence[str], sessions: int) -> int:
    """How many turns it takes until so many different sessions are among them."""
    different = set[str]()
    for place, name in enumerate(ids, 1):
        different.add(name)
        if len(different) >= sessions and place >= sessions:
            return place
    return len(ids)


def _told(ranked: Ranked, reach: Mapping[int, int]) -> Iterator[tuple[str, float]]:
    """The three measures at every k, of the first `reach[k]` documents."""
    tops = {k: ranked.ids[: reach[k]] for k in AT}
    for k, top in tops.items():
        yield f"recall_any@{k}", float(not ranked.wanted.isdisjoint(top))
    for k, top in tops.items():
        yield f"recall_all@{k}", float(ranked.wanted.issubset(top))
    for k, top in tops.items():
        yield f"ndcg@{k}", _ndcg(top, ranked)


def _ndcg(top: Sequence[str], ranked: Ranked) -> float:
    most = min(sum(name in ranked.wanted for name in ranked.ids), len(top))
    return _gain(top, ranked.wanted) / sum(map(_discount, range(1, most + 1))) if most else 0.0


def _gain(top: Sequence[str], wanted: Set[str]) -> float:
    return sum(_discount(rank) for rank, name in enumerate(top, 1) if name in wanted)


def _discount(rank: int) -> float:
    """What a find counts at a rank from 1; in the official code, the second as much as the first.

    That is the gain of Järvelin and Kekäläinen (2002), with logarithms to the base 2.
    """
    return 1 / math.log2(max(rank, 2))
