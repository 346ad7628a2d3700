"""Models that come inside Python packages."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def folder(package: str) -> Path | None:
    """Where an installed package lies, without importing it; None where it is not installed."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else None
