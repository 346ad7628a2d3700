"""Fetches the files of a model: disk asked first, half a file never used, every hash recorded.

A file arrives as `.<name>.<version>.part` in the model's folder and takes its name only when its
hash is right; the model counts as installed once all of them stand in the record.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from mirrordesk import durable
from mirrordesk.errors import DiskFull, UsageError, WeightsError
from mirrordesk.registry import digests, hub, lock, places
from mirrordesk.registry.amounts import gigabytes
from mirrordesk.registry.hub import Remote
from mirrordesk.registry.lock import Entry
from mirrordesk.registry.model import Model, ModelFile

LEFT_FREE = 500_000_000  # bytes that a pull leaves to the rest of the machine


@dataclass(frozen=True, slots=True)
class _Arrival:
    """A file on its way: where it comes from and where it goes."""

    file: ModelFile
    remote: Remote
    path: Path

    @property
    def part(self) -> Path:
        # named after the version too, so that no version is continued by another
        version = (self.remote.sha256 or self.remote.commit)[:16]
        return self.path.with_name(f".{self.path.name}.{version}.part")

    @property
    def outstanding(self) -> int:
        """Bytes still to come, as far as the server tells."""
        begun = self.part.stat().st_size if self.part.exists() else 0
        return max(self.remote.size - begun, 0)


def pull(model: Model) -> bool:
    """Bring the files of `model` that are not here; False where all are.

    Raises UsageError for one that is not fetched, DiskFull, WeightsMissing where the network does
    not give it, WeightsError where what came is not what was published.
    """
    if not model.pullable:
        raise UsageError(f"{model.name} is not fetched from a hub: {_why_not(model)}.")
    folder = places.pulled() / model.name
    folder.mkdir(parents=True, exist_ok=True)
    holder = f"{model.name} is being pulled by another process already."
    with durable.lock(folder / ".lock", holder=holder):
        entry = lock.read().get(model.name)
        absent = [file for file in model.files if not _is_here(folder, file, entry)]
        if entry and not absent:
            return False
        arrivals = _look(model, absent, _revision(model, entry), folder)
        _require_space(model, folder, arrivals)
        for arrival in arrivals:
            _bring(model, arrival, entry)
        commits = [arrival.remote.commit for arrival in arrivals]
        lock.put(model.name, _entry(model, folder, commits[-1] if commits else model.revision))
    return True


def _revision(model: Model, entry: Entry | None) -> str:
    """Where to look: at the commit of the first pull, unless the manifest says what is wanted."""
    if all(file.sha256 for file in model.files) or not (entry and entry.revision):
        return model.revision
    return entry.revision


def _look(model: Model, files: list[ModelFile], revision: str, folder: Path) -> list[_Arrival]:
    arrivals = []
    for file in files:
        remote = hub.look(model, file, revision)
        revision = remote.commit or revision  # the other files from the same commit
        arrivals.append(_Arrival(file, remote, folder / file.path))
    return arrivals


def _why_not(model: Model) -> str:
    if model.micro:
        return "it comes with MirrorDesk"
    return f"it comes with {model.distribution}" if model.distribution else "it is a file of yours"


def _is_here(folder: Path, file: ModelFile, entry: Entry | None) -> bool:
    path, wanted = folder / file.path, _wanted(file, entry)
    return bool(wanted) and path.is_file() and digests.sha256(path) == wanted


def _wanted(file: ModelFile, entry: Entry | None) -> str:
    """The hash a file must have; empty at a first pull of one that is not pinned."""
    return file.sha256 or (entry.sha256(file.path) if entry else "")


def _require_space(model: Model, folder: Path, arrivals: list[_Arrival]) -> None:
    needed = sum(arrival.outstanding for arrival in arrivals)
    short = needed + LEFT_FREE - shutil.disk_usage(folder).free
    if arrivals and short > 0:
        raise DiskFull(
            f"{model.name} does not fit on the disk of {folder}: it needs {gigabytes(needed)} and "
            f"{gigabytes(LEFT_FREE)} should stay free, so {gigabytes(short)} are missing."
        )


def _bring(model: Model, arrival: _Arrival, entry: Entry | None) -> None:
    """Fetch one file beside its place, and move it there when it is the right one."""
    path, part = arrival.path, arrival.part
    path.parent.mkdir(parents=True, exist_ok=True)
    hub.fetch(model, arrival.file, arrival.remote, part)
    wanted = {sha for sha in (_wanted(arrival.file, entry), arrival.remote.sha256) if sha}
    if wanted - {digests.sha256(part)}:
        part.unlink()
        raise WeightsError(
            f"What came as {path.name} of {model.name} is not the file that was published (its "
            f"SHA-256 differs) and was thrown away; `mirrordesk models pull {model.name}` tries "
            "again."
        )
    part.replace(path)
    for other in path.parent.glob(f".{path.name}.*.part"):
        other.unlink()
    durable.sync_folder(path.parent)


def _entry(model: Model, folder: Path, revision: str) -> Entry:
    paths = {file.path: folder / file.path for file in model.files}
    files = tuple(
        ModelFile(name, path.stat().st_size, digests.sha256(path)) for name, path in paths.items()
    )
    return Entry(model.role, files, architecture=model.architecture, revision=revision)
