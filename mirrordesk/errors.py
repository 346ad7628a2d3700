"""The errors a person can meet, and the exit status each one ends the command line with.

    MirrorDeskError               1   anything we can put in one sentence
    ├── UsageError                2   the words of the command or a setting are off
    ├── ProfileError              3   the profile's folder cannot be used
    │   └── ProfileLocked         3   another process holds what only one may hold
    ├── CaptureUnavailable        4   no display, no sound server, no way to identify windows
    ├── WeightsError              5   a model file that is absent, altered or not what it claims
    │   └── WeightsMissing        5   absent: the work waits as `pending` until they arrive
    ├── SpoolCorrupt              6   a spool entry that does not read back as written
    ├── StoreError                7   the tables refuse to open or to be written
    ├── WorkerError               8   a child process answered with a failure or went away
    │   ├── ChildDied             8   it ended over a call
    │   └── ChildFailed           *   ended with the exit status of its own error
    ├── DiskFull                  9   no space left for what must be durable
    └── KeyTrouble               10   the memory cannot be unsealed
        ├── MemoryLocked         10   its passphrase was not given since the login
        └── WrongKey             10   a key that is another's, changed or gone

Errors of libraries are mapped to these where the library is called, so that the shells above
need to know no library. Every message is one sentence that a person can act on.
"""

from __future__ import annotations


class MirrorDeskError(Exception):
    """Base of every error that is told to the person as one sentence."""

    exit_status = 1


class UsageError(MirrorDeskError):
    """The words of a command, or a setting, are not valid."""

    exit_status = 2


class ProfileError(MirrorDeskError):
    """The profile's folder is missing parts, unreadable or of a newer version."""

    exit_status = 3


class ProfileLocked(ProfileError):
    """Another process holds a lock that only one process may hold."""


class CaptureUnavailable(MirrorDeskError):
    """A source of pixels, sound or window facts cannot be opened on this machine."""

    exit_status = 4


class WeightsError(MirrorDeskError):
    """A model file is altered or is not what it claims to be."""

    exit_status = 5


class WeightsMissing(WeightsError):
    """A model file is absent; what needs it stays pending."""


class SpoolCorrupt(MirrorDeskError):
    """A spool entry does not read back as it was written."""

    exit_status = 6


class StoreError(MirrorDeskError):
    """The tables cannot be opened or written."""

    exit_status = 7


class WorkerError(MirrorDeskError):
    """A child process reported a failure, or ended before it answered."""

    exit_status = 8


class ChildDied(WorkerError):
    """A child process ended before it answered. `crashed`: by itself, not ended from outside."""

    def __init__(self, sentence: str, *, crashed: bool = False) -> None:
        super().__init__(sentence)
        self.crashed = crashed


class ChildFailed(WorkerError):
    """A child process ended with an error of its own; it passes on sentence and exit status."""

    def __init__(self, sentence: str, exit_status: int) -> None:
        super().__init__(sentence)
        self.exit_status = exit_status


class DiskFull(MirrorDeskError):
    """There is no space left for something that has to be durable."""

    exit_status = 9


class KeyTrouble(MirrorDeskError):
    """The memory cannot be unsealed here and now; nothing on the disk was touched."""

    exit_status = 10


class MemoryLocked(KeyTrouble):
    """The memory is sealed by a passphrase that was not given since the login."""


class WrongKey(KeyTrouble):
    """The key is another memory's, or was changed, or is gone; the memory is not harmed."""
