"""The committed model, loaded once."""

from __future__ import annotations

import pytest

from mirrordesk.perception.clip import OpenClip
from models.micro.clip import evaluate
from models.micro.clip.checkpoint import HERE


@pytest.fixture(scope="session")
def committed() -> OpenClip:
    """CLIP-micro as it is committed, through MirrorDesk's own encoder."""
    return evaluate.load(HERE)
