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
from mirrordesk.perception.devices import Device
from mirrordesk.weights import Weights


class OpenClip(ImageEncoder):
    """An open_clip model from a local checkpoint; nothing is ever fetched."""

    def __init__(self, weights: Weights, device: Device | None = None) -> None:
        """Without `device` on the best there is.

        Raises WeightsError where the model is unknown or the checkpoint is of another one.
        """
        torch_compat.declare_missing_ops()
        import open_clip
        import torch

        chosen = device or devices.choose()
        self.name, self.device, self.why = weights.name, chosen.name, chosen.why
        self.together = chosen.pictures
        self.identity = weights.identity
        self._model_name = _register(weights.architecture, weights.path.parent)
        try:
            model, _, preprocess = open_clip.create_model_and_transforms(
                self._model_name,
                pretrained=str(weights.path),
                # the usual cut out of the middle would leave half of a wide screen unseen
                image_resize_mode="squash",
                **published_preprocessing(self._model_name),
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
        self._tokenize: Any = _tokenizer(self._model_name, weights.path.parent)
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
            for first in range(0, len(items), self.together):
                batch = torch.stack(list(items[first : first + self.together])).to(self.device)
                vectors = encode(batch.to(dtype) if dtype else batch, normalize=True)
                rows.append(vectors.float().cpu().numpy())
        return np.concatenate(rows)


def _register(model: str, folder: Path) -> str:
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
    if "hf_model_name" in text or (_foreign(model, text) and not _has_tokenizer(folder)):
        raise WeightsError(
            f"The image model {model} would fetch its tokenizer from the network; choose one with "
            "open_clip's own, for example ViT-B-32, or put tokenizer.json and "
            "open_clip_config.json beside its checkpoint."
        )
    return model


def _foreign(model: str, text: dict[str, Any]) -> bool:
    """Whether the tokenizer is not open_clip's own."""
    return "hf_tokenizer_name" in text or "siglip" in model.lower()


def _has_tokenizer(folder: Path) -> bool:
    return all((folder / name).is_file() for name in ("tokenizer.json", "open_clip_config.json"))


def _tokenizer(model: str, folder: Path) -> Any:
    """open_clip's own, or the one whose files lie beside the checkpoint."""
    import open_clip

    text = open_clip.get_model_config(model)["text_cfg"]
    return open_clip.get_tokenizer(f"local-dir:{folder}" if _foreign(model, text) else model)


def published_preprocessing(model: str) -> dict[str, Any]:
    """How pictures were scaled for the published checkpoints of a model, where all agree.

    open_clip applies that by itself only when it fetches the checkpoint.
    """
    from open_clip.pretrained import get_pretrained_cfg, list_pretrained_tags_by_model

    found = [get_pretrained_cfg(model, tag) for tag in list_pretrained_tags_by_model(model)]
    values = [(each.get("mean"), each.get("std"), each.get("interpolation")) for each in found]
    if not values or any(value != values[0] for value in values):
        return {}
    mean, std, interpolation = values[0]
    return {"image_mean": mean, "image_std": std, "image_interpolation": interpolation}


def _configuration(path: Path) -> dict[str, Any]:
    """What the JSON file of a model says."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(f"{path} is no open_clip model configuration: {error}.") from error
    if not isinstance(value, dict) or not {"embed_dim", "vision_cfg", "text_cfg"} <= set(value):
        raise WeightsError(f"{path} is no open_clip model configuration.")
    return value
