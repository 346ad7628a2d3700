"""The committed micro models, as the product runs them, on data they were never trained on.

`wer_real` and `clip_recall@1_real` are measured where real sound and screens are at hand; the
models know neither, and the figures say so.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from benchmarks import data
from mirrordesk import weights
from mirrordesk.perception.clip import OpenClip
from mirrordesk.perception.whisper import Whisper
from mirrordesk.registry.model import Role
from models.micro.clip import checkpoint
from models.micro.clip import evaluate as clip
from models.micro.reader import evaluate as reader
from models.micro.whisper import evaluate as whisper


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where real data lies."""
    data.add_argument(parser)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """The figures of all three, and their bytes."""
    return {**_speech(options), **_pictures(options), **_answers(), "bytes": _bytes()}


def _speech(options: argparse.Namespace) -> dict[str, Any]:
    print("Listening …", file=sys.stderr)
    model = Whisper(weights.of(Role.SPEECH, "whisper-micro").path, provisional=True)
    folder = data.folder(options, "speech")
    return {
        "wer": whisper.generated(model),
        "wer_real": whisper.real(model, folder) if folder else None,
    }


def _pictures(options: argparse.Namespace) -> dict[str, Any]:
    print("Looking …", file=sys.stderr)
    model = OpenClip(weights.of(Role.IMAGE, "clip-micro"))
    found = clip.held_out(model)
    folder = data.folder(options, "screens")
    return {
        "clip_recall@1": found["recall_at_1"],
        "clip_pool": found["pool"],
        "clip_recall@1_real": clip.real(model, folder)["recall_at_1"] if folder else None,
    }


def _answers() -> dict[str, Any]:
    if not all(file.is_file() for file in reader.FILES):
        return {"reader_exact": None, "reader_abstain": None}
    print("Reading …", file=sys.stderr)
    by_file = reader.all_files()
    full = by_file["reader-micro.gguf"]
    return {
        "reader_exact": full["short"]["exact"],
        "reader_abstain": full["short"]["abstained"],
        "reader_exact_2000": full["2000 tokens"]["exact"],
        "reader_abstain_2000": full["2000 tokens"]["abstained"],
        "reader": by_file,
    }


def _bytes() -> dict[str, int]:
    """Of every committed file, and of all."""
    files = [whisper.CHECKPOINT, checkpoint.CHECKPOINT, *reader.FILES]
    sizes = {file.name: file.stat().st_size for file in files if file.is_file()}
    return {**sizes, "all": sum(sizes.values())}
