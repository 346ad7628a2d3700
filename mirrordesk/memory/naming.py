"""How media files are called: `<start>_<end>_<id><suffix>` in the folder of their local day."""

from __future__ import annotations

from datetime import date
from pathlib import Path


def name(start_ns: int, end_ns: int, key: str, suffix: str) -> str:
    """The name of a file that was captured in that span."""
    return f"{start_ns}_{end_ns}_{key}{suffix}"


def times(file: str) -> tuple[int, int] | None:
    """Start and end of the capture a file is named after, the scratch file of one included."""
    start, _, rest = file.lstrip(".").partition("_")
    end = rest.partition("_")[0]
    return (int(start), int(end)) if start.isdigit() and end.isdigit() else None


def key(file: str) -> str:
    """The id in a name."""
    return file.rpartition("_")[2].partition(".")[0]


def day(folder: Path) -> date:
    """The day a folder is named after; one with another name counts as far away."""
    try:
        return date(*map(int, folder.parts[-3:]))
    except ValueError:
        return date.max
