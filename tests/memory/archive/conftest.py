"""A profile with frames in it, as the pipeline leaves them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from mirrordesk import clock
from mirrordesk.attempts import Attempts
from mirrordesk.memory.archive.packing import Packing
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Moment, State
from tests.memory.archive.drawn import png, screen
from tests.memory.made import ZONE, draft

YESTERDAY = clock.now_ns() - 24 * clock.HOUR
Keep = Callable[..., list[Moment]]


@pytest.fixture
def keep(store: Store, media: Media) -> Keep:
    """Stores frames that perception is done with, a second apart."""

    def keep(
        numbers: Iterable[int],
        draw: Callable[[int], np.ndarray] = screen,
        *,
        since_ns: int = YESTERDAY,
        **fields: object,
    ) -> list[Moment]:
        moments = []
        for number in numbers:
            at_ns = since_ns + number * clock.SECOND
            first = draft(number, at_ns, ocr=State.DONE, image=State.DONE)
            path, width, height = media.put_frame(first.id, at_ns, ZONE, png(draw(number)))
            place = {"media": path, "width": width, "height": height}
            moments.append(dataclasses.replace(first, **place | fields))
        store.add(moments)
        return moments

    return keep


@pytest.fixture
def packer(store: Store, profile: Profile) -> Packing:
    return packed_by(store, profile)


def packed_by(store: Store, profile: Profile) -> Packing:
    return Packing(store, profile, Attempts(profile.attempts))


def pack_all(packer: Packing) -> int:
    """How many frames went into segments until nothing was left to do."""
    total = 0
    while done := packer.step(lambda: None):
        total += done
    return total
