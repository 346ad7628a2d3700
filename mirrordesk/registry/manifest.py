"""Reads models/manifest.toml, the models that MirrorDesk knows by name."""

from __future__ import annotations

import dataclasses
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from mirrordesk.errors import WeightsError
from mirrordesk.registry import places
from mirrordesk.registry.model import Model, ModelFile, Role, Source

FORMAT = 1


def models() -> dict[str, Model]:
    """Every model of the manifest by its name, in the file's order. Raises WeightsError."""
    path = places.shipped() / places.MANIFEST
    try:
        about = path.stat()
    except OSError as error:
        raise WeightsError(
            f"The list of models {path} is missing; install MirrorDesk again."
        ) from error
    return _read(path, about.st_mtime_ns)


@lru_cache(maxsize=1)
def _read(path: Path, _mtime_ns: int) -> dict[str, Model]:
    try:
        tree = tomllib.loads(path.read_text(encoding="utf-8"))
        if tree["format"] != FORMAT:
            raise WeightsError(f"{path} has the format {tree['format']}, not {FORMAT}.")
        found = [_model(entry) for entry in tree["model"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"The list of models {path} cannot be read: {error}.") from error
    return {model.name: model for model in found}


def _model(entry: dict[str, Any]) -> Model:
    known = {item.name for item in dataclasses.fields(Model)}
    if unknown := set(entry) - known:
        raise ValueError(f"{entry.get('name')}: unknown {', '.join(sorted(unknown))}")
    return Model(
        **entry
        | {
            "role": Role(entry["role"]),
            "source": Source(entry["source"]),
            "files": tuple(ModelFile(**file) for file in entry["files"]),
        }
    )
