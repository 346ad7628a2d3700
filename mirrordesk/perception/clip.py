"""CLIP by open_clip: pictures and texts in one space."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mirrordesk.errors import WeightsError
from mirrordesk.perception import devices, torch_compat
from mirrordesk.perception.base import ImageEncoder, Pixels, Vectors
from mirrordesk.weights import Weights

BATCH = 16


class OpenClip(ImageEncoder):
    """An open_clip model from a local checkpoint; nothing is ever fetched."""

    def __init__(self, weights: Weights) -> None:
        """Raises WeightsError where the model is unknown or the checkpoint is of another one."""
        torch_compat.declare_missing_ops()
        import open_clip
        import torch

        chosen = devices.choose()
        self.name, self.device, self.why = weights.name, chosen.name, chosen.why
        self._model_name = _register(weights.architecture)
        try:
            model, _, preprocess = open_clip.create_model_and_transforms(
                self._model_name,
                pretrained=str(weights.path),
                # the usual cut out of the middle would leave half of a wide screen unseen
                image_resize_mode="squash",
                precision="fp16" if chosen.half else "fp32",
                device=chosen.name,
            )
        except Exception as error:
            first = str(error).partition("\n")[0]
            raise WeightsError(
                f"{weights.path} is no checkpoint of the image model {self.name}: {first}"
            ) from error
        self._model: Any = model.eval()
        self._preprocess: Any = preprocess
        self._tokenize: Any = open_clip.get_tokenizer(self._model_name)
        self._dtype = torch.float16 if chosen.half else torch.float32
        self.dimensions = int(open_clip.get_model_config(self._model_name)["embed_dim"])

    def encode_images(self, pictures: Sequence[Pixels]) -> Vectors:
        """(n, dimensions) float32, unit length."""
        from PIL import Image

        ready = [self._preprocess(Image.fromarray(picture)) for picture in pictures]
        return self._batched(ready, self._model.encode_image, self._dtype)

    def encode_texts(self, texts: Sequence[str]) -> Vectors:
        """(n, dimensions) float32, unit length."""
        return self._batched(list(self._tokenize(list(texts))), self._model.encode_text, None)

    def _batched(self, items: Sequence[Any], encode: Any, dtype: Any) -> Vectors:
        import torch

        rows = [np.zeros((0, self.dimensions), np.float32)]
        with torch.inference_mode():
            for first in range(0, len(items), BATCH):
                batch = torch.stack(list(items[first : first + BATCH])).to(self.device)
                vectors = encode(batch.to(dtype) if dtype else batch, normalize=True)
                rows.append(vectors.float().cpu().numpy())
        return np.concatenate(rows)


def _register(model: str) -> str:
    """The name by which open_clip knows the model, after reading its JSON where it has one."""
    import open_clip

    if model.endswith(".json"):
        path = Path(model).expanduser()
        text = _configuration(path)["text_cfg"]
        open_clip.add_model_config(path)
        model = path.stem
    elif model in open_clip.list_models():
        text = open_clip.get_model_config(model)["text_cfg"]
    else:
        raise WeightsError(f"open_clip knows no model named {model}.")
    if {"hf_model_name", "hf_tokenizer_name"} & set(text) or "siglip" in model.lower():
        raise WeightsError(
            f"The image model {model} would fetch its tokenizer from the network; choose one with "
            "open_clip's own, for example ViT-B-32."
        )
    return model


def _configuration(path: Path) -> dict[str, Any]:
    """What the JSON file of a model says."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} is no open_clip model configuration: {error}.") from error
    if not isinstance(value, dict) or not {"embed_dim", "vision_cfg", "text_cfg"} <= set(value):
        raise WeightsError(f"{path} is no open_clip model configuration.")
    return value
