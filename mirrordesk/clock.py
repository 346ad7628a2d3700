"""Time, as MirrorDesk keeps it: UTC nanoseconds for spans, the zone's name beside them."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from datetime import date, datetime, timedelta, tzinfo
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

SECOND = 1_000_000_000  # nanoseconds
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


def now_ns() -> int:
    """The wall clock, in nanoseconds since the epoch, UTC."""
    return time.time_ns()


def zone_name() -> str:
    """The IANA name of the local time zone; `UTC` where the machine does not name one."""
    name = os.environ.get("TZ", "").lstrip(":") or _machine_zone()
    return name if name and _zone(name) else "UTC"


def _machine_zone() -> str:
    """The name of the zone the machine is set to, as of now; empty where it does not tell."""
    if sys.platform == "win32":  # which has names of its own
        import tzlocal

        with contextlib.suppress(LookupError):
            return tzlocal.reload_localzone().key
        return ""
    link = Path("/etc/localtime")
    parts = link.resolve().parts if link.is_symlink() else ()
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else ""


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def local_zone(name: str | None = None) -> tzinfo:
    """The zone of that name, or the machine's own; UTC if it is unknown."""
    return _zone(name or zone_name()) or ZoneInfo("UTC")


def at(ns: int, zone: str | None = None) -> datetime:
    """The local date and time of a UTC nanosecond."""
    return datetime.fromtimestamp(ns / SECOND, local_zone(zone))


def to_ns(moment: datetime) -> int:
    """UTC nanoseconds of an aware (or, taken as local, a naive) datetime."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=local_zone())
    return round(aware.timestamp() * 1_000_000) * 1_000


def day_span(day: date, zone: str | None = None) -> tuple[int, int]:
    """Start and end of a local day in UTC nanoseconds; 23 or 25 hours where the clocks change."""
    where = local_zone(zone)
    start = datetime.combine(day, time_of_day.min, where)
    end = datetime.combine(day + timedelta(days=1), time_of_day.min, where)
    return to_ns(start), to_ns(end)


def iso(ns: int, zone: str | None = None) -> str:
    """ISO 8601 with milliseconds and offset, as the command line prints it."""
    return at(ns, zone).isoformat(timespec="milliseconds")
