"""Finds calls among moments, by rules that need no model.

A call begins where a window that only calls have is in front and something is heard soon after, or
where both sides speak in turns: the microphone hears "me", the loopback "them". It goes on as long
as there is such a window or such a turn every few minutes, whatever else is on the screen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mirrordesk import clock
from mirrordesk.records import Episode, Kind, Moment, Speaker, Spoken

ONSET = (
    2 * clock.MINUTE
)  # from a call's window to the first word, or from the first turn to the last
TURNS = 4  # changes of speaker that are a conversation; questions to a video have fewer
ANSWER = 45 * clock.SECOND  # within which the other side answers at the beginning
HOLD = 4 * clock.MINUTE  # without a window or a turn, after which the call is over
BREATH = 2 * clock.SECOND  # between two utterances of one speaker that count as one

SPEAKERS = {"microphone": Speaker.ME, "loopback": Speaker.THEM}
SAID_BY = {Speaker.ME: "You, in a call", Speaker.THEM: "The others, in a call"}

# Windows that stand open during a call alone; what a program is called counts only with its title
_TITLES = re.compile(
    r"""^zoom\ meeting\b | ^zoom\ webinar\b
    | ^meet\ [-–—]\ \S | meet\.google\.com/[a-z]{3}-
    | \bjitsi\ meet\b | meet\.jit\.si/\w
    | \bslack\b.*\bhuddle\b | \bhuddle\b.*\bslack\b
    | \bwebex\b.*\bmeeting\b | \bmeeting\b.*\bwebex\b
    | ^(?!(chat|activity|calendar|calls|teams|files|apps)\b).+\|\ microsoft\ teams
    | \bmicrosoft\ teams\ (meeting|call)\b | ^meeting\ compact\ view
    | \bbigbluebutton\b | \bwhereby\b | \bvoice\ connected\b.*\bdiscord\b
    | ^(call|video\ call)\ with\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_call_window(moment: Moment) -> bool:
    """Whether a frame shows, in front, a window that only a call has."""
    named = f"{moment.title}\n{moment.url or ''}"
    return moment.kind is Kind.FRAME and any(map(_TITLES.search, named.splitlines()))


def call_end(moments: Sequence[Moment], start: int) -> int | None:
    """The index after the last moment of the call that begins at `start`; None where none does.

    `moments` are in order of time. Only what comes after `start` decides.
    """
    if not (_opens_window(moments, start) or _opens_turns(moments, start)):
        return None
    end, held_ns = start + 1, moments[start].end_ns
    fronts: dict[str, bool] = {}  # by monitor, what was last seen there
    speaker = ""
    for index in range(start, len(moments)):
        moment = moments[index]
        if moment.start_ns - held_ns > HOLD:
            break
        if moment.kind is Kind.FRAME:
            fronts[moment.source] = is_call_window(moment)
        turn = _is_heard(moment) and moment.source != speaker
        if _is_heard(moment):
            speaker, end = moment.source, index + 1  # the last words belong to it, however long
        if turn or any(fronts.values()):
            end, held_ns = index + 1, max(held_ns, moment.end_ns)
    return end


def spoken(moments: Sequence[Moment]) -> tuple[Spoken, ...]:
    """Who spoke when, in order; what one says without much of a pause is one."""
    found: list[Spoken] = []
    for moment in filter(_is_heard, moments):
        who = SPEAKERS[moment.source]
        last = found[-1] if found else None
        if last and last.speaker is who and moment.start_ns - last.end_ns <= BREATH:
            found[-1] = Spoken(who, last.start_ns, max(last.end_ns, moment.end_ns))
        else:
            found.append(Spoken(who, moment.start_ns, moment.end_ns))
    return tuple(found)


def told(moment: Moment, episode: Episode | None) -> Moment:
    """Something heard, named after its side and the call's title where it belongs to a call."""
    if episode is None or not episode.is_call or moment.source not in SPEAKERS:
        return moment
    return replace(moment, app=SAID_BY[SPEAKERS[moment.source]], title=episode.title)


def _is_heard(moment: Moment) -> bool:
    return moment.kind is Kind.SPEECH and moment.source in SPEAKERS


def _opens_window(moments: Sequence[Moment], start: int) -> bool:
    """Whether a call's window is in front and something is heard soon."""
    if not is_call_window(moments[start]):
        return False
    return any(_is_heard(moment) for moment in _within(moments, start, ONSET))


def _opens_turns(moments: Sequence[Moment], start: int) -> bool:
    """Whether both sides begin to speak in turns."""
    if not _is_heard(moments[start]):
        return False
    last, turns = moments[start], 0
    for moment in filter(_is_heard, _within(moments, start, ONSET)):
        if moment.start_ns - last.end_ns > ANSWER:
            return False
        turns += moment.source != last.source
        last = moment
    return turns >= TURNS


def _within(moments: Sequence[Moment], start: int, span_ns: int) -> Iterator[Moment]:
    """The moments that begin up to `span_ns` after that at `start`, itself included."""
    until_ns = moments[start].start_ns + span_ns
    for index in range(start, len(moments)):
        if moments[index].start_ns > until_ns:
            return
        yield moments[index]
