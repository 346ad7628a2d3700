"""Turns what a model read of an episode into notes, beside what rules and the person have told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from mirrordesk.knowledge import Author, Block, Digest, Fact, Note, NoteKind, Source, note_id
from mirrordesk.learning.revision import Statement, learn, statements_of
from mirrordesk.llm.checking import Told
from mirrordesk.llm.extract import Extracted
from mirrordesk.records import Episode
from mirrordesk.terms import letters

EPISODE = "episode"  # the span of a digest


def is_models(note: Note) -> bool:
    """Whether a model may change it: it wrote it, and nobody locked it."""
    return note.author is Author.MODEL and not note.locked


def about(fact: Fact) -> tuple[str, str]:
    """Its subject and predicate."""
    return fact.subject, fact.predicate


def taken(notes: Iterable[Note]) -> set[tuple[str, str]]:
    """Subjects and predicates of which rules or the person tell."""
    return {
        about(note.learned)
        for note in notes
        if isinstance(note.learned, Fact) and not is_models(note)
    }


def revised(notes: Iterable[Note], fresh: Sequence[Statement]) -> tuple[list[Fact], frozenset[str]]:
    """The facts of models that change with fresh statements, and those that go."""
    known = [
        replace(note.learned, origin="")
        for note in notes
        if isinstance(note.learned, Fact) and is_models(note)
    ]
    before = [one for fact in known for one in statements_of(fact)]
    revision = learn(known, [*before, *fresh], ())
    return revision.changed, revision.gone


def digest_id(episode: Episode) -> str:
    """The id of the note that sums an episode up."""
    return note_id(NoteKind.DIGEST, EPISODE, episode.id)


def summed_up(episode: Episode, found: Extracted) -> list[Digest]:
    """The episode in the sentences that were borne out; none where there are none."""
    if not found.summary:
        return []
    return [
        Digest(
            id=digest_id(episode),
            span=EPISODE,
            start_ns=episode.start_ns,
            end_ns=episode.end_ns,
            title=episode.title,
            text="\n".join(told.text for told in found.summary),
            sources=_joined(told.sources for told in found.summary),
        )
    ]


def lines(found: Extracted, known: Mapping[str, Note]) -> list[Block]:
    """Lines about the person, each with the sources that it had before."""
    return [_line(told, known) for told in found.profile]


def _line(told: Told, known: Mapping[str, Note]) -> Block:
    key = note_id(NoteKind.PROFILE, told.topic, letters(told.text))
    before = known[key].learned.sources if key in known else ()
    return Block(key, told.topic, told.text, _joined((before, told.sources)))


def _joined(several: Iterable[Sequence[Source]]) -> tuple[Source, ...]:
    """All of them once, in order of time."""
    every = {source for sources in several for source in sources}
    return tuple(sorted(every, key=lambda s: (s.start_ns, s.moment, s.quote)))
