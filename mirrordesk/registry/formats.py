"""What kind of model a file holds, told by its bytes; nothing in it is run."""

from __future__ import annotations

import pickletools
import zipfile
from pathlib import Path

_GGUF_MAGIC = b"GGUF"
_WHISPER_KEYS = {"dims", "model_state_dict"}


def is_gguf(path: Path) -> bool:
    """Whether a file begins as a GGUF does."""
    with path.open("rb") as file:
        return file.read(len(_GGUF_MAGIC)) == _GGUF_MAGIC


def is_checkpoint(path: Path) -> bool:
    """Whether a file may hold the weights of an image model: safetensors, or saved by torch."""
    return path.suffix == ".safetensors" or zipfile.is_zipfile(path)


def is_whisper(path: Path) -> bool:
    """Whether a file holds what openai-whisper saves: an archive of torch's with these keys."""
    try:
        with zipfile.ZipFile(path) as archive:
            pickled = [name for name in archive.namelist() if name.endswith("/data.pkl")]
            keys = {
                argument
                for name in pickled
                for _, argument, _ in pickletools.genops(archive.read(name))
                if isinstance(argument, str)
            }
    except (zipfile.BadZipFile, ValueError):
        return False
    return keys >= _WHISPER_KEYS
