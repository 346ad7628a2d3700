"""Where models lie: beside a checkout, else with the installation; what is pulled, by itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mirrordesk
from mirrordesk.paths import default_home
from mirrordesk.registry import places
from tests.registry.conftest import Checkout

ASK = "from mirrordesk.registry import places; print(places.shipped())"


def _shipped(root: Path) -> Path:
    done = subprocess.run(
        [sys.executable, "-c", ASK], cwd=root, capture_output=True, text=True, check=True
    )
    return Path(done.stdout.strip())


def test_a_checkout_has_its_models_beside_the_package(checkout: Checkout) -> None:
    assert _shipped(checkout.root) == checkout.shipped


def test_an_installation_has_them_under_share(tmp_path: Path) -> None:
    (tmp_path / "mirrordesk").symlink_to(Path(mirrordesk.__file__).parent)
    assert _shipped(tmp_path) == Path(sys.prefix) / "share" / "mirrordesk" / "models"


def test_what_is_pulled_is_shared_by_profiles_and_lies_in_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv(places.MODELS_VARIABLE, raising=False)
    monkeypatch.delenv("MIRRORDESK_HOME", raising=False)
    assert default_home() not in (places.pulled(), *places.pulled().parents)
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path))
    assert places.pulled() == tmp_path
