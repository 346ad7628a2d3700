"""`mirrordesk status --day`: how every minute of a day is accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from mirrordesk import clock, words
from mirrordesk.records import DayAccount, Stretch

WAITING = "  (not in the memory yet)"


def lines(account: DayAccount) -> Iterator[str]:
    """The stretches as a table of local times, what each kind comes to, and the sum.

    Times are whole seconds, and lengths follow from them, so that the table adds up.
    """
    yield f"{words.full_date(date.fromisoformat(account.date))} · {account.zone}"
    yield ""
    ends = {stretch.end_ns for stretch in account.stretches[-1:]}
    for stretch in account.stretches:
        start = _local(stretch.start_ns, account, at_end=False)
        end = _local(stretch.end_ns, account, at_end=stretch.end_ns in ends)
        waits = "" if stretch.stored else WAITING
        yield f"{start} – {end}  {_length(_seconds(stretch))}  {words.cover(stretch.cover)}{waits}"
    yield ""
    for text, seconds in _sums(account).items():
        yield f"{_length(seconds)}  {text}"
    yield f"{_length(sum(map(_seconds, account.stretches)))}  in all"


def _sums(account: DayAccount) -> dict[str, int]:
    sums: dict[str, int] = {}
    for stretch in account.stretches:
        text = words.cover(stretch.cover)
        sums[text] = sums.get(text, 0) + _seconds(stretch)
    return sums


def _local(ns: int, account: DayAccount, *, at_end: bool) -> str:
    """The time of day; with its offset on days on which an hour comes twice or not at all."""
    if at_end:
        return "24:00:00" + ("     " if _is_odd(account) else "")
    form = "%H:%M:%S%z" if _is_odd(account) else "%H:%M:%S"
    return clock.at(_whole(ns) * clock.SECOND, account.zone).strftime(form)


def _is_odd(account: DayAccount) -> bool:
    return account.length_ns != 24 * clock.HOUR


def _whole(ns: int) -> int:
    return round(ns / clock.SECOND)


def _seconds(stretch: Stretch) -> int:
    return _whole(stretch.end_ns) - _whole(stretch.start_ns)


def _length(seconds: int) -> str:
    """`8:12:40`, in a column of eight."""
    return f"{seconds // 3600:2d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
