"""How something was done before: the procedures that a question asks for."""

from __future__ import annotations

from mirrordesk.knowledge import NoteKind, Procedure, words_of
from mirrordesk.memory.notes import NoteBook
from mirrordesk.terms import content_terms, terms

_CANDIDATES = 200  # notes of any kind that hold a word of the question
_ABOUT_TIME = frozenset(terms("last time before usually normally again ago step procedure way"))


def find(notes: NoteBook, question: str, limit: int = 5) -> list[Procedure]:
    """The procedures whose goal and steps have most of the question's words, newest first."""
    wanted = [term for term in content_terms(question) if term not in _ABOUT_TIME]
    near = notes.get(list(notes.match(wanted, _CANDIDATES)))
    known = [n.learned for n in near.values() if n.kind is NoteKind.PROCEDURE]
    held = {p: _held(p, wanted) for p in known if isinstance(p, Procedure)}
    best = [p for p, count in held.items() if count == max(held.values())]
    return sorted(best, key=lambda p: (-max(p.seen_ns, default=0), p.id))[:limit]


def _held(procedure: Procedure, wanted: list[str]) -> int:
    return len(set(terms(words_of(procedure))).intersection(wanted))
