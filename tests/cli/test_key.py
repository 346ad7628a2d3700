"""`mirrordesk key`: what a person sees of the key, and decides about it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from mirrordesk.cli import main
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.seal import keys
from tests.remembering import ID, LINE, remember

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(
    profile: Profile,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs a command as a process of its own would, with that on standard input."""
    login = tmp_path / "login"
    login.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(login))

    def run(words: str, typed: str = "") -> tuple[int, str]:
        keys.of(profile).drop()
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        status = main(["--profile", str(profile.root), *words.split()])
        said = capsys.readouterr()
        return status, said.out + said.err

    return run


def test_it_tells_where_the_key_lies_and_what_is_better(run: Run, profile: Profile) -> None:
    remember(profile)
    status, said = run("key")
    assert status == 0
    assert "file of the profile" in said
    assert "mirrordesk key passphrase" in said
    told = json.loads(run("key --json")[1])
    assert told == {"place": "file", "locked": False, "settled": True, "keyring": None}


def test_a_passphrase_locks_and_unlocks(run: Run, profile: Profile) -> None:
    remember(profile)
    assert run("key passphrase", "correct horse\n")[0] == 0
    assert run("search falcon")[0] == 0
    assert run("key lock")[0] == 0
    assert "locked" in run("key")[1]
    status, said = run("search falcon")
    assert status == 10
    assert said == (
        "mirrordesk: The memory is locked; `mirrordesk key unlock` asks for its passphrase.\n"
    )
    assert run("key unlock", "wrong horse\n")[0] == 10
    assert run("key unlock", "correct horse\n")[0] == 0
    assert "Falcon" in run("search falcon --json")[1]


def test_a_passphrase_that_is_too_short_changes_nothing(run: Run, profile: Profile) -> None:
    remember(profile)
    assert run("key passphrase", "\n")[0] == 2
    assert run("key lock")[0] == 2
    assert run("key keyring")[0] == 10
    assert run("key file")[0] == 0
    assert Store(profile).moment(ID).text == LINE


def test_a_key_is_renewed(run: Run, profile: Profile) -> None:
    remember(profile)
    before = keys.of(profile).newest
    assert run("key renew")[0] == 0
    assert keys.of(profile).newest != before
    assert Store(profile).moment(ID).text == LINE
