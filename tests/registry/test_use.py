"""Choosing a listed model, and files of one's own, by the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import config, weights
from mirrordesk.paths import Profile
from mirrordesk.registry import lock
from mirrordesk.weights import Role
from tests.perception import tiny_models
from tests.registry.conftest import Checkout
from tests.registry.entries import entry, manifest


def _settings(checkout: Checkout) -> config.Settings:
    return config.load(Profile.open(Path(checkout.settings["MIRRORDESK_HOME"])))


def _gguf(path: Path) -> Path:
    path.write_bytes(b"GGUF and weights")
    return path


def test_a_gguf_becomes_the_language_model_under_its_name(
    checkout: Checkout, tmp_path: Path
) -> None:
    file = _gguf(tmp_path / "own model.gguf")
    used = checkout.models("use", str(file)).json
    assert used == {"setting": "llm.model", "model": "own model"}
    found = weights.llm(_settings(checkout).llm)
    assert (found.name, found.path) == ("own model", file)
    assert weights.by_identity(Role.LLM, found.identity) == found


def test_a_gguf_becomes_the_text_model_where_one_says_so(
    checkout: Checkout, tmp_path: Path
) -> None:
    file = _gguf(tmp_path / "embedding.gguf")
    assert checkout.models("use", str(file), "--role", "text").json["setting"] == "text.model"
    assert weights.text(_settings(checkout).text).architecture == "gguf"


def test_a_whisper_checkpoint_is_known_by_what_is_in_it(checkout: Checkout, tmp_path: Path) -> None:
    file = tiny_models.whisper_checkpoint(tmp_path / "own.pt")
    assert checkout.models("use", str(file)).json["setting"] == "speech.model"
    assert weights.speech(_settings(checkout).speech).path == file


def test_an_open_clip_checkpoint_needs_the_model_it_is_of(
    checkout: Checkout, tmp_path: Path
) -> None:
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    refused = checkout.models("use", str(checkpoint))
    assert refused.status == 2
    assert "--architecture" in refused.err
    wrong = checkout.models("use", str(checkpoint), "--architecture", "ViT-B-23")
    assert wrong.status == 2
    assert "ViT-B-32" in wrong.err
    words = ("use", str(checkpoint), "--architecture", str(configuration))
    assert checkout.models(*words).json["setting"] == "image.model"
    found = weights.image(_settings(checkout).image)
    assert (found.path, found.architecture) == (checkpoint, str(configuration))


def test_an_open_clip_checkpoint_may_name_a_published_model(
    checkout: Checkout, tmp_path: Path
) -> None:
    _, checkpoint = tiny_models.clip_model(tmp_path)
    assert checkout.models("use", str(checkpoint), "--architecture", "ViT-B-32").status == 0
    assert weights.image(_settings(checkout).image).architecture == "ViT-B-32"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"{}", bytes(range(256)) * 8])
def test_what_is_no_model_is_refused_by_name_and_not_registered(
    checkout: Checkout, tmp_path: Path, data: bytes
) -> None:
    file = tmp_path / "own.pt"
    file.write_bytes(data)
    for more in ((), ("--architecture", "ViT-B-32")):
        done = checkout.models("use", str(file), *more)
        assert done.status == 2
        assert "own.pt" in done.err
        assert lock.read() == {}


def test_a_file_changed_since_it_was_registered_is_refused_until_registered_anew(
    checkout: Checkout, tmp_path: Path
) -> None:
    file = _gguf(tmp_path / "own.gguf")
    checkout.models("use", str(file))
    file.write_bytes(b"GGUF and other weights")
    refused = checkout.models("use", "own")
    assert refused.status == 5
    assert f"mirrordesk models use {file}" in refused.err
    assert checkout.models("use", str(file)).status == 0
    assert checkout.models("verify", "own").json[0]["state"] == "ok"


def test_a_name_that_is_taken_is_not_given_twice(checkout: Checkout, tmp_path: Path) -> None:
    checkout.manifest(manifest(entry("listed", "llm", "hub", {"x.gguf": None}, repo="a/b")))
    taken = checkout.models("use", str(_gguf(tmp_path / "listed.gguf")))
    assert taken.status == 2
    assert "another name" in taken.err
    (tmp_path / "elsewhere").mkdir()
    checkout.models("use", str(_gguf(tmp_path / "own.gguf")))
    again = checkout.models("use", str(_gguf(tmp_path / "elsewhere" / "own.gguf")))
    assert again.status == 2
    assert "mirrordesk models remove own" in again.err


def test_forgetting_a_registered_file_leaves_the_file(checkout: Checkout, tmp_path: Path) -> None:
    file = _gguf(tmp_path / "own.gguf")
    checkout.models("use", str(file))
    assert checkout.models("remove", "own").status == 2
    assert checkout.models("remove", "own", "--even-if-used").json == {"name": "own", "freed": 0}
    assert file.exists()
    assert checkout.models("verify", "own").status == 2


def test_a_name_that_is_not_installed_is_not_set(checkout: Checkout) -> None:
    checkout.manifest(manifest(entry("listed", "llm", "hub", {"x.gguf": None}, repo="a/b")))
    before = _settings(checkout)
    done = checkout.models("use", "listed")
    assert done.status == 5
    assert "mirrordesk models pull listed" in done.err
    assert _settings(checkout) == before


def test_a_file_that_a_setting_names_by_itself_is_listed(
    checkout: Checkout, tmp_path: Path
) -> None:
    file = _gguf(tmp_path / "own.gguf")
    profile = Profile.open(Path(checkout.settings["MIRRORDESK_HOME"]))
    config.change(profile, "llm.model", str(file))
    row = checkout.row(str(file))
    assert (row["role"], row["installed"], row["in_use"]) == ("llm", True, True)
