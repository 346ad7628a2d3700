"""What a person does to what was learnt: each act holds the write lock, and locks the note."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from mirrordesk.errors import StoreError, UsageError
from mirrordesk.knowledge import Learned, Link, Note, NoteKind
from mirrordesk.memory import schema
from mirrordesk.memory.store import Store
from mirrordesk.terms import content_terms


class Editing:
    """The notes of a store, for a person to look through and to change."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._notes = store.notes

    def each(self, kind: NoteKind | None = None) -> list[Note]:
        """All notes of a kind, or of all, in order of their first source."""
        return self._notes.each(kind)

    def find(self, question: str, limit: int) -> list[Note]:
        """The notes that hold any word of the question, best first."""
        scores = self._notes.match(content_terms(question), limit)
        found = self._notes.get(list(scores))
        return sorted(found.values(), key=lambda note: (-scores[note.id], note.id))

    def one(self, name: str) -> Note:
        """The note whose id is `name`, or alone begins with it. Raises StoreError, UsageError."""
        if found := self._notes.get([name]).get(name):
            return found
        begins = [note for note in self._notes.each() if name and note.id.startswith(name)]
        if len(begins) > 1:
            raise UsageError(f"{len(begins)} notes begin with {name}; write more of the id.")
        if not begins:
            raise StoreError(f"There is no note {name} (any more).")
        return begins[0]

    def history(self, note: Note) -> list[Note]:
        """Its versions, the oldest first."""
        return self._notes.history(note.id)

    def links(self, note: Note) -> list[Link]:
        """What it is linked with."""
        return self._notes.links([note.id])

    def lock(self, note: Note, locked: bool) -> Note:
        """Let nobody but the person change it, or everybody."""
        with self._store.writing():
            return self._notes.lock(note.id, locked)

    def edit(self, note: Note, change: Callable[[Learned], Learned]) -> Note:
        """Change it; the version before is kept."""
        with self._store.writing():
            return self._notes.edit(note.id, change)

    def undo(self, note: Note) -> Note:
        """Go back to the version before."""
        with self._store.writing():
            return self._notes.undo(note.id)

    def merge(self, notes: Sequence[Note], into: Learned) -> Note:
        """Let `into` stand for all of them."""
        with self._store.writing():
            return self._notes.merge([note.id for note in notes], into)

    def split(self, note: Note, parts: Sequence[Learned]) -> list[Note]:
        """Let `parts` stand where it stood."""
        with self._store.writing():
            return self._notes.split(note.id, parts)

    def remove(self, notes: Sequence[Note]) -> None:
        """Take them off the disk, with their histories and links.

        What the moments teach may be learnt again; forgetting the moments prevents that.
        """
        with self._store.writing():
            self._notes.remove([note.id for note in notes])
            for name in (schema.NOTES, schema.VERSIONS, schema.LINKS):
                self._store.tables[name].rewrite()
