"""Notes in the words of a person: told in one line, worded anew, joined, taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from mirrordesk.errors import UsageError
from mirrordesk.knowledge import (
    Block,
    Digest,
    Entity,
    Fact,
    Learned,
    NoteKind,
    Procedure,
    Resource,
    Source,
    kind_of,
    note_id,
)
from mirrordesk.learning import resources


def told(learned: Learned) -> str:
    """What was learnt, in one line."""
    match learned:
        case Fact():
            return learned.text
        case Entity():
            return f"{', '.join([learned.name, *learned.aliases])} ({learned.form})"
        case Procedure():
            times = len(learned.seen_ns)
            return f"{learned.goal} ({len(learned.steps)} steps, seen {times} times)"
        case Resource():
            shown = learned.uri.removeprefix("file:")
            return shown if learned.title in ("", shown) else f"{learned.title} · {shown}"
        case Block():
            return f"{learned.topic}: {learned.text}"
        case Digest():
            return learned.title or learned.text


def reworded(learned: Learned, text: str) -> Learned:
    """The same with the text, name, goal or title that a person gives it."""
    if not text.strip():
        raise UsageError("A note cannot be empty; `mirrordesk notes remove` takes it out.")
    match learned:
        case Fact() | Block() | Digest():
            return replace(learned, text=text)
        case Entity():
            return replace(learned, name=text)
        case Procedure():
            return replace(learned, goal=text)
        case Resource():
            return replace(learned, title=text)


def joined(several: Sequence[Learned]) -> Learned:
    """One note of several of a kind: the first, with what the others have of names, visits, ways.

    Raises UsageError where they are of different kinds.
    """
    first = several[0]
    if len({kind_of(one) for one in several}) > 1:
        raise UsageError("Only notes of one kind can be merged.")
    if isinstance(first, Entity):
        names = [n for o in several if isinstance(o, Entity) for n in (o.name, *o.aliases)]
        return replace(first, aliases=tuple(dict.fromkeys(n for n in names if n != first.name)))
    if isinstance(first, Resource):
        return resources.joined([one for one in several if isinstance(one, Resource)])
    if isinstance(first, Procedure):
        procedures = [one for one in several if isinstance(one, Procedure)]
        ways = [way for one in procedures for way in (one.steps, *one.variants)]
        return replace(
            first,
            seen_ns=tuple(sorted({ns for one in procedures for ns in one.seen_ns})),
            variants=tuple(way for way in dict.fromkeys(ways) if way != first.steps),
        )
    return first


def parts(learned: Learned, names: Sequence[str]) -> list[Learned]:
    """An entity without some of its names and one with them, or each way of a procedure.

    Raises UsageError where a note cannot be taken apart like that.
    """
    if isinstance(learned, Entity):
        return _by_name(learned, names)
    if isinstance(learned, Procedure) and learned.variants and not names:
        return [_way(learned, number) for number in range(len(learned.variants) + 1)]
    raise UsageError(
        "Only an entity can be split, by some of its names, and a procedure with variants."
    )


def _by_name(entity: Entity, names: Sequence[str]) -> list[Learned]:
    known = (entity.name, *entity.aliases)
    gone = [name for name in known if name.casefold() in {n.casefold() for n in names}]
    left = [name for name in known if name not in gone]
    if not gone or not left or len(gone) < len(names):
        raise UsageError(f"Name some, and not all, of: {', '.join(known)}.")
    apart = note_id(NoteKind.ENTITY, entity.form, gone[0], "apart")
    return [
        Entity(key, entity.form, kept[0], tuple(kept[1:]), _naming(entity.sources, kept))
        for key, kept in ((entity.id, left), (apart, gone))
    ]


def _naming(sources: Sequence[Source], names: Sequence[str]) -> tuple[Source, ...]:
    """The sources that quote one of the names; all, where none does."""
    folded = [name.casefold() for name in names]
    quoting = [s for s in sources if any(name in s.quote.casefold() for name in folded)]
    return tuple(quoting or sources)


def _way(procedure: Procedure, number: int) -> Procedure:
    """The way of that number as a procedure of its own; 0 is the one gone last."""
    steps = (procedure.steps, *procedure.variants)[number]
    shown = {step.moment for step in steps}
    sources = tuple(s for s in procedure.sources if s.moment in shown) or procedure.sources
    key = note_id(NoteKind.PROCEDURE, procedure.id, *(step.action for step in steps))
    seen = tuple(s.start_ns for s in sources if s.moment == steps[0].moment)
    own = replace(procedure, steps=steps, sources=sources, variants=())
    return replace(own, id=key, seen_ns=seen) if number else own
