"""The power that goes before a write: what a crash leaves, at every point there is."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from mirrordesk.memory.table import Table
from mirrordesk.memory.tables import Tables


class CutOff(BaseException):
    """The power went."""


def cut_off_before_write(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the write of that number, and whatever comes after it, never happen."""
    writes = itertools.count()

    def cut(method: Callable[..., Any]) -> Callable[..., Any]:
        def cutting(*arguments: Any) -> Any:
            if next(writes) >= number:
                raise CutOff
            return method(*arguments)

        return cutting

    for kind, name in ((Table, "_write"), (Tables, "create"), (Tables, "drop")):
        monkeypatch.setattr(kind, name, cut(getattr(kind, name)))
