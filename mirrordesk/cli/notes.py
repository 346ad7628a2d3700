"""What `mirrordesk notes` does: shows what was learnt, and lets the person put it right."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from mirrordesk import clock, knowledge
from mirrordesk.cli import values
from mirrordesk.cli.output import plain, result
from mirrordesk.errors import UsageError
from mirrordesk.knowledge import Link, Note, NoteKind, Procedure, Source
from mirrordesk.learning import wording
from mirrordesk.memory import howto
from mirrordesk.memory.editing import Editing
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.wire import to_json

_SHOWN = 10  # sources and links for a person; --json tells all


def words(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Add the verbs to the command line."""
    listed = add("list", listing, "everything that was learnt, or all of a kind")
    listed.add_argument("--kind", choices=[kind.value for kind in NoteKind])
    found = add("search", search, "the notes that fit, best first")
    found.add_argument("query", nargs="+")
    found.add_argument("--limit", type=values.positive, default=10)
    asked = add("how", how, "how you did something the last times, step by step")
    asked.add_argument("question", nargs="+")
    for name, command, text in (
        ("show", show, "a note with its sources, its history and what it is linked with"),
        ("lock", lock, "let nothing but you change a note"),
        ("unlock", unlock, "let what is learnt later change a note"),
        ("undo", undo, "go back to the version before"),
    ):
        add(name, command, text).add_argument("id", metavar="ID", help="or how it begins")
    edited = add("edit", edit, "give a note other words; it is locked then")
    edited.add_argument("id", metavar="ID")
    edited.add_argument("text", nargs="+")
    merged = add("merge", merge, "let the first note stand for all of them")
    merged.add_argument("ids", nargs="+", metavar="ID")
    split_up = add("split", split, "part some names from an entity, or the ways of a procedure")
    split_up.add_argument("id", metavar="ID")
    split_up.add_argument("names", nargs="*", metavar="NAME")
    removed = add("remove", remove, "take notes out, with their histories")
    removed.add_argument("ids", nargs="+", metavar="ID")
    removed.add_argument("--yes", action="store_true", help="do not ask")


def listing(options: argparse.Namespace, profile: Profile) -> int:
    kind = NoteKind(options.kind) if options.kind else None
    return _several(options, _editing(profile).each(kind), "Nothing was learnt yet.")


def search(options: argparse.Namespace, profile: Profile) -> int:
    found = _editing(profile).find(" ".join(options.query), options.limit)
    return _several(options, found, "Nothing fits.")


def how(options: argparse.Namespace, profile: Profile) -> int:
    found = howto.find(Store(profile).notes, " ".join(options.question))
    lines = [line for procedure in found for line in _carried_out(procedure)]
    return result(options, to_json(found), lines or ["Nothing fits that came three times."])


def show(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    note = editing.one(options.id)
    history, links = editing.history(note), editing.links(note)
    value = {**_row(note), "history": [_row(one) for one in history], "links": to_json(links)}
    return result(options, value, _whole(note, history, links))


def edit(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    text = " ".join(options.text)
    changed = editing.edit(editing.one(options.id), lambda one: wording.reworded(one, text))
    return _single(options, changed)


def lock(options: argparse.Namespace, profile: Profile) -> int:
    return _set_lock(options, profile, True)


def unlock(options: argparse.Namespace, profile: Profile) -> int:
    return _set_lock(options, profile, False)


def _set_lock(options: argparse.Namespace, profile: Profile, locked: bool) -> int:
    editing = _editing(profile)
    note = editing.one(options.id)
    return _single(options, note if note.locked == locked else editing.lock(note, locked))


def undo(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    return _single(options, editing.undo(editing.one(options.id)))


def merge(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    notes = [editing.one(name) for name in options.ids]
    into = wording.joined([note.learned for note in notes])
    return _single(options, editing.merge(notes, into))


def split(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    note = editing.one(options.id)
    return _several(options, editing.split(note, wording.parts(note.learned, options.names)), "")


def remove(options: argparse.Namespace, profile: Profile) -> int:
    editing = _editing(profile)
    notes = [editing.one(name) for name in options.ids]
    if not options.yes and not _confirmed(notes):
        raise UsageError("Nothing was removed; confirm with `yes`, or pass --yes.")
    editing.remove(notes)
    lines = [f"Removed: {_line(note)}" for note in notes]
    return result(options, {"removed": [note.id for note in notes]}, lines)


def _editing(profile: Profile) -> Editing:
    return Editing(Store(profile))


def _confirmed(notes: Sequence[Note]) -> bool:
    if not sys.stdin.isatty():
        return False
    print("\n".join(map(_line, notes)))
    return input("Remove them for good? ").strip().lower() in ("y", "yes")


def _several(options: argparse.Namespace, notes: Sequence[Note], nothing: str) -> int:
    lines = [_line(note) for note in notes] or [nothing]
    return result(options, [_row(note) for note in notes], lines)


def _single(options: argparse.Namespace, note: Note) -> int:
    return result(options, _row(note), [_line(note)])


def _row(note: Note) -> dict[str, Any]:
    return {
        "id": note.id,
        "kind": note.kind.value,
        "version": note.version,
        "author": note.author.value,
        "written": clock.iso(note.written_ns),
        "locked": note.locked,
        "learned": knowledge.body(note.learned),
    }


def _line(note: Note) -> str:
    return f"{note.id}{' (locked)' if note.locked else ''}  {plain(wording.told(note.learned))}"


def _whole(note: Note, history: Sequence[Note], links: Sequence[Link]) -> Iterator[str]:
    yield _line(note)
    if isinstance(note.learned, Procedure):
        yield from _steps(note.learned)
    yield "Sources:"
    yield from _first(list(map(_source, note.learned.sources)))
    yield "History:"
    for one in history:
        said = plain(wording.told(one.learned))
        yield f"  {one.version}. {_time(one.written_ns)}, by {_author(one)}: {said}"
    if links:
        yield "Linked with:"
        ends = ((link.kind, link.other if link.one == note.id else link.one) for link in links)
        yield from _first([f"  {kind.value} {other}" for kind, other in ends])


def _carried_out(procedure: Procedure) -> Iterator[str]:
    last_ns = max(procedure.seen_ns, default=0)
    yield f"{plain(procedure.goal)}, last time {_time(last_ns)} ({procedure.id})"
    yield from _steps(procedure)


def _steps(procedure: Procedure) -> Iterator[str]:
    for number, step in enumerate(procedure.steps, 1):
        yield f"  {number}. {plain(step.app)}: {plain(step.action)}"


def _first(lines: Sequence[str]) -> Iterator[str]:
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"  and {len(lines) - _SHOWN} more"


def _source(source: Source) -> str:
    quote = f" “{plain(source.quote)}”" if source.quote else ""
    return f"  {_time(source.start_ns)}  {source.moment}{quote}"


def _author(note: Note) -> str:
    return "you" if note.author is knowledge.Author.PERSON else note.author.value


def _time(ns: int) -> str:
    return f"{clock.at(ns):%Y-%m-%d %H:%M:%S}"
