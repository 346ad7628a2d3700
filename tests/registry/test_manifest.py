"""The list of models says what the libraries and the packages that are installed say too."""

from __future__ import annotations

import hashlib
import importlib.metadata
import re
import shutil
from pathlib import Path

import pytest

from mirrordesk.config import Settings
from mirrordesk.errors import WeightsError
from mirrordesk.perception import torch_compat
from mirrordesk.registry import manifest, places, shelf
from mirrordesk.registry.model import Model, Role, Source
from models.micro import pin

MODELS = manifest.models()
MICRO = [model for model in MODELS.values() if model.micro]
SHA256 = re.compile("[0-9a-f]{64}")


def _of(role: Role, source: Source) -> list[Model]:
    return [m for m in MODELS.values() if (m.role, m.source) == (role, source)]


def test_every_role_has_a_model_and_every_default_is_listed() -> None:
    assert {model.role for model in MODELS.values()} == set(Role)
    for role in (role for role in Role if role.setting):
        default = getattr(Settings(), role.value).model
        assert default in ("", *(name for name, model in MODELS.items() if model.role is role))


def test_every_entry_says_licence_memory_and_quality() -> None:
    for model in MODELS.values():
        assert model.licence
        assert model.memory
        assert model.note.endswith(".")
        assert model.files
        assert all(not file.sha256 or SHA256.fullmatch(file.sha256) for file in model.files)


def test_what_is_fetched_says_from_where_and_how_large_it_is() -> None:
    for model in (model for model in MODELS.values() if model.pullable):
        assert model.size > 10**8
        if model.source is Source.HUB:
            assert re.fullmatch(r"[\w.-]+/[\w.-]+", model.repo)
            assert model.revision
        else:
            assert all(file.url.startswith("https://") and file.sha256 for file in model.files)
        if model.checked:
            assert all(file.sha256 for file in model.files)


def test_within_a_role_larger_models_stand_below_smaller_ones() -> None:
    for role in (Role.LLM, Role.SPEECH, Role.IMAGE, Role.TEXT):
        sizes = [m.memory for m in MODELS.values() if m.role is role and not m.micro]
        assert sizes == sorted(sizes)


def test_whisper_is_fetched_as_openai_whisper_would() -> None:
    import whisper

    for model in _of(Role.SPEECH, Source.URL):
        (file,) = model.files
        assert file.url == whisper._MODELS[model.name.removeprefix("whisper-")]
        assert file.sha256 in file.url


def test_image_models_are_those_of_open_clip() -> None:
    torch_compat.declare_missing_ops()
    import open_clip

    for model in _of(Role.IMAGE, Source.HUB):
        (tag,) = open_clip.list_pretrained_tags_by_model(model.architecture)
        about = open_clip.pretrained.get_pretrained_cfg(model.architecture, tag)
        assert about["hf_hub"].strip("/") == model.repo


def test_what_comes_with_packages_is_as_large_as_listed_and_intact() -> None:
    for model in (model for model in MODELS.values() if model.source is Source.PACKAGE):
        paths = shelf.files(model)
        assert [path.stat().st_size for path in paths] == [file.size for file in model.files]
        assert SHA256.fullmatch(shelf.verify(model))
        assert importlib.metadata.version(model.distribution)


def test_micro_models_stay_small() -> None:
    sizes = [file.size for model in MICRO for file in model.files]
    assert all(size <= 10 * 10**6 for size in sizes)
    assert sum(sizes) <= 25 * 10**6


@pytest.mark.parametrize("model", MICRO, ids=lambda model: model.name)
def test_a_micro_model_that_is_committed_is_pinned_as_it_is(model: Model) -> None:
    if all(path.exists() for path in shelf.files(model)):
        assert SHA256.fullmatch(shelf.verify(model))


def test_pinning_writes_size_and_hash_and_leaves_the_rest(tmp_path: Path) -> None:
    shutil.copy(places.shipped() / places.MANIFEST, tmp_path)
    pin.pin(tmp_path)  # nothing is there: no pins
    bare = (tmp_path / places.MANIFEST).read_text()
    assert 'path = "clip-micro.pt", size = 0, sha256 = "" }' in bare
    clip = tmp_path / "micro" / "clip"
    clip.mkdir(parents=True)
    (clip / "clip-micro.pt").write_bytes(b"weights")
    pin.pin(tmp_path)
    pinned = (tmp_path / places.MANIFEST).read_text()
    sha256 = hashlib.sha256(b"weights").hexdigest()
    (before,) = set(bare.splitlines()) - set(pinned.splitlines())
    (after,) = set(pinned.splitlines()) - set(bare.splitlines())
    assert before.strip() == '{ path = "clip-micro.pt", size = 0, sha256 = "" },'
    assert after.strip() == f'{{ path = "clip-micro.pt", size = 7, sha256 = "{sha256}" }},'


@pytest.mark.parametrize(
    "text", ["", "format = 99\nmodel = []\n", "format = 1\n[[model]]\nx = 1\n"]
)
def test_a_damaged_list_is_told_by_its_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / places.MANIFEST).write_text(text)
    monkeypatch.setattr(places, "shipped", lambda: tmp_path)
    with pytest.raises(WeightsError, match=r"manifest\.toml"):
        manifest.models()
