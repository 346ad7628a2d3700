"""Times, amounts and states as a person says them. No Qt here."""

from __future__ import annotations

import re
from datetime import date, timedelta

from mirrordesk import clock
from mirrordesk.records import Cover, Forgotten, GapReason
from mirrordesk.status import PerceptionStatus, Storage

GAPS = {
    GapReason.PAUSED: "Recording was paused",
    GapReason.LOCKED: "The screen was locked",
    GapReason.IDLE: "Nobody was at the computer",
    GapReason.EXCLUDED: "A window that is never recorded was in front",
    GapReason.UNIDENTIFIED: "A window could not be identified, so nothing was recorded",
    GapReason.CRASHED: "The recorder had stopped unexpectedly",
    GapReason.ASLEEP: "The computer was asleep",
    GapReason.STOPPED: "MirrorDesk was not running",
    GapReason.FORGOTTEN: "Forgotten at your request",
    GapReason.DISK_FULL: "The disk was full",
    GapReason.NO_DISPLAY: "There was no display",
    GapReason.SCHEDULE: "Outside the hours in which you want to be recorded",
}

COVERS = {
    Cover.WATCHED: "Recorded, or seen that nothing changed",
    Cover.BEFORE: "Before this memory was begun",
    Cover.AHEAD: "Still to come",
    Cover.UNKNOWN: "Not accounted for",
}

STAGES = {
    "recall": "Looking through your memory",
    "reading": "Reading what was found",
    "text": "Writing the answer",
}

CHANNELS = {
    "ocr": "screen text",
    "image": "pictures",
    "speech": "speech",
    "text": "meaning of text",
}


# What turns the direction of writing, or is there and cannot be seen: tag characters spell whole
# sentences. What joins letters (in Persian, in emoji) stays.
_UNSEEN = re.compile(
    "[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e0fff]"
)
_MARKS = re.compile(r"(?<![\w\])])(?:\[E?-?\d{1,7}\])+")


def leaving(host: str) -> str:
    """The mark beside every answer that another machine writes."""
    return f"Answers are written by {host}; your evidence leaves this machine."


def legible(text: str) -> str:
    """Recorded text without what turns its direction or hides in it."""
    return _UNSEEN.sub("", text)


def quoted(text: str) -> str:
    """Recorded text as part of an answer: what looks like a citation, `[3]`, becomes `(3)`."""
    return _MARKS.sub(lambda marks: marks[0].replace("[", "(").replace("]", ")"), legible(text))


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`4 captures`, `1 capture`; the number grouped by thousands."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def size(amount: int) -> str:
    """Bytes in the unit that reads best, base 1000: `1.2 GB`."""
    value = float(amount)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit in ("bytes", "kB") else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def time_of(ns: int, zone: str, *, seconds: bool = False) -> str:
    """The local time of day, `14:32` or `14:32:07`."""
    return clock.at(ns, zone).strftime("%H:%M:%S" if seconds else "%H:%M")


def day_name(day: date, today: date) -> str:
    """`Today`, `Yesterday`, `Tuesday` within the last week, else `18 November`, year if other."""
    ago = today - day
    if ago == timedelta(0):
        return "Today"
    if ago == timedelta(1):
        return "Yesterday"
    if timedelta(1) < ago < timedelta(7):
        return f"{day:%A}"
    year = "" if day.year == today.year else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def full_date(day: date) -> str:
    """`Tuesday, 17 November 2026`."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def when(ns: int, zone: str, now_ns: int | None = None) -> str:
    """A moment's day and time: `Today at 14:32`."""
    now = clock.now_ns() if now_ns is None else now_ns
    day = day_name(clock.at(ns, zone).date(), clock.at(now, zone).date())
    return f"{day} at {time_of(ns, zone)}"


def since(ns: int, zone: str) -> str:
    """`since yesterday at 14:32`."""
    text = when(ns, zone)
    relative = text.startswith(("Today", "Yesterday"))
    return f"since {text[0].lower() + text[1:] if relative else text}"


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def span(start_ns: int, end_ns: int, zone: str) -> str:
    """`14:32:05 to 14:32:11`."""
    start, end = (time_of(ns, zone, seconds=True) for ns in (start_ns, end_ns))
    return start if start == end else f"{start} to {end}"


def duration(ns: int) -> str:
    """`40 s`, `12 min`, `2 h 5 min`."""
    seconds = round(ns / clock.SECOND)
    if seconds < 60:
        return f"{seconds} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def cover(state: Cover | GapReason) -> str:
    """What a stretch of a day was, in words."""
    return GAPS[state] if isinstance(state, GapReason) else COVERS[state]


def backlog(perception: PerceptionStatus | None) -> str:
    """What is captured but not readable yet; empty when nothing is."""
    if perception is None or perception.waiting == 0:
        return ""
    if perception.waiting_min < LONG_BACKLOG_MIN:
        return f"{count(perception.waiting, 'capture')} waiting"
    return f"{minutes_recorded(perception.waiting_min)} wait to be read"


def minutes_recorded(minutes: int) -> str:
    """`12 min of screen and sound`."""
    return f"{minutes} min of screen and sound"


LONG_BACKLOG_MIN = 2  # from which on minutes say more than a number of captures


def resting(perception: PerceptionStatus) -> str:
    """Why what waits is not read right now; empty where it is, or nothing waits."""
    if not (perception.resting and perception.waiting):
        return ""
    return "reading goes on when its share of the processor allows, the newest first"


def storage(room: Storage) -> str:
    """`50 GB ≈ 14 months at the rate of the last days`, or the amount alone."""
    amount = f"{room.budget / 1e9:g} GB"
    return amount if room.days is None else f"{amount} ≈ {lasting(room.days)} {_RATE}"


_RATE = "at the rate of the last days"


def lasting(days: float) -> str:
    """A length of time in the unit that reads best: `9 days`, `14 months`."""
    for length, unit, least in ((365.25, "year", 3), (30.44, "month", 3), (7, "week", 3)):
        if days >= least * length:
            return count(round(days / length), unit)
    return count(max(round(days), 1), "day") if days >= 1 else "less than a day"


def thinned(room: Storage, zone: str) -> list[str]:
    """How far pictures were made small, or let go, to stay within the budget; one phrase each."""
    marks = (
        (room.small_before_ns, "pictures before {} were made small to save room"),
        (room.none_before_ns, "of those before {} only text and sound are left"),
    )
    return [phrase.format(_date(ns, zone)) for ns, phrase in marks if ns]


def _date(ns: int, zone: str) -> str:
    day = clock.at(ns, zone).date()
    return f"{day.day} {day:%B %Y}"


def pending(perception: PerceptionStatus) -> list[str]:
    """For each channel with moments that wait for it, one phrase."""
    return [
        f"{count(number, 'moment')} waiting for {CHANNELS.get(channel, channel)}"
        for channel, number in perception.pending.items()
        if number
    ]


def reencoding(perception: PerceptionStatus) -> list[str]:
    """For each channel whose model was changed, how much the new one has still to do."""
    return [
        f"{count(number, 'moment')} still to go through with the new model for "
        f"{CHANNELS.get(channel, channel)}"
        for channel, number in perception.reencoding.items()
        if number
    ]


def forgotten(gone: Forgotten) -> str:
    """What forgetting removed, in one sentence."""
    parts = [
        count(number, noun, plural)
        for number, noun, plural in (
            (gone.moments, "moment", None),
            (gone.media, "picture or recording", "pictures and recordings"),
            (gone.spooled, "capture that was waiting", "captures that were waiting"),
        )
        if number
    ]
    if not parts:
        return "There was nothing to forget in that time."
    listed = parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
    return f"Forgotten for good: {listed}."
