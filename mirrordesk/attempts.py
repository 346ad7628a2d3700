"""What took a process down, counted in a file, since memory dies with it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import durable

MOST = 5  # crashes in a row over one thing before it is given up
TOGETHER = 8  # things tried at once


@dataclass(frozen=True, slots=True)
class Portion:
    """Names of things to do now, and of those that took the process down too often."""

    able: list[str]
    hopeless: list[str]

    def __len__(self) -> int:
        return len(self.able) + len(self.hopeless)


class Attempts:
    """Counts how often the process died over a thing, by its name.

    A death tells about a thing only when that one alone was under way.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = durable.read_json(path)
        self._counts: dict[str, int] = found if isinstance(found, dict) else {}

    @contextlib.contextmanager
    def portion(self, names: Sequence[str], most: int = TOGETHER) -> Iterator[Portion]:
        """The first few of `names`, noted as tried until the work ends without a crash.

        Where a process died with some of them under way, it is one of these alone.
        """
        suspicious = [name for name in names if name in self._counts]
        taken = suspicious[:1] or names[:most]
        hopeless = [name for name in taken if self._counts.get(name, 0) >= MOST]
        for name in taken:
            self._counts[name] = self._counts.get(name, 0) + (1 if len(taken) == 1 else 0)
        durable.write_json(self._path, self._counts, sync=False)
        yield Portion([name for name in taken if name not in hopeless], hopeless)
        for name in taken:
            del self._counts[name]
        durable.write_json(self._path, self._counts, sync=False)
