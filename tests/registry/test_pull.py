"""Pulling from a hub that speaks the real one's protocol, by the real command line."""

from __future__ import annotations

import hashlib
import json
import random
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirrordesk import durable
from mirrordesk.registry import lock
from tests.registry.conftest import Checkout
from tests.registry.entries import entry, manifest, with_url
from tests.registry.hubserver import COMMIT, Hub

REPO = "owner/fine-GGUF"
SMALL = b"GGUF" + random.Random(1).randbytes(50_000)
# the library writes in pieces of 10 MiB: only what is larger can be continued
CHUNK = 10 * 2**20
LARGE = b"GGUF" + random.Random(2).randbytes(2 * CHUNK + 12_345)


def _offer(checkout: Checkout, hub: Hub, data: bytes, *, pinned: bool = True) -> None:
    """A language model `fine` on the hub and in the list."""
    hub.files[f"{REPO}/fine.gguf"] = data
    files = {"fine.gguf": data if pinned else None}
    checkout.manifest(
        manifest(entry("fine", "llm", "hub", files, repo=REPO, revision="main", licence="MIT"))
    )


def _parts(checkout: Checkout) -> list[Path]:
    return list(checkout.pulled.rglob("*.part"))


def test_what_was_pulled_is_installed_verified_and_can_be_used(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, SMALL)
    assert checkout.pull("fine").json == [{"name": "fine", "pulled": True, "role": "llm"}]
    assert (checkout.pulled / "fine" / "fine.gguf").read_bytes() == SMALL
    assert checkout.models("verify", "fine").json[0]["state"] == "ok"
    assert checkout.models("use", "fine").json == {"setting": "llm.model", "model": "fine"}
    assert checkout.row("fine")["installed"]
    assert checkout.row("fine")["in_use"]


def test_a_first_pull_records_hash_and_commit(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL, pinned=False)
    assert checkout.pull("fine").status == 0
    entry = lock.read()["fine"]
    assert entry.revision == COMMIT
    assert entry.files[0].size == len(SMALL)
    assert entry.files[0].sha256 == hashlib.sha256(SMALL).hexdigest()


def test_a_pull_of_what_is_here_says_so_and_asks_nobody(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    checkout.pull("fine")
    asked = len(hub.requests)
    assert checkout.pull("fine").json[0]["pulled"] is False
    assert len(hub.requests) == asked


def test_a_dropped_connection_is_taken_up_where_it_broke(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, LARGE)
    hub.cut_after = CHUNK + 1000
    assert checkout.pull("fine").status == 0
    assert hub.starts() == [0, CHUNK]
    assert checkout.models("verify", "fine").status == 0


def test_a_killed_pull_is_never_used_and_goes_on_where_it_ended(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, LARGE)
    hub.hang_after = CHUNK + 1000
    with checkout.start("pull", "fine") as process:
        assert hub.hanging.wait(120)
        while not any(part.stat().st_size for part in _parts(checkout)):
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert not checkout.row("fine")["installed"]
    refused = checkout.models("use", "fine")
    assert refused.status == 5
    assert "mirrordesk models pull fine" in refused.err

    hub.hang_after = None
    assert checkout.pull("fine").status == 0
    first, second = hub.starts()
    assert first < second <= CHUNK
    assert (checkout.pulled / "fine" / "fine.gguf").read_bytes() == LARGE
    assert _parts(checkout) == []


def test_a_file_with_another_hash_than_listed_is_thrown_away(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    hub.sent[f"{REPO}/fine.gguf"] = SMALL[:-1] + b"?"
    done = checkout.pull("fine")
    assert done.status == 5
    assert "fine.gguf" in done.err
    assert "SHA-256" in done.err
    assert not checkout.row("fine")["installed"]
    assert _parts(checkout) == []


def test_a_file_that_was_altered_since_is_named_and_pulled_again(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, SMALL, pinned=False)
    checkout.pull("fine")
    file = checkout.pulled / "fine" / "fine.gguf"
    file.write_bytes(SMALL[:-1] + b"?")
    found = checkout.models("verify", "fine")
    assert found.status == 5
    assert json.loads(found.out) == [{"name": "fine", "path": str(file), "state": "altered"}]
    refused = checkout.models("use", "fine")
    assert refused.status == 5
    assert str(file) in refused.err
    assert "mirrordesk models pull fine" in refused.err
    assert checkout.pull("fine").status == 0
    assert file.read_bytes() == SMALL


def test_a_file_that_changed_on_the_hub_is_not_taken_for_the_one_recorded(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, SMALL, pinned=False)
    checkout.pull("fine")
    (checkout.pulled / "fine" / "fine.gguf").unlink()
    hub.files[f"{REPO}/fine.gguf"] = SMALL + b"something else"
    done = checkout.pull("fine")
    assert done.status == 5
    assert "SHA-256" in done.err


def test_a_newer_version_in_the_list_is_pulled_in_place_of_the_old(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, SMALL)
    checkout.pull("fine")
    _offer(checkout, hub, SMALL + b"and better")
    assert checkout.models("use", "fine").status == 5
    assert checkout.pull("fine").json[0]["pulled"]
    assert checkout.models("use", "fine").status == 0


def test_a_file_that_the_hub_does_not_have_is_named(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    hub.files.clear()
    done = checkout.pull("fine")
    assert done.status == 5
    assert "404 for fine.gguf" in done.err
    assert done.err.count("\n") == 1


def test_without_a_network_one_sentence_says_so(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        checkout.settings["HF_ENDPOINT"] = f"http://127.0.0.1:{unused.getsockname()[1]}"
        done = checkout.pull("fine")
    assert done.status == 5
    assert "cannot be fetched from 127.0.0.1" in done.err
    assert done.err.count("\n") == 1


def test_offline_mode_forbids_a_pull(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    checkout.settings["HF_HUB_OFFLINE"] = "1"
    done = checkout.pull("fine")
    assert done.status == 5
    assert "HF_HUB_OFFLINE" in done.err
    assert hub.requests == []


def test_a_full_disk_is_told_before_a_byte_comes(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, LARGE)
    code = (
        "import shutil, sys\n"
        "from types import SimpleNamespace\n"
        "shutil.disk_usage = lambda _path: SimpleNamespace(free=400_000_000)\n"
        "from mirrordesk.cli import main\n"
        "sys.exit(main(['models', 'pull', 'fine', '--json']))\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command, cwd=checkout.root, env=checkout.env, capture_output=True, text=True
    )
    assert done.returncode == 9
    assert "0.1 GB are missing" in done.stderr
    assert hub.starts() == []


def test_several_files_come_together_or_the_model_is_not_here(checkout: Checkout, hub: Hub) -> None:
    files = {"weights.safetensors": SMALL, "tokenizer/tokenizer.json": b"{}"}
    checkout.manifest(manifest(entry("fine", "image", "hub", files, repo=REPO, revision="main")))
    hub.files[f"{REPO}/weights.safetensors"] = SMALL
    assert checkout.pull("fine").status == 5
    assert not checkout.row("fine")["installed"]
    hub.files[f"{REPO}/tokenizer/tokenizer.json"] = b"{}"
    assert checkout.pull("fine").status == 0
    assert checkout.row("fine")["installed"]
    assert (checkout.pulled / "fine" / "tokenizer" / "tokenizer.json").read_bytes() == b"{}"


def test_a_file_with_an_address_of_its_own_is_pulled_the_same_way(
    checkout: Checkout, hub: Hub
) -> None:
    hub.files["fine.pt"] = LARGE
    hub.cut_after = CHUNK + 1000
    listed = entry("fine", "speech", "url", {"fine.pt": LARGE})
    checkout.manifest(manifest(with_url(listed, f"{hub.address}/cdn/fine.pt")))
    assert checkout.pull("fine").status == 0
    assert hub.starts() == [0, CHUNK]
    assert checkout.models("verify", "fine").status == 0


def test_a_token_reaches_the_hub_and_no_other_host(checkout: Checkout, hub: Hub) -> None:
    checkout.settings["HF_TOKEN"] = "hf_secret"
    _offer(checkout, hub, SMALL)
    assert checkout.pull("fine").status == 0
    for request in hub.requests:
        assert bool(request.token) is not request.path.startswith("/cdn/")
    hub.requests.clear()
    listed = entry("other", "speech", "url", {"other.pt": SMALL})
    checkout.manifest(manifest(with_url(listed, f"{hub.address}/cdn/{REPO}/fine.gguf")))
    assert checkout.pull("other").status == 0
    assert {request.token for request in hub.requests} == {""}


def test_a_pull_tells_nothing_about_the_machine(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    checkout.pull("fine")
    assert hub.requests
    assert not any("torch" in r.agent or "agent" in r.agent for r in hub.requests)


def test_what_was_put_there_by_hand_is_taken_without_a_network(checkout: Checkout) -> None:
    """Carried over on a stick, say: with the listed hash it is as good as pulled."""
    files = {"fine.gguf": SMALL}
    checkout.manifest(manifest(entry("fine", "llm", "hub", files, repo=REPO, revision="main")))
    (checkout.pulled / "fine").mkdir(parents=True)
    (checkout.pulled / "fine" / "fine.gguf").write_bytes(SMALL)
    assert not checkout.row("fine")["installed"]
    assert checkout.models("pull", "fine").status == 0
    assert checkout.row("fine")["installed"]


@pytest.mark.parametrize("name", ["tiny-micro", "packed"])
def test_what_comes_with_the_program_is_not_pulled(checkout: Checkout, name: str) -> None:
    micro = entry("tiny-micro", "image", "micro", {"tiny-micro.pt": SMALL})
    package = entry("packed", "text", "package", {"x": None}, distribution="some-package")
    checkout.manifest(manifest(micro, package))
    done = checkout.models("pull", name)
    assert done.status == 2
    assert f"{name} is not fetched" in done.err


def test_a_second_pull_at_the_same_time_is_refused(checkout: Checkout, hub: Hub) -> None:
    _offer(checkout, hub, SMALL)
    (checkout.pulled / "fine").mkdir(parents=True)
    with durable.lock(checkout.pulled / "fine" / ".lock", holder=""):
        done = checkout.models("pull", "fine")
    assert done.status == 3
    assert "fine is being pulled" in done.err


def test_a_pulled_model_can_be_removed_but_not_while_it_is_used(
    checkout: Checkout, hub: Hub
) -> None:
    _offer(checkout, hub, SMALL)
    checkout.pull("fine")
    checkout.models("use", "fine")
    refused = checkout.models("remove", "fine")
    assert refused.status == 2
    assert "in use" in refused.err
    assert checkout.models("remove", "fine", "--even-if-used").json["freed"] == len(SMALL)
    assert not (checkout.pulled / "fine").exists()
    assert not checkout.row("fine")["installed"]
