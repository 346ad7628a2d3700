"""How fast pictures and speech are encoded on the device found, at the published shapes.

Weights are random, which costs the same, but for one thing: a decoder that knows nothing writes
until its limit, so real speech is faster. Where there is a GPU, the vectors that it makes are
compared with those of the processor (least cosine; 1 is the same direction).
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from mirrordesk.perception import devices, torch_compat
from mirrordesk.perception.base import Pixels
from mirrordesk.perception.clip import OpenClip
from mirrordesk.perception.devices import Device
from mirrordesk.perception.whisper import SAMPLE_RATE, WINDOW, Whisper
from mirrordesk.weights import Role, Weights

COMPARED = 4  # pictures, and windows of sound
SCREEN = (1080, 1920, 3)
LAYERS = {
    "tiny": (384, 6, 4),
    "base": (512, 8, 6),
    "small": (768, 12, 12),
    "medium": (1024, 16, 24),
}
"""Whisper's sizes: width, heads and layers, as in its paper (Radford et al. 2022, table 1)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The shapes, and how much to encode."""
    parser.add_argument("--image", default="ViT-B-32", help="a model that open_clip knows")
    parser.add_argument("--speech", default="base", choices=LAYERS)
    parser.add_argument("--images", type=int, default=64)
    parser.add_argument("--sound", type=int, default=8, help="windows of 30 s")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Images and seconds of sound a second, and whether GPU and processor agree."""
    device = devices.choose()
    with tempfile.TemporaryDirectory() as folder:
        image = image_weights(Path(folder), options.image)
        speech = speech_checkpoint(Path(folder), options.speech)
        return {
            "device": device.name,
            "why": device.why,
            "image_model": options.image,
            "images_per_s": _images_per_s(OpenClip(image, device), options.images),
            "speech_model": options.speech,
            "sound_s_per_s": _sound_s_per_s(Whisper(speech, "en", device=device), options.sound),
            "image_cosine": None if device.name == "cpu" else image_agreement(image, device),
            "speech_cosine": None if device.name == "cpu" else speech_agreement(speech, device),
        }


def image_weights(folder: Path, model: str) -> Weights:
    """A checkpoint of that shape, its weights drawn by chance."""
    torch_compat.declare_missing_ops()
    import open_clip
    import torch

    torch.manual_seed(0)
    path = folder / "image.pt"
    torch.save(open_clip.create_model(model).state_dict(), path)
    return Weights(Role.IMAGE, model, path, model, False, "", "")


def speech_checkpoint(folder: Path, size: str) -> Path:
    """A multilingual checkpoint of that size, its weights drawn by chance."""
    import torch
    import whisper
    from whisper.model import ModelDimensions

    torch.manual_seed(0)
    width, heads, layers = LAYERS[size]
    shape = ModelDimensions(80, 1500, width, heads, layers, 51865, 448, width, heads, layers)
    model = whisper.model.Whisper(shape)
    torch.nn.init.zeros_(model.decoder.positional_embedding)  # Whisper leaves it uninitialised
    path = folder / "speech.pt"
    state = model.state_dict()
    torch.save({"dims": dataclasses.asdict(shape), "model_state_dict": state}, path)
    return path


def screens(count: int) -> list[Pixels]:
    """Pictures of the size of a screen."""
    noise = np.random.default_rng(0)
    return [noise.integers(0, 256, SCREEN, dtype=np.uint8) for _ in range(count)]


def sounds(count: int) -> list[np.ndarray[Any, np.dtype[np.float32]]]:
    """Windows of noise."""
    noise = np.random.default_rng(0)
    return [noise.normal(0, 0.1, WINDOW).astype(np.float32) for _ in range(count)]


def image_agreement(weights: Weights, device: Device) -> float:
    """The least cosine between what `device` and the processor make of a picture."""
    pictures = screens(COMPARED)
    one = OpenClip(weights, device).encode_images(pictures)
    other = OpenClip(weights, devices.CPU).encode_images(pictures)
    return float((one * other).sum(axis=1).min())


def speech_agreement(checkpoint: Path, device: Device) -> float:
    """The least cosine between what `device` and the processor hear in a window of sound."""
    import torch
    import whisper

    mels = torch.stack([whisper.log_mel_spectrogram(sound) for sound in sounds(COMPARED)])
    heard = []
    with torch.inference_mode():
        for name in (device.name, "cpu"):
            model = whisper.load_model(str(checkpoint), device=name)
            half = device.half and name != "cpu"
            found = (
                model.half().encoder(mels.to(name).half()) if half else model.encoder(mels.to(name))
            )
            heard.append(found.float().cpu().flatten(1))
    return float(torch.nn.functional.cosine_similarity(*heard).min())


def _images_per_s(model: OpenClip, count: int) -> float:
    pictures = screens(min(count, model.together))
    model.encode_images(pictures[:1])  # the first one waits for what is set up at first use
    done, began = 0, time.perf_counter()
    while done < count:
        done += len(model.encode_images(pictures))
    return done / (time.perf_counter() - began)


def _sound_s_per_s(model: Whisper, windows: int) -> float:
    heard = sounds(windows)
    model.transcribe(heard[0][:SAMPLE_RATE])
    began = time.perf_counter()
    model.transcribe_all(heard)
    return windows * WINDOW / SAMPLE_RATE / (time.perf_counter() - began)
