"""Chats with an assistant, each with a question, in LongMemEval's own format (Wu et al. 2024).

A file is a list of items: `question_id` (with `_abs` where nothing answers it), `question_type`,
`question`, `question_date`, and the sessions of its haystack: `haystack_session_ids`,
`haystack_dates` and `haystack_sessions`, lists of turns with `role`, `content` and, on the turns
that answer, `has_answer`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mirrordesk import clock
from mirrordesk.errors import UsageError

_WHEN = "%Y/%m/%d %H:%M"  # after the day of the week, "(Sat)", is taken out
_ANSWERS, _ANSWERS_NOT = "answer", "noans"  # in the ids of what is looked for, and of what is not


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side said. `session` is that session's place in the item, in order of time."""

    id: str  # "answer_1f2e_3": the third turn of that session
    session: int
    by_user: bool
    text: str
    start_ns: int
    answers: bool

    @property
    def session_id(self) -> str:
        return self.id.rpartition("_")[0]

    @property
    def document(self) -> str:
        """What the official code calls this turn: one of a session with the answer is renamed
        unless it answers itself."""
        return self.id if self.answers else self.id.replace(_ANSWERS, _ANSWERS_NOT)

    @property
    def is_wanted(self) -> bool:
        """Whether finding it counts."""
        return _ANSWERS in self.document


@dataclass(frozen=True, slots=True)
class Item:
    """A question, when it is asked, and all that was said before, oldest first."""

    id: str
    type: str
    question: str
    asked_ns: int
    turns: tuple[Turn, ...]

    @property
    def abstains(self) -> bool:
        """Whether nothing answers it."""
        return "_abs" in self.id

    @property
    def has_target(self) -> bool:
        """Whether the user said something that answers it."""
        return any(turn.by_user and turn.answers for turn in self.turns)


def read(path: Path, apart_ns: int, pause_ns: int) -> list[Item]:
    """The items of a file: turns `apart_ns` apart, sessions at least `pause_ns`. UsageError."""
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
        return [_item(item, apart_ns, pause_ns) for item in items]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no file of LongMemEval's format: {error!r}.") from error


def _item(item: Mapping[str, Any], apart_ns: int, pause_ns: int) -> Item:
    sessions = zip(
        map(_when, item["haystack_dates"]),
        item["haystack_session_ids"],
        item["haystack_sessions"],
        strict=True,
    )
    in_order = sorted(sessions, key=lambda session: session[0])
    turns: list[Turn] = []
    for number, (told_ns, name, said) in enumerate(in_order):
        # some sessions are dated minutes apart: none begins before the last one is over
        free_ns = turns[-1].start_ns + apart_ns + pause_ns if turns else told_ns
        turns += _turns(name, number, said, max(told_ns, free_ns), apart_ns)
    return Item(
        item["question_id"],
        item["question_type"],
        item["question"],
        _when(item["question_date"]),
        tuple(turns),
    )


def _turns(
    name: str, number: int, said: Sequence[Mapping[str, Any]], start_ns: int, apart_ns: int
) -> Iterator[Turn]:
    for place, turn in enumerate(said):
        yield Turn(
            f"{name}_{place + 1}",
            number,
            turn["role"] == "user",
            turn["content"],
            start_ns + place * apart_ns,
            bool(turn.get("has_answer")),
        )


def _when(written: str) -> int:
    """UTC nanoseconds of "2023/05/20 (Sat) 02:21"."""
    date, _, time = written.split()
    return clock.to_ns(datetime.strptime(f"{date} {time}", _WHEN).replace(tzinfo=UTC))
