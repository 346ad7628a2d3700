"""What `mirrordesk key` does: tells where the key lies, moves it, locks, unlocks, renews it.

A passphrase is typed where there is a terminal, else it is the first line of standard input: never
an argument, which other programs could see.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Iterator

from mirrordesk import config
from mirrordesk.cli.output import result, say
from mirrordesk.errors import UsageError
from mirrordesk.llm import endpoint
from mirrordesk.paths import Profile
from mirrordesk.seal import holding, server_key
from mirrordesk.seal.holding import Holding
from mirrordesk.seal.ring import FILE, KEYRING, PASSPHRASE
from mirrordesk.wire import to_json

_WHERE = {
    KEYRING: "The key lies in the system's keyring; the profile's folder alone tells nothing.",
    PASSPHRASE: "A passphrase opens the memory; without it the disk tells nothing.",
    FILE: "The key lies in a file of the profile; whoever has the whole folder can read it.",
}


def told(options: argparse.Namespace, profile: Profile) -> int:
    found = holding.told(profile)
    return result(options, to_json(found), _lines(found))


def _lines(found: Holding) -> Iterator[str]:
    yield _WHERE[found.place]
    if found.place == PASSPHRASE:
        yield "It is locked." if found.locked else "It is unlocked for this login."
    if found.place == FILE:
        better = "keyring" if found.keyring else "passphrase"
        yield f"`mirrordesk key {better}` protects it better."
    if found.settled is False:
        yield (
            "Some of what was recorded is still to be sealed with the newest key; MirrorDesk does "
            "that while it runs, `mirrordesk key renew` does it at once."
        )


def unlock(options: argparse.Namespace, profile: Profile) -> int:
    holding.unlock(profile, _passphrase("Passphrase: "))
    return result(options, {"locked": False}, ["Unlocked until you log out."])


def lock(options: argparse.Namespace, profile: Profile) -> int:
    holding.lock(profile)
    said = "Locked; what runs already goes on until it ends."
    return result(options, {"locked": True}, [said])


def passphrase(options: argparse.Namespace, profile: Profile) -> int:
    chosen = _passphrase("New passphrase: ")
    if sys.stdin.isatty() and getpass.getpass("The same again: ") != chosen:
        raise UsageError("The two are not the same; nothing was changed.")
    holding.seal_by_passphrase(profile, chosen)
    lines = [_WHERE[PASSPHRASE], "It cannot be recovered: keep it where you will find it."]
    return result(options, {"place": PASSPHRASE}, lines)


def into_keyring(options: argparse.Namespace, profile: Profile) -> int:
    holding.move(profile, KEYRING)
    return result(options, {"place": KEYRING}, [_WHERE[KEYRING]])


def into_file(options: argparse.Namespace, profile: Profile) -> int:
    holding.move(profile, FILE)
    return result(options, {"place": FILE}, [_WHERE[FILE]])


def server(options: argparse.Namespace, profile: Profile) -> int:
    address = config.load(profile).llm.server
    if not address:
        raise UsageError("First set the server: `mirrordesk config llm.server ADDRESS`.")
    where = endpoint.parse(address)
    place = server_key.put(profile, where.origin, _passphrase(f"Key for {where.origin}: "))
    return result(options, {"place": place}, [f"The key of {where.origin} lies {place}."])


def renew(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk import rekeying

    say(options, "Sealing everything anew; if this is interrupted, it goes on the next time.")
    files = rekeying.renew(profile)
    return result(options, {"files": files}, ["Everything is sealed with a new key."])


def _passphrase(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(prompt)
    return sys.stdin.readline().rstrip("\r\n")
