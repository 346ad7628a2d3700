"""A new data key: everything that was recorded is sealed anew, and the old key forgotten."""

from __future__ import annotations

from mirrordesk import durable
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.seal import holding, keys
from mirrordesk.seal.resealing import Resealing

_BUSY = "MirrorDesk records or reads just now; end it first, then renew the key."


def renew(profile: Profile) -> int:
    """Renew the key, or finish a renewal that was cut off; how many files were sealed anew.

    Nothing may be recorded or read meanwhile: raises ProfileLocked. Whoever asks the memory goes
    on, and so does everything after a crash: the tables are finished by whoever opens them next,
    the files by perception or by calling this again.
    """
    with (
        durable.lock(profile.recorder_lock, holder=_BUSY),
        durable.lock(profile.perception_lock, holder=_BUSY),
    ):
        store = Store(profile)
        if len(keys.of(profile).ring().seals) == 1:
            with store.writing():
                holding.begin_renewal(profile)
        store.seal()
        resealing, files = Resealing(profile, store.writing), 0
        while done := resealing.step():
            files += done
        return files
