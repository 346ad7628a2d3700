"""Moments that say something, for tests of learning."""

from __future__ import annotations

import hashlib
from datetime import datetime
from zoneinfo import ZoneInfo

from mirrordesk import clock
from mirrordesk.records import Kind, Moment, State

ZONE = "Europe/Berlin"
WEDNESDAY = datetime(2026, 11, 18, 9, tzinfo=ZoneInfo(ZONE))
NINE = clock.to_ns(WEDNESDAY)


def heard(text: str, start_ns: int = NINE) -> Moment:
    """An utterance of four seconds."""
    return Moment(
        hashlib.sha256(f"{start_ns}{text}".encode()).hexdigest()[:32],
        Kind.SPEECH,
        start_ns,
        start_ns + 4 * clock.SECOND,
        ZONE,
        "microphone",
        text=text,
        speech=State.DONE,
    )


def seen(text: str, start_ns: int = NINE, app: str = "mail", title: str = "Inbox") -> Moment:
    """A frame that OCR has read."""
    return Moment(
        hashlib.sha256(f"{start_ns}{text}{title}".encode()).hexdigest()[:32],
        Kind.FRAME,
        start_ns,
        start_ns,
        ZONE,
        "monitor-1",
        app=app,
        title=title,
        text=text,
        ocr=State.DONE,
    )
