"""The record of what was pulled and registered, `models.lock.json`.

A pulled model counts as installed only once it stands here, and what stands here has been hashed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from mirrordesk import durable
from mirrordesk.errors import WeightsError
from mirrordesk.registry import places
from mirrordesk.registry.model import ModelFile, Role
from mirrordesk.wire import from_json, to_json

FORMAT = 1


@dataclasses.dataclass(frozen=True, slots=True)
class Entry:
    """What is here of one model; the files of a registered one are absolute paths."""

    role: Role
    files: tuple[ModelFile, ...]
    registered: bool = False  # a person's own file, not a pulled one
    architecture: str = ""
    revision: str = ""  # the commit that a hub model was pulled at

    def sha256(self, path: str) -> str:
        """The hash recorded for a file; empty for one that is not recorded."""
        return next((file.sha256 for file in self.files if file.path == path), "")


def read() -> dict[str, Entry]:
    """Every entry by the model's name. Raises WeightsError where the record is damaged."""
    path = places.lock_file()
    if not path.exists():
        return {}
    tree: Any = durable.read_json(path)  # None, and so refused below, where it is no JSON
    try:
        if tree["format"] != FORMAT:
            raise WeightsError(f"{path} was written by a newer MirrorDesk; update the program.")
        return {name: from_json(Entry, entry) for name, entry in tree["models"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WeightsError(
            f"The record of models {path} is damaged; delete it and pull the models again."
        ) from error


def put(name: str, entry: Entry) -> None:
    """Note what is here of a model; it is on the disk when this returns. Raises DiskFull."""
    _change(lambda entries: entries.update({name: entry}))


def drop(name: str) -> None:
    """Forget a model."""
    _change(lambda entries: entries.pop(name, None))


def _change(change: Callable[[dict[str, Entry]], object]) -> None:
    places.pulled().mkdir(parents=True, exist_ok=True)
    with durable.lock(places.lock_guard(), holder="", wait=True):
        entries = read()
        change(entries)
        models = {name: to_json(entry) for name, entry in entries.items()}
        durable.write_json(places.lock_file(), {"format": FORMAT, "models": models})
