"""What was learnt: notes with the history of each, and the links between records."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from mirrordesk import clock
from mirrordesk.control import Span
from mirrordesk.errors import StoreError, UsageError
from mirrordesk.knowledge import Author, Fact, Learned, Link, Note, NoteKind, Source
from mirrordesk.memory import filtering, layout, schema
from mirrordesk.memory.tables import Tables

_KEPT = (NoteKind.FACT, NoteKind.ENTITY)  # each source bears these out by itself


class NoteBook:
    """The tables of notes, of their versions and of links. Writers hold the profile's write lock.

    A note is never lost by a change: each version stays until the note, or a source of any of its
    versions, is forgotten. What rules found anew takes the place of what they found before.
    """

    def __init__(self, tables: Tables) -> None:
        self._notes = tables[schema.NOTES]
        self._versions = tables[schema.VERSIONS]
        self._links = tables[schema.LINKS]

    def each(self, kind: NoteKind | None = None) -> list[Note]:
        """All notes of a kind, or of all, in order of their first source."""
        return self._read(filtering.of_kind(kind) if kind else None)

    def get(self, ids: Sequence[str]) -> dict[str, Note]:
        """Notes by id; those that are not there are left out."""
        return {note.id: note for note in self._read(filtering.with_keys(ids))} if ids else {}

    def overlapping(self, span: Span) -> list[Note]:
        """The notes whose sources begin before the end of `span` and end after its start."""
        return self._read(filtering.overlapping(span))

    def match(self, words: Sequence[str], limit: int) -> dict[str, float]:
        """BM25 by id, of the best notes that hold any of the terms `words`."""
        return self._notes.match(words, limit) if words else {}

    def history(self, note_id: str) -> list[Note]:
        """Every version of a note, the oldest first."""
        rows = self._versions.rows(schema.VERSIONED, filtering.versions_of(note_id)).to_pylist()
        found = [layout.to_note(row) for row in rows]
        return sorted(found, key=lambda note: note.version)

    def put(self, learned: Iterable[Learned], author: Author) -> list[Note]:
        """Add or replace, and return what has changed.

        What is the same already changes nothing. Of a locked note only the person changes more than
        its sources, and a note that the person writes is locked.
        """
        fresh = {one.id: one for one in learned}
        known = self.get(list(fresh))
        changed = [
            note
            for note_id, one in fresh.items()
            if (note := _next(known.get(note_id), one, author)) is not None
        ]
        self._write(changed)
        return changed

    def lock(self, note_id: str, locked: bool = True) -> Note:
        """Let nobody but the person change a note, or everybody. Raises StoreError without it."""
        note = self._one(note_id)
        changed = replace(note, locked=locked, version=note.version + 1, written_ns=clock.now_ns())
        self._write([changed])
        return changed

    def edit(self, note_id: str, change: Callable[[Learned], Learned]) -> Note:
        """Change a note as the person wants it. Raises StoreError where there is none."""
        changed = change(self._one(note_id).learned)
        if changed.id != note_id:
            raise UsageError("A note keeps its id when it is edited.")
        self.put([changed], Author.PERSON)
        return self._one(note_id)

    def undo(self, note_id: str) -> Note:
        """Make the version before the newest the newest. Raises UsageError where it is the first.

        Undoing twice goes back further: each version is undone to the one it was made from.
        """
        note = self._one(note_id)
        past = {one.version: one for one in self.history(note_id)}
        earlier = [number for number in past if number < note.version]
        if not earlier:
            raise UsageError(f"{note_id} has no earlier version.")
        before = past[max(earlier)]
        self._notes.update(layout.note_rows([before]))
        self._versions.delete(filtering.with_keys([layout.version_key(note)]))
        return before

    def merge(self, ids: Sequence[str], into: Learned) -> Note:
        """Let `into`, as the person words it, stand for the notes `ids`, with all their sources."""
        merged = [*self.get(ids).values()]
        if len(merged) < len(set(ids)) or len(merged) < 2:
            raise UsageError("To merge, name at least two notes that exist.")
        sources = _joined([into.sources, *(note.learned.sources for note in merged)])
        self.put([replace(into, sources=sources)], Author.PERSON)
        self.remove([note.id for note in merged if note.id != into.id])
        return self._one(into.id)

    def split(self, note_id: str, parts: Sequence[Learned]) -> list[Note]:
        """Let `parts`, as the person words them, stand where one note stood."""
        known = set(self._one(note_id).learned.sources)
        if len(parts) < 2 or not all(known.issuperset(part.sources) for part in parts):
            raise UsageError("A note is split into two or more that share out its sources.")
        self.put(parts, Author.PERSON)
        self.remove([note_id] if note_id not in {part.id for part in parts} else [])
        return list(self.get([part.id for part in parts]).values())

    def remove(self, ids: Collection[str]) -> None:
        """Delete notes with their histories and links; `rewrite` takes their bytes."""
        if ids:
            keys = sorted(ids)
            self._notes.delete(filtering.with_keys(keys))
            self._links.delete(filtering.linked_with(keys))
            for key in keys:
                self._versions.delete(filtering.versions_of(key))

    def link(self, links: Iterable[Link]) -> None:
        """Draw links; the same one again takes the new weight."""
        if fresh := {link.id: link for link in links}:
            self._links.upsert(layout.link_rows(fresh.values()))

    def links(self, ids: Sequence[str] | None = None) -> list[Link]:
        """The links of these records, or all, in order."""
        where = filtering.linked_with(ids) if ids is not None else None
        rows = self._links.rows(schema.SCHEMAS[schema.LINKS].names, where).to_pylist()
        return sorted(map(layout.to_link, rows), key=lambda link: (link.start_ns, link.id))

    def forget(self, span: Span) -> None:
        """Take out what sources in `span` bore out, and the links drawn then."""
        within = filtering.overlapping(span)
        self._links.delete(within)
        self._forget(within, lambda source: span.overlaps(source.start_ns, source.end_ns))

    def forget_moments(self, ids: Collection[str]) -> None:
        """Take out what these moments bore out, and their links."""
        for part in filtering.portions(sorted(ids)):
            self._links.delete(filtering.linked_with(part))
        self._forget(None, lambda source: source.moment in ids)
        # a day's source stands for a whole episode; it is summed up anew from what is left
        self.remove([n.id for n in self.each(NoteKind.DIGEST) if n.author is not Author.MODEL])

    def _forget(self, where: str | None, is_gone: Callable[[Source], bool]) -> None:
        """Facts live on by the sources that are left; what several sources made together does not.

        No history is kept of either: it may tell what was forgotten.
        """
        rows = self._versions.rows(schema.VERSIONED, where).to_pylist()
        versions = map(layout.to_note, rows)
        touched = {v.id for v in versions if any(map(is_gone, v.learned.sources))}
        notes = self.get(sorted(touched))
        self.remove(touched)
        left = []
        for note in notes.values():
            sources = tuple(s for s in note.learned.sources if not is_gone(s))
            if sources == note.learned.sources:  # an earlier version alone told of it
                left.append(replace(note, version=1))
            elif sources and note.kind in _KEPT:
                left.append(replace(note, learned=_revised(note.learned, sources), version=1))
        self._write([*left, *self._reopened(touched - {note.id for note in left})])

    def _reopened(self, gone: Collection[str]) -> list[Note]:
        """The facts that one of those had ended, which now hold on."""
        ended = [
            note
            for note in self.each(NoteKind.FACT)
            if isinstance(note.learned, Fact) and note.learned.superseded_by in gone
        ]
        self.remove([note.id for note in ended])  # their histories tell when they ended
        return [
            replace(note, learned=_revised(note.learned, note.learned.sources), version=1)
            for note in ended
        ]

    def _one(self, note_id: str) -> Note:
        if note := self.get([note_id]).get(note_id):
            return note
        raise StoreError(f"There is no note {note_id} (any more).")

    def _read(self, where: str | None) -> list[Note]:
        rows = self._notes.rows(schema.VERSIONED, where).to_pylist()
        found = [(row[schema.START], layout.to_note(row)) for row in rows]
        return [note for _, note in sorted(found, key=lambda pair: (pair[0], pair[1].id))]

    def _write(self, notes: Sequence[Note]) -> None:
        if notes:
            self._versions.upsert(layout.version_rows(notes))  # first: no version may be missing
            self._notes.upsert(layout.note_rows(notes))


def _next(known: Note | None, learned: Learned, author: Author) -> Note | None:
    """The version that follows `known`; None where nothing is to be changed."""
    by_person = author is Author.PERSON
    if known is None:
        return Note(learned, 1, author, clock.now_ns(), locked=by_person)
    if known.locked and not by_person:
        sources = _joined([known.learned.sources, learned.sources])
        learned, author = replace(known.learned, sources=sources), known.author
    if learned == known.learned:
        return None
    locked = known.locked or by_person
    again = author is known.author is Author.RULES
    version = known.version if again else known.version + 1
    return Note(learned, version, author, clock.now_ns(), locked)


def _joined(sources: Iterable[Sequence[Source]]) -> tuple[Source, ...]:
    """All of them once, in order of time."""
    every = {source for some in sources for source in some}
    return tuple(sorted(every, key=lambda s: (s.start_ns, s.moment, s.quote)))


def _revised(learned: Learned, sources: tuple[Source, ...]) -> Learned:
    """The same by fewer sources. A fact whose end is another's doing is open again."""
    if isinstance(learned, Fact):
        return replace(learned, sources=sources, valid_to_ns=None, superseded_by=None)
    return replace(learned, sources=sources)
