"""Takes models away again: what was pulled is deleted, what was registered is only forgotten."""

from __future__ import annotations

import shutil

from mirrordesk.errors import UsageError
from mirrordesk.registry import lock, places
from mirrordesk.registry.model import Model, Source


def remove(model: Model) -> int:
    """Remove a model; returns the bytes that were freed. A person's own file is never deleted.

    Raises UsageError for one that comes with MirrorDesk or a package, or that is not here.
    """
    if not model.removable:
        owner = model.distribution or "MirrorDesk"
        raise UsageError(f"{model.name} comes with {owner} and is not removed by itself.")
    folder = places.pulled() / model.name
    # half a download counts as here: it is what somebody wants to be rid of
    if model.name not in lock.read() and not folder.exists():
        raise UsageError(f"{model.name} is not here, so there is nothing to remove.")
    lock.drop(model.name)  # first: what is left after a crash must not count as installed
    if model.source is Source.PATH:
        return 0
    freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    shutil.rmtree(folder)
    return freed
