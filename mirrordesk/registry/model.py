"""What the registry knows of a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a model is for."""

    LLM = "llm"
    SPEECH = "speech"
    IMAGE = "image"
    TEXT = "text"
    OCR = "ocr"
    VAD = "vad"

    @property
    def noun(self) -> str:
        """The role in a sentence."""
        return _NOUNS[self]

    @property
    def setting(self) -> str:
        """The setting that names the model of this role; empty where there is no choice."""
        return "" if self in (Role.OCR, Role.VAD) else f"{self.value}.model"


_NOUNS = {
    Role.LLM: "language model",
    Role.SPEECH: "speech model",
    Role.IMAGE: "image model",
    Role.TEXT: "text model",
    Role.OCR: "text recognition",
    Role.VAD: "speech detection",
}


class Source(StrEnum):
    """Where the files of a model come from."""

    HUB = "hub"  # a repository of a model hub
    URL = "url"  # an address of its own for each file
    PACKAGE = "package"  # inside a Python package
    MICRO = "micro"  # comes with MirrorDesk
    PATH = "path"  # a file that the person registered


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One file. `path` counts from the model's folder; size 0 and no hash: not known yet."""

    path: str
    size: int = 0  # bytes
    sha256: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Model:
    """One entry. The first of `files` is the main one, whose hash tells versions apart."""

    name: str
    role: Role
    source: Source
    files: tuple[ModelFile, ...]
    licence: str = ""
    memory: int = 0  # bytes it needs at work
    gpu: bool = False  # slow without one
    note: str = ""  # how good it is, and for whom
    checked: bool = False  # whether this entry was compared with public documentation
    repo: str = ""  # hub: owner/name
    revision: str = ""  # hub: branch, tag or commit
    package: str = ""  # the module whose folder holds the files
    distribution: str = ""  # what pip calls that package
    folder: str = ""  # micro and package: below the shipped folder or the package
    architecture: str = ""  # image: open_clip's name or a .json among `files`; text: minilm, gguf
    query_prefix: str = ""  # text: what stands before a question

    @property
    def size(self) -> int:
        """Bytes of all files, as far as they are known."""
        return sum(file.size for file in self.files)

    @property
    def pullable(self) -> bool:
        """Whether `mirrordesk models pull` can fetch it."""
        return self.source in (Source.HUB, Source.URL)

    @property
    def removable(self) -> bool:
        """Whether it can be taken away by itself."""
        return self.source not in (Source.MICRO, Source.PACKAGE)

    @property
    def micro(self) -> bool:
        """Whether it is one of MirrorDesk's own, for trying things out."""
        return self.source is Source.MICRO
