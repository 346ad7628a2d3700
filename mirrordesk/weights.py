"""Turns the name of a model into local files that are what they claim to be.

A name is one of the registry's (`mirrordesk models list`) or the path of a file. Nothing is ever
fetched from here. Every file is hashed before it is handed out; see `mirrordesk/registry/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from mirrordesk.config import ImageSettings, LlmSettings, SpeechSettings, TextSettings
from mirrordesk.errors import WeightsError, WeightsMissing
from mirrordesk.registry import digests, formats, manifest, places, shelf
from mirrordesk.registry.model import Model, Role, Source
from mirrordesk.registry.packages import folder as package_folder

__all__ = ["OcrWeights", "Role", "Weights", "package_folder"]

OCR = "pp-ocrv6-small"
_DIGITS = 8  # of a SHA-256, enough to tell the versions of one model apart


@dataclass(frozen=True, slots=True)
class OcrWeights:
    """The model that finds lines of text, and the one that reads them."""

    detection: Path
    recognition: Path

    @property
    def folder(self) -> Path:
        return self.detection.parent


@dataclass(frozen=True, slots=True)
class Weights:
    """A model whose files are there and are what they claim to be."""

    role: Role
    name: str
    path: Path  # its main file; for a model inside a Python package the folder
    architecture: str  # image: open_clip's name or the path of its JSON; text: minilm or gguf
    micro: bool  # one of MirrorDesk's own, for trying things out
    identity: str  # "clip-micro@1a2b3c4d": the name, and the SHA-256 of the main file begins so
    query_prefix: str  # what a text model wants written before a question


def ocr() -> OcrWeights:
    """PP-OCRv6 small. Raises WeightsMissing, WeightsError."""
    model = manifest.models()[OCR]
    shelf.verify(model)
    return OcrWeights(*shelf.files(model))


def speech(settings: SpeechSettings) -> Weights:
    """The Whisper checkpoint that the settings name. Raises WeightsMissing, WeightsError."""
    return of(Role.SPEECH, settings.model)


def image(settings: ImageSettings) -> Weights:
    """The open_clip model that the settings name. Raises WeightsMissing, WeightsError."""
    return of(Role.IMAGE, settings.model)


def text(settings: TextSettings) -> Weights:
    """The text model that the settings name. Raises WeightsMissing, WeightsError."""
    return of(Role.TEXT, settings.model)


def llm(settings: LlmSettings) -> Weights:
    """The GGUF that the settings name. Raises WeightsMissing, WeightsError."""
    return of(Role.LLM, settings.model)


def of(role: Role, wanted: str) -> Weights:
    """The model of `role` by its name or path. Raises WeightsMissing, WeightsError."""
    if not wanted:
        raise WeightsMissing(
            f"No {role.noun} is set; `mirrordesk models recommend` names those that fit."
        )
    models = shelf.models()
    if wanted in models:
        if models[wanted].role is not role:
            raise WeightsError(f"{wanted} is a {models[wanted].role.noun}, no {role.noun}.")
        return _verified(models[wanted])
    return _file(role, wanted)


def by_identity(role: Role, identity: str) -> Weights:
    """The model that made what is filed under `identity`. Raises WeightsMissing, WeightsError."""
    name = identity.rpartition("@")[0]
    model = shelf.models(role).get(name)
    found = _verified(model) if model else None
    if found is None or found.identity != identity:
        raise WeightsMissing(f"The {role.noun} {identity}, used earlier, is no longer here.")
    return found


def stamp(path: str) -> tuple[int, int] | None:
    """Size and time of change of a file; None while there is none."""
    try:
        about = Path(path).expanduser().stat()
    except OSError:
        return None
    return (about.st_size, about.st_mtime_ns)


def signature(role: Role, wanted: str) -> object:
    """What must change before a model that could not be had is worth another look."""
    if not wanted:
        return ""
    model = shelf.models(role).get(wanted)
    paths = shelf.files(model) if model and model.source is not Source.PACKAGE else [Path(wanted)]
    listed = (places.shipped() / places.MANIFEST, places.lock_file())
    return (wanted, *(stamp(str(path)) for path in (*paths, *listed)))


def _verified(model: Model) -> Weights:
    """A model of the registry, verified."""
    digest = shelf.verify(model)
    folder = shelf.folder(model)
    named = model.architecture
    return Weights(
        role=model.role,
        name=model.name,
        path=folder if model.source is Source.PACKAGE else folder / model.files[0].path,
        architecture=str(folder / named) if named.endswith(".json") else named,
        micro=model.micro,
        identity=f"{model.name}@{digest[:_DIGITS]}",
        query_prefix=model.query_prefix,
    )


def _file(role: Role, wanted: str) -> Weights:
    """A file by its path; what it is of says its ending or, for pictures, the JSON beside it."""
    # absolute, for libraries take a bare word such as `tiny` for the name of a model to download
    path = Path(wanted).expanduser().absolute()
    if not path.is_file():
        names = ", ".join(shelf.models(role))
        raise WeightsMissing(
            f"There is no {role.noun} named {wanted}, nor such a file; there are: {names} "
            "(`mirrordesk models use NAME_OR_PATH` sets one)."
        )
    architecture = {Role.IMAGE: str(path.with_suffix(".json")), Role.TEXT: "gguf"}.get(role, "")
    if role is Role.IMAGE and not Path(architecture).is_file():
        raise WeightsMissing(
            f"It is not known what model {path} is of; `mirrordesk models use {quote(str(path))} "
            "--architecture NAME` tells."
        )
    if role in (Role.LLM, Role.TEXT) and not formats.is_gguf(path):
        raise WeightsError(f"{path} is not a GGUF file.")
    identity = f"{path.stem}@{digests.sha256(path)[:_DIGITS]}"
    return Weights(role, path.stem, path, architecture, False, identity, "")
