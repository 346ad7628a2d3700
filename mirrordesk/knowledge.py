"""What is learnt from moments: frozen records, each borne out by verbatim moments.

Times are UTC nanoseconds. Learning only adds and supersedes; the moments stay as they were.
`wire.py` carries these records, too. `origin` names the model that read something out of its
sources, or that worded it; it is empty where rules found it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Any

from mirrordesk.wire import from_json, to_json


class NoteKind(StrEnum):
    """The kinds of what is learnt. Episodes and the vault have tables of their own."""

    FACT = "fact"  # semantic: what holds, and from when to when
    ENTITY = "entity"  # semantic: who or what facts are about
    PROCEDURE = "procedure"  # procedural: how something was done
    RESOURCE = "resource"  # a file, a page, a repository
    PROFILE = "profile"  # who the person is
    DIGEST = "digest"  # a day or a week in a few lines


class Author(StrEnum):
    """Who wrote a version of a note."""

    RULES = "rules"
    MODEL = "model"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Source:
    """A verbatim moment that bears a note out; `quote` is the part of its text that does."""

    moment: str
    start_ns: int
    end_ns: int
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that was said or shown to hold from `valid_from_ns` to `valid_to_ns`.

    None for a bound is unknown or open. Facts with the same subject and predicate whose times meet
    contradict one another: the one learnt later names the older's end, and the older names it in
    `superseded_by`. `text` says it in one sentence.
    """

    id: str
    subject: str
    predicate: str
    object: str
    text: str
    learned_ns: int
    sources: tuple[Source, ...]
    valid_from_ns: int | None = None
    valid_to_ns: int | None = None
    superseded_by: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Entity:
    """Somebody or something with a name, and the other names it goes by.

    `form` is "person", "mail address", "organisation", "project", "ticket" or "place".
    """

    id: str
    form: str
    name: str
    aliases: tuple[str, ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure: what was done, in which program, and the frame that shows it."""

    app: str
    action: str
    moment: str


@dataclass(frozen=True, slots=True)
class Procedure:
    """How something was done, at each of the times in `seen_ns`; `steps` as done the last time.

    `variants` are other ways to the same goal, the commonest first.
    """

    id: str
    goal: str
    steps: tuple[Step, ...]
    seen_ns: tuple[int, ...]
    sources: tuple[Source, ...]
    variants: tuple[tuple[Step, ...], ...] = ()
    origin: str = ""  # of the goal


@dataclass(frozen=True, slots=True)
class Visit:
    """A span in which a resource was in front."""

    start_ns: int
    end_ns: int
    moment: str


@dataclass(frozen=True, slots=True)
class Resource:
    """A file, a page or a repository under its canonical address.

    `form` is "file", "page" or "repository"; `passages` are lines of it that were seen, verbatim.
    """

    id: str
    form: str
    uri: str
    title: str
    visits: tuple[Visit, ...]
    sources: tuple[Source, ...]
    passages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A short text about the person, under a topic such as "works with"."""

    id: str
    topic: str
    text: str
    sources: tuple[Source, ...]
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """An episode, a day or a week in a few lines; `span` is "episode", "day" or "week"."""

    id: str
    span: str
    start_ns: int
    end_ns: int
    title: str
    text: str
    sources: tuple[Source, ...]
    origin: str = ""


Learned = Fact | Entity | Procedure | Resource | Block | Digest

KINDS: dict[NoteKind, type[Any]] = {
    NoteKind.FACT: Fact,
    NoteKind.ENTITY: Entity,
    NoteKind.PROCEDURE: Procedure,
    NoteKind.RESOURCE: Resource,
    NoteKind.PROFILE: Block,
    NoteKind.DIGEST: Digest,
}
_KIND_OF = {made: kind for kind, made in KINDS.items()}


@dataclass(frozen=True, slots=True)
class Note:
    """What was learnt, as it is kept: its newest version, who wrote that, and when.

    A locked note is changed by the person alone. Every change by the person locks.
    """

    learned: Learned
    version: int
    author: Author
    written_ns: int
    locked: bool = False

    @property
    def id(self) -> str:
        return self.learned.id

    @property
    def kind(self) -> NoteKind:
        return kind_of(self.learned)


class LinkKind(StrEnum):
    """Why two records are linked."""

    MENTIONS = "mentions"  # a moment or an episode, and what it names
    REFERS = "refers"  # a note, and another that it is about
    TOGETHER = "together"  # they occurred in the same episode
    FOLLOWS = "follows"  # one came next after the other, in the same matter


@dataclass(frozen=True, slots=True)
class Link:
    """An edge between two records by their ids; `weight` says how often it was drawn."""

    kind: LinkKind
    one: str
    other: str
    start_ns: int
    weight: float = 1.0

    @property
    def id(self) -> str:
        return f"{self.kind.value}|{self.one}|{self.other}"


def note_id(kind: NoteKind, *parts: str) -> str:
    """The id of a note about `parts`: what is learnt twice is one note."""
    digest = blake2b("\0".join(parts).casefold().encode(), digest_size=12).hexdigest()
    return f"{kind.value}-{digest}"


def kind_of(learned: Learned) -> NoteKind:
    """The kind of what was learnt."""
    return _KIND_OF[type(learned)]


def body(learned: Learned) -> dict[str, Any]:
    """What was learnt as plain JSON values."""
    found: dict[str, Any] = to_json(learned)
    return found


def from_body(kind: NoteKind, value: dict[str, Any]) -> Learned:
    """What `body` told."""
    learned: Learned = from_json(KINDS[kind], value)
    return learned


def words_of(learned: Learned) -> str:
    """What search reads of it."""
    match learned:
        case Fact():
            parts = [learned.text]
        case Entity():
            parts = [learned.name, *learned.aliases]
        case Procedure():
            parts = [learned.goal, *(f"{step.app} {step.action}" for step in learned.steps)]
        case Resource():
            parts = [learned.title, learned.uri, *learned.passages]
        case Block():
            parts = [learned.topic, learned.text]
        case Digest():
            parts = [learned.title, learned.text]
    return "\n".join(part for part in parts if part)
