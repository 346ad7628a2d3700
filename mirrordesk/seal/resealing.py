"""Brings a profile's files up to the newest key: those of before profiles were sealed, and those of
a key that was renewed.

A file at a time and each in one step, so that it may be cut off anywhere and goes on where it was.
Meanwhile everybody reads both: the header of a file names its key.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from mirrordesk.paths import Profile
from mirrordesk.seal import files, holding, keys, server_key
from mirrordesk.seal.broken import Broken

AT_ONCE = 16  # files: some hundredths of a second

Writing = Callable[[], contextlib.AbstractContextManager[None]]


class Resealing:
    """Works through the files of a profile. `writing` holds what forgetting holds, too."""

    def __init__(self, profile: Profile, writing: Writing) -> None:
        self._profile = profile
        self._writing = writing
        self._left: list[Path] | None = None  # None: nobody looked yet
        self._odd: set[Path] = set()  # damaged: its reader says so, and it can be no better sealed

    @property
    def is_due(self) -> bool:
        """Whether something may be left to do."""
        return not keys.of(self._profile).ring().settled

    def step(self) -> int:
        """Seal a few files anew; how many were looked at, 0 where everything is settled.

        Tables come first: whoever opens the memory has seen to them.
        """
        if not self.is_due:
            return 0
        if not self._left:
            self._left = [path for path in unsealed(self._profile) if path not in self._odd]
        if not self._left:
            holding.settle(self._profile)
            return 0
        portion, self._left = self._left[:AT_ONCE], self._left[AT_ONCE:]
        with self._writing():
            for path in portion:
                self._seal_anew(path)
        return len(portion)

    def _seal_anew(self, path: Path) -> None:
        try:
            data = files.read(path)
        except FileNotFoundError:  # forgotten or packed meanwhile
            return
        except Broken:
            self._odd.add(path)
            return
        files.write(path, data)


def unsealed(profile: Profile) -> Iterator[Path]:
    """The files that are not sealed with the newest key."""
    newest = keys.of(profile).newest.id
    for path in _sealed(profile):
        with contextlib.suppress(FileNotFoundError):
            if path.is_file() and files.key_of(path) != newest:
                yield path


def _sealed(profile: Profile) -> Iterator[Path]:
    """Everything that `files` writes."""
    for folder in (profile.spool, profile.media):
        yield from sorted(folder.rglob("[!.]*"))  # a dot: half written, or swept soon
    yield server_key.path(profile)
