"""Forgetting: a span, or single moments, leave the tables, the media and the disk."""

from __future__ import annotations

from collections.abc import Sequence

from mirrordesk import control
from mirrordesk.control import Span
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten


def forget(store: Store, media: Media, profile: Profile, span: Span) -> Forgotten:
    """Remove everything that overlaps `span`, for good; what waits in the spool is not touched.

    The span is noted first: from then on nothing captured in it can be stored, and a forgetting
    that is cut off is finished when the store is opened next. Takes time in proportion to the size
    of the store, since all of it is written anew. Raises DiskFull where there is no room for that.
    """
    control.remember_forgetting(profile, span)
    return store.carry_out_forgetting(media)


def forget_moments(store: Store, media: Media, profile: Profile, ids: Sequence[str]) -> Forgotten:
    """Remove these moments, for good, and nothing that shares their time; otherwise as `forget`.

    An id that the store does not know yet is kept out of it from now on.
    """
    if not ids:
        return Forgotten(0, 0, 0)
    control.remember_forgetting_moments(profile, ids)
    return store.carry_out_forgetting(media)
