"""Models that come inside Python packages."""

from __future__ import annotations

import base64
import functools
import importlib.metadata
import importlib.util
from pathlib import Path


def folder(package: str) -> Path | None:
    """Where an installed package lies, without importing it; None where it is not installed."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else None


@functools.lru_cache  # reading a package's list of files takes milliseconds
def recorded_sha256(distribution: str, path: Path) -> str:
    """The SHA-256 that pip noted when it installed `path`; empty where it noted none."""
    try:
        files = importlib.metadata.files(distribution) or []
    except importlib.metadata.PackageNotFoundError:
        return ""
    for file in files:
        if file.name == path.name and Path(str(file.locate())) == path:
            return _hex(file.hash.value) if file.hash and file.hash.mode == "sha256" else ""
    return ""


def _hex(urlsafe: str) -> str:
    """From the unpadded base64 of a RECORD file."""
    return base64.urlsafe_b64decode(urlsafe + "=" * (-len(urlsafe) % 4)).hex()
