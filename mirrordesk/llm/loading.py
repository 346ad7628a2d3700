"""Models over which llama.cpp ended: anybody may have written a file, and some make it abort.

Such a file is refused in one sentence, and not tried again until it or the settings change.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from mirrordesk import weights
from mirrordesk.config import LlmSettings
from mirrordesk.errors import ChildDied, WeightsError


def refusal(path: Path) -> WeightsError:
    """The error for a file that took the process down that read it."""
    return WeightsError(f"{path} could not be loaded: llama.cpp ended while reading it.")


class Loading:
    """Remembers the file that was fatal last. One for as long as its process is started anew."""

    def __init__(self) -> None:
        self._fatal: object = None  # the state of the file, and the settings

    @contextlib.contextmanager
    def of(self, path: Path, settings: LlmSettings) -> Iterator[None]:
        """Around the call that loads the model. Raises WeightsError where that is, or was, fatal.

        A process that was ended from outside says nothing about the file.
        """
        state = (path, weights.stamp(str(path)), settings)
        if state == self._fatal:
            raise refusal(path)
        try:
            yield
        except ChildDied as error:
            if not error.crashed:
                raise
            self._fatal = state
            raise refusal(path) from error
