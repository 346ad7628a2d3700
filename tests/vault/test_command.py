"""`mirrordesk vault`: secrets come in unseen and go out only when asked for."""

from __future__ import annotations

import io
import json

import pytest

from mirrordesk.cli import main
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.logins import OpenKeyring
from tests.remembering import remember


class Shell:
    """The command line, with what is piped into it."""

    def __init__(
        self,
        profile: Profile,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self._root = str(profile.root)
        self._capsys = capsys
        self._monkeypatch = monkeypatch

    def vault(self, *words: str, given: str = "") -> tuple[int, str, str]:
        """Status, output and errors of a command."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(given))
        status = main(["vault", *words, "--profile", self._root])
        out, err = self._capsys.readouterr()
        return status, out, err


@pytest.fixture
def shell(
    profile: Profile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    return Shell(profile, capsys, monkeypatch)


def test_a_secret_goes_in_and_comes_out(shell: Shell, system_keyring: OpenKeyring) -> None:
    assert "holds nothing" in shell.vault("list")[1]
    assert shell.vault("add", "bank", given="two\nlines\n")[:2] == (0, "Kept bank.\n")
    assert shell.vault("show", "bank")[1] == "two\nlines\n"
    assert json.loads(shell.vault("show", "bank", "--json")[1])["secret"] == "two\nlines"
    (listed,) = json.loads(shell.vault("list", "--json")[1])
    assert set(listed) == {"name", "kept"}
    assert shell.vault("remove", "bank")[0] == 0
    assert json.loads(shell.vault("list", "--json")[1]) == []


def test_without_a_keyring_the_first_line_is_the_passphrase(shell: Shell) -> None:
    assert shell.vault("add", "bank", given="correct horse\nsafe 4711")[0] == 0
    assert shell.vault("lock")[0] == 0
    assert shell.vault("show", "bank")[::2] == (
        10,
        "mirrordesk: The vault is locked; `mirrordesk vault unlock` asks for its passphrase.\n",
    )
    status, _, err = shell.vault("unlock", given="wrong horse\n")
    assert (status, err) == (10, "mirrordesk: That is not the passphrase of the vault.\n")
    assert shell.vault("unlock", given="correct horse\n")[0] == 0
    assert shell.vault("show", "bank")[1] == "safe 4711\n"
    assert shell.vault("passphrase", given="another horse\n")[0] == 0


@pytest.mark.parametrize("words", [("show", "bank"), ("remove", "bank"), ("lock",), ("unlock",)])
def test_without_a_vault_one_sentence_tells_how_to_make_one(
    shell: Shell, words: tuple[str, ...]
) -> None:
    status, _, err = shell.vault(*words)
    assert status == 2
    assert err == ("mirrordesk: There is no vault yet; `mirrordesk vault add NAME` makes one.\n")


def test_no_table_knows_of_a_secret(
    shell: Shell, profile: Profile, system_keyring: OpenKeyring
) -> None:
    remember(profile)
    before = Store(profile).counts()
    shell.vault("add", "falcon", given="plutocrat")
    assert Store(profile).counts() == before
