"""What runs on a GPU gives what the processor gives, and the speed is measured on what is there."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from benchmarks import encode
from mirrordesk.perception import devices
from mirrordesk.perception.clip import OpenClip
from mirrordesk.perception.whisper import Whisper
from mirrordesk.weights import Role, Weights
from tests.perception import tiny_models

ALIKE = 0.999  # cosine; half precision costs about 1e-5


@pytest.fixture
def gpu() -> devices.Device:
    found = devices.choose()
    if found.name == "cpu":
        pytest.skip("needs a GPU: neither CUDA nor Metal is available here")
    return found


def test_pictures_have_the_same_vectors_on_a_gpu(gpu: devices.Device, tmp_path: Path) -> None:
    weights = encode.image_weights(tmp_path, "ViT-B-32")
    assert encode.image_agreement(weights, gpu) >= ALIKE


def test_speech_is_heard_the_same_on_a_gpu(gpu: devices.Device, tmp_path: Path) -> None:
    checkpoint = encode.speech_checkpoint(tmp_path, "tiny")
    assert encode.speech_agreement(checkpoint, gpu) >= ALIKE


def test_a_gpu_takes_more_at_once_than_the_processor(tmp_path: Path) -> None:
    for kind in (devices.PICTURES, devices.WINDOWS):
        assert kind["cuda"] > kind["cpu"] >= 1
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    weights = Weights(Role.IMAGE, "tiny", checkpoint, str(configuration), False, "", "")
    assert OpenClip(weights, devices.CPU).together == devices.PICTURES["cpu"]
    speech = Whisper(tiny_models.whisper_checkpoint(tmp_path / "tiny.pt"), "en", device=devices.CPU)
    assert speech.together == devices.WINDOWS["cpu"]


def test_the_benchmark_tells_both_speeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration, checkpoint = tiny_models.clip_model(tmp_path)
    tiny = Weights(Role.IMAGE, "tiny", checkpoint, str(configuration), False, "", "")
    monkeypatch.setattr(encode, "image_weights", lambda *_: tiny)
    monkeypatch.setattr(
        encode,
        "speech_checkpoint",
        lambda folder, _: tiny_models.whisper_checkpoint(folder / "tiny.pt"),
    )
    monkeypatch.setattr(devices, "choose", lambda: devices.CPU)
    parser = argparse.ArgumentParser()
    encode.add_arguments(parser)
    figures = encode.measure(parser.parse_args(["--images", "2", "--sound", "1"]))
    assert json.loads(json.dumps(figures))["device"] == "cpu"
    assert figures["images_per_s"] > 0
    assert figures["sound_s_per_s"] > 0
    assert figures["image_cosine"] is None
