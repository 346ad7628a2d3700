"""Conversations with questions about them, in LoCoMo's own file format (Maharana et al. 2024).

A file is a list of conversations, each with `conversation` (sessions of turns and their times) and
`qa` (questions, the ids of the turns that answer them, and a category from 1 to 5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mirrordesk import clock
from mirrordesk.errors import UsageError

_SESSION = re.compile(r"session_(\d+)")
_TURN = re.compile(r"D(\d+):\d+")
_WHEN = "%I:%M %p on %d %B, %Y"


@dataclass(frozen=True, slots=True)
class Turn:
    """What one person said. A picture that was shared is told by its caption."""

    id: str  # "D3:11": the eleventh turn of the third session
    session: int
    speaker: str
    text: str
    start_ns: int


@dataclass(frozen=True, slots=True)
class Question:
    """`evidence` names the turns that answer it, and may be empty."""

    text: str
    category: int
    evidence: tuple[str, ...]

    @property
    def sessions(self) -> frozenset[int]:
        """The sessions that the evidence lies in."""
        return frozenset(int(found[1]) for turn in self.evidence if (found := _TURN.match(turn)))


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order, and what is asked about them."""

    name: str
    turns: tuple[Turn, ...]
    questions: tuple[Question, ...]


def read(path: Path, apart_ns: int) -> list[Conversation]:
    """The conversations of a file, turns of a session `apart_ns` apart. Raises UsageError."""
    try:
        items = json.loads(path.read_text(encoding="utf-8"))
        return [_conversation(item, apart_ns) for item in items]
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is no file of LoCoMo's format: {error!r}.") from error


def _conversation(item: Mapping[str, Any], apart_ns: int) -> Conversation:
    told = item["conversation"]
    numbers = sorted(int(found[1]) for key in told if (found := _SESSION.fullmatch(key)))
    turns = [turn for number in numbers for turn in _session(told, number, apart_ns)]
    questions = [
        Question(one["question"], one["category"], _evidence(one["evidence"])) for one in item["qa"]
    ]
    return Conversation(item["sample_id"], tuple(turns), tuple(questions))


def _session(told: Mapping[str, Any], number: int, apart_ns: int) -> list[Turn]:
    when = datetime.strptime(told[f"session_{number}_date_time"], _WHEN).replace(tzinfo=UTC)
    return [
        Turn(
            turn["dia_id"],
            number,
            turn["speaker"],
            _said(turn),
            clock.to_ns(when) + position * apart_ns,
        )
        for position, turn in enumerate(told[f"session_{number}"])
    ]


def _said(turn: Mapping[str, Any]) -> str:
    shared = turn.get("blip_caption")
    return f"{turn['text']} and shared {shared}" if shared else str(turn["text"])


def _evidence(listed: list[str]) -> tuple[str, ...]:
    """The ids of turns; some entries of the published file hold several."""
    return tuple(found for entry in listed for found in re.split(r"[;,\s]+", entry) if found)
