"""Facts out of moments, by patterns alone: each with the verbatim sentence that states it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from functools import lru_cache

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.dates import calendar, when
from mirrordesk.knowledge import Source
from mirrordesk.learning import patterns, revision
from mirrordesk.learning.patterns import Stated
from mirrordesk.learning.revision import Statement
from mirrordesk.learning.sentences import Sentence, statements
from mirrordesk.learning.subjects import subject_key
from mirrordesk.records import Moment
from mirrordesk.terms import letters

_FROM = re.compile(
    r"\b(?P<how>as of|as from|starting(?: from| on)?|effective(?: from)?|beginning(?: on)?"
    r"|valid from|from|since)(?: on)? $",
    re.IGNORECASE,
)
_UNTIL = re.compile(r"\b(?:until|till|through|up to)(?: and including)? $", re.IGNORECASE)
_GOES_ON = re.compile(r" ?(?:to|until|till|and|-|–)\b", re.IGNORECASE)  # "from Monday to Friday"
_ONWARDS = re.compile(r" (?:on|onwards?|forward)\b(?! \w*day)", re.IGNORECASE)
_TARGETS = re.compile(  # before "until Friday" in "postponed until Friday", which is no end
    r"\b(?:moved?|postponed?|delayed?|deferred|pushed|shift(?:ed)?|rescheduled|extended|put off|put"
    r"|prolonged|due)(?: (?:back|out|over|again))? $",
    re.IGNORECASE,
)
_TO_DO = re.compile(r" to [a-z]+ ", re.IGNORECASE)
_DECIDED = re.compile(
    r"(?:^|[,;:] )(?:(?:and|so|then|ok|okay|finally|today),? )*(?:we|the (?:team|board|group)|they)"
    r"(?:['’]ve| have)?(?: all| just| now| finally)? (?:decided|agreed)"
    r"(?: (?:that|to|on))? (?P<what>[^.!?]{6,})|^decision: (?P<noted>[^.!?]{6,})",
    re.IGNORECASE,
)

_LEAST_DECIDED = 2  # words with content


@dataclass(frozen=True, slots=True)
class _Validity:
    """From when to when a sentence says that it holds, and itself without those words."""

    text: str
    from_ns: int | None = None
    to_ns: int | None = None


def stated(moment: Moment) -> list[Statement]:
    """What a moment states. Every quote is a part of its text."""
    return [one for sentence in statements(moment.text) for one in _of(sentence, moment)]


def thinned(statements: Sequence[Statement]) -> list[Statement]:
    """Without those between the first and the last of many frames that show the same line."""
    by_line: dict[tuple[str, ...], list[Statement]] = {}
    for one in sorted(statements, key=lambda s: s.source.start_ns):
        line = (one.subject, one.predicate, one.value, letters(one.source.quote))
        by_line.setdefault(line, []).append(one)
    kept = []
    for same in by_line.values():
        rivals = {
            s.source.start_ns
            for s in statements
            if (s.subject, s.predicate) == (same[0].subject, same[0].predicate)
            and s.value != same[0].value
        }
        first_ns, last_ns = same[0].source.start_ns, same[-1].source.start_ns
        alone = not any(first_ns <= at_ns <= last_ns for at_ns in rivals)
        kept += [same[0], same[-1]] if alone and len(same) > 2 else same
    return kept


def _of(sentence: Sentence, moment: Moment) -> Iterator[Statement]:
    source = Source(moment.id, moment.start_ns, moment.end_ns, sentence.verbatim(moment.text))
    told = _read(sentence.text, clock.at(moment.start_ns, moment.zone).date(), moment.zone)
    for one in told.stated:
        yield from _statements(one, told, source, moment.zone)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a sentence told on some day states, and from when to when that holds."""

    stated: tuple[Statement, ...]  # of no source yet
    from_ns: int | None
    to_ns: int | None


_NOWHERE = Source("", 0, 0)


@lru_cache(1 << 14)  # a line stands on many frames
def _read(sentence: str, day: date, zone: str) -> _Told:
    said = datetime.combine(day, time_of_day.min, clock.local_zone(zone))
    validity = _validity(sentence, said)
    found = [_plain(one, sentence) for one in patterns.read(validity.text, said)]
    decision = _decision(sentence)
    return _Told((*found, *([decision] if decision else [])), validity.from_ns, validity.to_ns)


def _plain(found: Stated, sentence: str) -> Statement:
    written = sentence[found.start : found.end].strip()
    shown = f"{written} ({found.dated})" if found.dated else written
    named = found.subject.written.strip(" '\"")
    link = "is" if found.subject.predicate else found.predicate
    text = f"{named[:1].upper()}{named[1:]} {link} {shown}."
    return Statement(found.subject.key, found.predicate, shown, text, _NOWHERE, 0)


def _statements(plain: Statement, told: _Told, source: Source, zone: str) -> Iterator[Statement]:
    """What a source states by it: as of its own time, as of the time it names, or both."""
    at_ns, from_ns = source.start_ns, told.from_ns
    plain = replace(plain, source=source, from_ns=at_ns)
    if told.to_ns is not None and told.to_ns > at_ns:
        from_ns = at_ns if from_ns is None else from_ns
        text = revision.until(plain.text, clock.iso(told.to_ns, zone))
        plain = replace(plain, text=text, from_ns=from_ns, to_ns=told.to_ns)
        yield replace(plain, dated=True, bounded=True)
        return
    if from_ns is not None:
        yield replace(plain, from_ns=from_ns, dated=True)
    if from_ns is None or from_ns < at_ns:  # then it holds as it is said, too
        yield plain


def _decision(sentence: str) -> Statement | None:
    match = _DECIDED.search(sentence)
    if match is None:
        return None
    what = (match["what"] or match["noted"]).strip(" ,;:")
    if len(subject_key(what).split()) < _LEAST_DECIDED:
        return None
    return Statement("decision", "decided", what, f"It was decided: {what}.", _NOWHERE, 0)


def _validity(sentence: str, said: datetime) -> _Validity:
    """The time a sentence gives for what it states, apart from what it states."""
    found = _Validity(sentence)
    for time in calendar.find(sentence, said):
        before, after = sentence[: time.start], sentence[time.end :]
        if time.span is None:
            continue
        if (start := _FROM.search(before)) and _is_validity(before[: start.start()], after):
            since = start["how"].lower() == "since"
            span = _past(sentence[time.start : time.end], time.span, said) if since else time.span
            onwards = _ONWARDS.match(after)
            end = time.end + (onwards.end() if onwards else 0)
            text = _blanked(found.text, start.start(), end)
            found = replace(found, text=text, from_ns=span.start_ns)
        elif (start := _UNTIL.search(before)) and _is_end(before[: start.start()], after):
            text = _blanked(found.text, start.start(), time.end)
            found = replace(found, text=text, to_ns=time.span.end_ns)
    return found


def _is_validity(before: str, after: str) -> bool:
    """Whether "from Monday" is not the start of a way, as in "moved from Monday to Friday"."""
    return not _GOES_ON.match(after) and not _TARGETS.search(before)


def _is_end(before: str, after: str) -> bool:
    """Whether "until Friday" is not when something is now, or by when something is to be done."""
    return not _TARGETS.search(before) and not _TO_DO.match(after)


def _past(words: str, span: Span, said: datetime) -> Span:
    """The span that words mean which point back: "since Monday"."""
    end_ns = clock.to_ns(said + timedelta(days=1))
    if span.start_ns < end_ns:
        return span
    back = when.parse(f"on {words}", end_ns - 1, getattr(said.tzinfo, "key", None))
    return back.span if back else span


def _blanked(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]
