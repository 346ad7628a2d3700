"""Takes a person's own model file into the registry, under the name of the file."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

from mirrordesk.errors import UsageError
from mirrordesk.registry import digests, formats, lock, manifest, packages, shelf
from mirrordesk.registry.lock import Entry
from mirrordesk.registry.model import Model, ModelFile, Role


def register(path: Path, role: Role | None = None, architecture: str = "") -> Model:
    """Note `path` with its hash, and return the model that it now is.

    `role` is needed where the file does not tell: a GGUF counts as a language model unless it says
    text. `architecture`, open_clip's name or a JSON configuration, makes it an image model. Raises
    UsageError where it cannot be told or the name is taken, WeightsError for no model.
    """
    path = path.expanduser().absolute()
    role, architecture = _kind(path, role, architecture)
    name = path.stem
    _require_free(name, path)
    paths = [path, Path(architecture)] if architecture.endswith(".json") else [path]
    files = [ModelFile(str(p), p.stat().st_size, digests.sha256(p)) for p in paths]
    lock.put(name, Entry(role, tuple(files), registered=True, architecture=architecture))
    return shelf.find(name)


def _kind(path: Path, role: Role | None, architecture: str) -> tuple[Role, str]:
    if not path.is_file():
        raise UsageError(f"There is no file {path}.")
    if formats.is_gguf(path):
        return _as(path, role or Role.LLM, Role.LLM, Role.TEXT), "gguf" if role is Role.TEXT else ""
    if architecture and formats.is_checkpoint(path):
        return _as(path, role or Role.IMAGE, Role.IMAGE), _architecture(architecture)
    if formats.is_whisper(path):
        return _as(path, role or Role.SPEECH, Role.SPEECH), ""
    raise UsageError(
        f"{path} is neither a GGUF nor a Whisper checkpoint; for an open_clip checkpoint say what "
        "model it is of with --architecture."
    )


def _as(path: Path, role: Role, *possible: Role) -> Role:
    if role not in possible:
        raise UsageError(f"{path} is no {role.noun}; it can be a {possible[-1].noun}.")
    return role


def _architecture(wanted: str) -> str:
    """open_clip's name of a model, or the absolute path of its configuration."""
    if wanted.endswith(".json"):
        return str(_configuration(Path(wanted).expanduser().absolute()))
    package = packages.folder("open_clip")
    known = (
        sorted(file.stem for file in (package / "model_configs").glob("*.json")) if package else []
    )
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, n=8, cutoff=0) if known else []
        raise UsageError(
            f"open_clip knows no model named {wanted}; the names most like it are: "
            f"{', '.join(near)}."
        )
    return wanted


def _configuration(path: Path) -> Path:
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} is no open_clip model configuration: {error}.") from error
    if not isinstance(value, dict) or not {"embed_dim", "vision_cfg", "text_cfg"} <= set(value):
        raise UsageError(f"{path} is no open_clip model configuration.")
    return path


def _require_free(name: str, path: Path) -> None:
    """A name may be given anew only to the file that has it."""
    if name in manifest.models():
        raise UsageError(f"The name {name} belongs to a listed model; give {path} another name.")
    entry = lock.read().get(name)
    if entry and entry.files[0].path != str(path):
        raise UsageError(
            f"{name} is already {entry.files[0].path}; `mirrordesk models remove {name}` frees the "
            "name."
        )
