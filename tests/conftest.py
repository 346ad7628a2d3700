"""Fixtures every test may use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import hypothesis
import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from mirrordesk import config
from mirrordesk.paths import Profile
from mirrordesk.registry import places

_status = pytest.StashKey[int]()

# Folders whose tests wait for real screens, sounds, browsers and processes. They run one after the
# other, in one worker: beside another of its kind a real-time test would measure the machine.
_LIVE = {
    "capture_pages",
    "capture_platforms",
    "capture_screen",
    "capture_sound",
    "capture_wayland",
    "demo",
    "endtoend",
    "notebook",
    "ui",
}

hypothesis.settings.register_profile("unhurried", deadline=None)  # a busy machine is no mistake
hypothesis.settings.load_profile("unhurried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Where several workers share the tests: who gets which."""
    return _Together(config, log)


class _Together(LoadScopeScheduling):
    """The tests of a file stay together, and so do all live ones."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "live" if _LIVE.intersection(file.split("/")) else file


@pytest.fixture(autouse=True, scope="session")
def no_models_of_ones_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test sees models that whoever runs it has fetched."""
    os.environ[places.MODELS_VARIABLE] = str(tmp_path_factory.mktemp("models"))


@pytest.fixture(autouse=True, scope="session")
def no_keyring_of_ones_own() -> None:
    """No test, and no process that one starts, touches the keyring of whoever runs it."""
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    """A fresh profile in a folder of its own."""
    return Profile.open(tmp_path / "profile")


@pytest.fixture
def silent(profile: Profile) -> Profile:
    """A profile that records the screen only, at a brisk pace."""
    config.change(profile, "capture.microphone", "false")
    config.change(profile, "capture.loopback", "false")
    config.change(profile, "capture.interval_s", "0.3")
    return profile


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[_status] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave without the interpreter's teardown, after the closing line and with its status.

    The whole suite loads Qt and every model runtime into one process, which the product never
    does; their native teardown has been seen to crash after all tests had passed.
    """
    if _status in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_status])
