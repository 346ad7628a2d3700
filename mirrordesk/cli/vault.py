"""What `mirrordesk vault` does: keeps secrets, shows them, removes them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from mirrordesk import clock
from mirrordesk.cli import asking
from mirrordesk.cli.output import plain, result
from mirrordesk.memory.vault import Secret, Vault
from mirrordesk.paths import Profile
from mirrordesk.seal import places

_CANNOT = "It cannot be recovered: keep it where you will find it."


def words(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the verbs to the command line."""
    for name, command, text in (
        ("add", keep, "keep a secret, typed unseen or read from standard input"),
        ("show", show, "print a secret"),
        ("remove", remove, "take a secret out for good"),
    ):
        add(name, command, text).add_argument("name", metavar="NAME")
    add("list", listing, "the names of the secrets")
    add("unlock", unlock, "open a vault with a passphrase, until you log out")
    add("lock", lock, "let nobody open it without the passphrase")
    add("passphrase", passphrase, "let a passphrase open the vault, or change it")


def keep(options: argparse.Namespace, profile: Profile) -> int:
    vault = Vault(profile)
    if vault.place is None:
        vault.make(None if places.keyring_name() else asking.chosen("A passphrase for the vault: "))
    vault.secrets()  # nobody should type a secret into a vault that does not open
    vault.add(options.name, asking.rest(f"The secret {plain(options.name)}: "))
    return result(options, {"kept": options.name}, [f"Kept {plain(options.name)}."])


def listing(options: argparse.Namespace, profile: Profile) -> int:
    vault = Vault(profile)
    found = vault.secrets() if vault.place else []
    lines = [f"{_kept(one)}  {plain(one.name)}" for one in found]
    return result(options, [_row(one) for one in found], lines or ["The vault holds nothing."])


def show(options: argparse.Namespace, profile: Profile) -> int:
    found = Vault(profile).show(options.name)
    return result(options, {**_row(found), "secret": found.secret}, [found.secret])


def remove(options: argparse.Namespace, profile: Profile) -> int:
    Vault(profile).remove(options.name)
    return result(options, {"removed": options.name}, [f"Removed {plain(options.name)}."])


def unlock(options: argparse.Namespace, profile: Profile) -> int:
    Vault(profile).unlock(asking.line("The passphrase of the vault: "))
    return result(options, {"locked": False}, ["Unlocked until you log out."])


def lock(options: argparse.Namespace, profile: Profile) -> int:
    Vault(profile).lock()
    return result(options, {"locked": True}, ["Locked."])


def passphrase(options: argparse.Namespace, profile: Profile) -> int:
    vault = Vault(profile)
    vault.secrets()
    vault.set_passphrase(asking.chosen("A new passphrase for the vault: "))
    lines = ["From now on that opens the vault, until you log out or lock it.", _CANNOT]
    return result(options, {"place": vault.place}, lines)


def _row(secret: Secret) -> dict[str, Any]:
    return {"name": secret.name, "kept": clock.iso(secret.kept_ns)}


def _kept(secret: Secret) -> str:
    return f"{clock.at(secret.kept_ns):%Y-%m-%d}"
