"""Tiny models with random weights in the published formats, to drive the real loaders."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

CLIP_WIDTH = 32


def whisper_checkpoint(path: Path) -> Path:
    """A Whisper checkpoint as openai-whisper's `load_model` takes it. It understands nothing."""
    import torch
    from whisper.model import ModelDimensions, Whisper

    torch.manual_seed(0)
    dimensions = ModelDimensions(80, 1500, 16, 2, 1, 51864, 32, 16, 2, 1)
    model = Whisper(dimensions)
    torch.nn.init.zeros_(model.decoder.positional_embedding)  # Whisper leaves it uninitialised
    state = model.state_dict()
    torch.save({"dims": dataclasses.asdict(dimensions), "model_state_dict": state}, path)
    return path


def clip_model(folder: Path, name: str = "tiny-clip", width: int = CLIP_WIDTH) -> tuple[Path, Path]:
    """An open_clip configuration and its checkpoint, whose vectors have `width` numbers."""
    from mirrordesk.perception import torch_compat

    torch_compat.declare_missing_ops()
    import open_clip
    import torch

    torch.manual_seed(width)
    configuration = folder / f"{name}.json"
    vision = {"image_size": 32, "layers": 1, "width": 32, "patch_size": 16, "head_width": 16}
    text = {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1}
    about = {"embed_dim": width, "vision_cfg": vision, "text_cfg": text}
    configuration.write_text(json.dumps(about))
    open_clip.add_model_config(configuration)
    checkpoint = folder / f"{name}.pt"
    torch.save(open_clip.create_model(name).state_dict(), checkpoint)
    return configuration, checkpoint
