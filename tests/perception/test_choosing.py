"""Which encoder a channel has: as the settings name it, and for old vectors their maker."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mirrordesk import weights
from mirrordesk.config import ImageSettings, Settings, SpeechSettings, TextSettings
from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.perception.base import Encoder
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.gguf_text import GgufText
from mirrordesk.perception.minilm import MiniLm
from mirrordesk.records import Channel
from mirrordesk.registry import places, registering
from tests.llm import tiny_gguf
from tests.perception import tiny_models


class Chosen:
    """Encoders with settings that a test changes."""

    def __init__(self) -> None:
        self.settings = Settings()
        self.encoders = Encoders(lambda: self.settings)

    def text(self, model: str) -> None:
        self._set(text=TextSettings(model=model))

    def speech(self, model: str) -> None:
        self._set(speech=SpeechSettings(model=model))

    def image(self, model: Path) -> None:
        self._set(image=ImageSettings(model=str(model)))

    def _set(self, **section: object) -> None:
        self.settings = dataclasses.replace(self.settings, **section)  # type: ignore[arg-type]
        self.encoders.look()


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """The defaults, and a registry of its own."""
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path / "models"))
    return Chosen()


def test_an_absent_encoder_names_the_command_that_brings_it(chosen: Chosen) -> None:
    chosen.speech("whisper-small")
    with pytest.raises(WeightsMissing, match="mirrordesk models pull whisper-small"):
        chosen.encoders.get(Channel.SPEECH)
    with pytest.raises(WeightsMissing, match="whisper-small"):
        chosen.encoders.require(Channel.SPEECH)


def test_weights_that_arrive_later_are_picked_up(chosen: Chosen, tmp_path: Path) -> None:
    path = tmp_path / "late.pt"
    chosen.speech(str(path))
    assert chosen.encoders.find(Channel.SPEECH) is None
    assert "late.pt" in chosen.encoders.state(Channel.SPEECH)
    tiny_models.whisper_checkpoint(path)
    chosen.encoders.look()
    assert chosen.encoders.state(Channel.SPEECH) == "not opened yet"
    assert chosen.encoders.find(Channel.SPEECH) is not None
    assert chosen.encoders.state(Channel.SPEECH).startswith("late on ")


def test_what_cannot_be_opened_is_tried_again_only_when_it_has_changed(
    chosen: Chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "broken.pt"
    path.write_bytes(b"not a checkpoint")
    chosen.speech(str(path))
    tries: list[object] = []
    import whisper

    really = whisper.load_model
    monkeypatch.setattr(whisper, "load_model", lambda *a, **k: tries.append(a) or really(*a, **k))
    for _ in range(3):
        chosen.encoders.look()
        assert chosen.encoders.find(Channel.SPEECH) is None
        assert "broken.pt" in chosen.encoders.state(Channel.SPEECH)
        assert chosen.encoders.choice(Channel.SPEECH) is None
    assert len(tries) == 1
    tiny_models.whisper_checkpoint(path)
    chosen.encoders.look()
    assert chosen.encoders.find(Channel.SPEECH) is not None


@pytest.mark.parametrize("channel", [Channel.OCR, Channel.TEXT])
def test_a_package_that_comes_later_is_noticed_as_well(
    chosen: Chosen, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as without:
        without.setattr("mirrordesk.registry.packages.folder", lambda _package: None)
        assert chosen.encoders.find(channel) is None
    chosen.encoders.look()
    assert chosen.encoders.find(channel) is not None


def test_another_model_replaces_the_one_that_is_open(chosen: Chosen, tmp_path: Path) -> None:
    before = chosen.encoders.text()
    assert isinstance(before, MiniLm)
    assert chosen.encoders.text() is before
    chosen.text(str(tiny_gguf.make(tmp_path / "tiny.gguf")))
    after = chosen.encoders.text()
    assert isinstance(after, GgufText)
    assert after.identity != before.identity
    chosen.text("")
    assert chosen.encoders.find(Channel.TEXT) is None


def test_nothing_changes_between_two_looks(chosen: Chosen) -> None:
    before = chosen.encoders.text()
    chosen.settings = dataclasses.replace(chosen.settings, text=TextSettings(model=""))
    assert chosen.encoders.text() is before
    chosen.encoders.look()
    assert chosen.encoders.find(Channel.TEXT) is None


def test_a_configuration_that_was_mended_is_read_again(chosen: Chosen, tmp_path: Path) -> None:
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    good = configuration.read_text()
    configuration.write_text("{}")
    chosen.image(checkpoint)
    assert chosen.encoders.find(Channel.IMAGE) is None
    configuration.write_text(good)
    chosen.encoders.look()
    assert chosen.encoders.find(Channel.IMAGE) is not None


def test_each_encoder_of_vectors_tells_whose_they_are(chosen: Chosen, tmp_path: Path) -> None:
    _, checkpoint = tiny_models.clip_model(tmp_path)
    chosen.image(checkpoint)
    found = weights.image(chosen.settings.image)
    assert chosen.encoders.choice(Channel.IMAGE) == found
    assert chosen.encoders.made(Channel.IMAGE, found.identity).identity == found.identity
    assert chosen.encoders.text().identity == "all-minilm-l6-v2@53aa5117"


def test_the_model_of_old_vectors_stays_while_they_serve(chosen: Chosen, tmp_path: Path) -> None:
    before = chosen.encoders.text()
    chosen.text(str(tiny_gguf.make(tmp_path / "tiny.gguf")))
    after = chosen.encoders.text()
    assert chosen.encoders.made(Channel.TEXT, before.identity) is before
    assert chosen.encoders.made(Channel.TEXT, after.identity) is after
    chosen.encoders.let_go(Channel.TEXT)
    again = chosen.encoders.made(Channel.TEXT, before.identity)  # now out of its package
    assert isinstance(again, MiniLm)
    assert again is not before


def test_a_registered_model_that_was_used_earlier_is_opened_by_its_identity(
    chosen: Chosen, tmp_path: Path
) -> None:
    registering.register(tiny_gguf.make(tmp_path / "tiny.gguf"), weights.Role.TEXT)
    identity = weights.text(TextSettings(model="tiny")).identity
    assert isinstance(chosen.encoders.made(Channel.TEXT, identity), GgufText)


def test_a_model_that_was_used_earlier_and_is_gone_is_missing(chosen: Chosen) -> None:
    with pytest.raises(WeightsMissing, match="gone@12345678"):
        chosen.encoders.made(Channel.TEXT, "gone@12345678")


def test_only_our_own_small_models_are_provisional(
    chosen: Chosen, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = tiny_models.whisper_checkpoint(tmp_path / "tiny.pt")
    chosen.speech(str(checkpoint))
    real: Encoder = chosen.encoders.get(Channel.SPEECH)
    assert not real.provisional
    found = dataclasses.replace(weights.speech(chosen.settings.speech), micro=True)
    monkeypatch.setattr(weights, "of", lambda *_: found)
    checkpoint.touch()
    chosen.encoders.look()
    assert chosen.encoders.get(Channel.SPEECH).provisional


def test_a_file_that_is_no_text_model_is_refused_by_name(chosen: Chosen, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"GGUF" + bytes(100))
    chosen.text(str(wrong))
    with pytest.raises(WeightsError, match=r"wrong\.gguf"):
        chosen.encoders.text()


def test_the_ocr_lets_go_of_the_frames_it_remembers_when_something_was_forgotten(
    chosen: Chosen,
) -> None:
    remembering = chosen.encoders.get(Channel.OCR)
    assert chosen.encoders.get(Channel.OCR) is remembering
    chosen.encoders.forget_frames()
    assert chosen.encoders.get(Channel.OCR) is not remembering
