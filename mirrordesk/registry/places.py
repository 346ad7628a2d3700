"""Where models lie. No other module spells these names.

Two folders: the one that comes with the program holds the manifest and the micro models and is
never written; the other one is shared by all profiles of a person and holds what was pulled:

<models>/
  models.lock.json   what was pulled or registered, with the SHA-256 of every file
  .lock              held while that file is changed
  <name>/            the files of a pulled model
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import platformdirs

MODELS_VARIABLE = "MIRRORDESK_MODELS"
MANIFEST = "manifest.toml"


def shipped() -> Path:
    """The folder that comes with the program: `models/` of a checkout, else of the installation."""
    checkout = Path(__file__).parents[2] / "models"
    if (checkout / MANIFEST).is_file():
        return checkout
    return Path(sys.prefix) / "share" / "mirrordesk" / "models"


def pulled() -> Path:
    """The folder for downloads: `MIRRORDESK_MODELS`, else one beside the default profile's.

    Not within it: a profile is deleted, backed up and measured by itself.
    """
    named = os.environ.get(MODELS_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    return platformdirs.user_data_path("mirrordesk-models", False)


def lock_file() -> Path:
    """The record of what was pulled and registered."""
    return pulled() / "models.lock.json"


def lock_guard() -> Path:
    """Locked around a change of the record."""
    return pulled() / ".lock"
