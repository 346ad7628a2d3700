"""What kind of model a file holds, told by its bytes; nothing in it is run."""

from __future__ import annotations

import zipfile
from pathlib import Path

from mirrordesk.errors import WeightsError

_GGUF_MAGIC = b"GGUF"
_WHISPER_KEYS = {"dims", "model_state_dict"}


def is_gguf(path: Path) -> bool:
    """Whether a file begins as a GGUF does."""
    with path.open("rb") as file:
        return file.read(len(_GGUF_MAGIC)) == _GGUF_MAGIC


def is_whisper(path: Path) -> bool:
    """Whether a file holds what openai-whisper saves. Raises WeightsError for an unreadable one."""
    import pickle

    import torch

    mapped = zipfile.is_zipfile(path)  # older files are no archives and cannot be mapped
    try:
        found = torch.load(path, map_location="cpu", weights_only=True, mmap=mapped)
    except (pickle.UnpicklingError, RuntimeError, ValueError, EOFError, KeyError):
        return False
    except OSError as error:
        raise WeightsError(f"{path} cannot be read: {error.strerror or error}.") from error
    return isinstance(found, dict) and set(found) >= _WHISPER_KEYS
