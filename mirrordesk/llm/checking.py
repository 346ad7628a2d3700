"""Whether an item that the model wrote is borne out by what it cites; if not, the reason.

Stricter than for an answer, since nobody looks at what is learnt. Whatever is cited must have been
shown. A fact needs one sentence that asserts it (no question, condition, denial or guess) and holds
its object word for word, in a moment that names its subject; a cited moment that has no such
sentence is no source of it. What is told about the person must have been said by the person, since
a screen shows what anybody wrote. All is judged by words: it cannot tell that a fact has its
meaning turned round.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from mirrordesk import clock
from mirrordesk.dates import calendar
from mirrordesk.knowledge import Source
from mirrordesk.learning.patterns import asserts
from mirrordesk.learning.revision import Statement
from mirrordesk.learning.sentences import Sentence, statements
from mirrordesk.learning.subjects import HEADS, subject_key
from mirrordesk.llm.forms import Item
from mirrordesk.llm.material import Shown
from mirrordesk.llm.prompt import Evidence
from mirrordesk.llm.support import supported, touches
from mirrordesk.terms import content_terms, terms, words

_PREDICATES = frozenset((*HEADS.values(), "is on", "has link", "has file", "decided"))


class Reason(StrEnum):
    """Why an item was dropped."""

    TORN = "not of its form, or cut off"
    NOT_SHOWN = "cites what was not shown"
    SUBJECT = "subject not in the evidence"
    PREDICATE = "predicate not in the evidence"
    OBJECT = "object not in the evidence"
    TIME = "time not in the evidence"
    NOT_STATED = "asked, denied or guessed"
    NOT_OWN = "not said by the person"
    NOT_CARRIED = "not carried by the evidence"
    KNOWN = "already told by rules or the person"


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence that its sources carry; `topic` is that of a line about the person."""

    text: str
    sources: tuple[Source, ...]
    topic: str = ""


def sentence(item: Item, shown: Mapping[str, Shown]) -> Told | Reason:
    """A sentence of a summary."""
    cited = [shown[name] for name in item.evidence if name in shown]
    if not cited or len(cited) < len(item.evidence):
        return Reason.NOT_SHOWN
    carrying = [one for one in cited if touches(item["text"], one.evidence)]
    if not supported(item["text"], [one.evidence for one in carrying]):
        return Reason.NOT_CARRIED
    return Told(item["text"], tuple(one.source() for one in carrying))


def line(item: Item, shown: Mapping[str, Shown]) -> Told | Reason:
    """A line about the person."""
    told = sentence(item, shown)
    if isinstance(told, Reason):
        return told
    if not all(shown[name].is_own for name in item.evidence):
        return Reason.NOT_OWN
    return Told(told.text, told.sources, item["topic"])


def goal(item: Item, steps: Mapping[str, Evidence]) -> str | Reason:
    """What a procedure is for, in words of its steps."""
    if not item.evidence or not steps.keys() >= set(item.evidence):
        return Reason.NOT_SHOWN
    carried = supported(item["text"], [steps[name] for name in item.evidence])
    return item["text"] if carried else Reason.NOT_CARRIED


def fact(item: Item, shown: Mapping[str, Shown]) -> tuple[Statement, ...] | Reason:
    """What each cited moment states by it, as of when it says so."""
    if not item.evidence or not shown.keys() >= set(item.evidence):
        return Reason.NOT_SHOWN
    found = [_stated(item, shown[name]) for name in item.evidence]
    stated = tuple(one for one in found if isinstance(one, Statement))
    return stated or next(one for one in found if isinstance(one, Reason))


def _stated(item: Item, one: Shown) -> Statement | Reason:
    evidence = one.evidence
    known = set(terms(f"{evidence.title}\n{evidence.text}"))
    subject = subject_key(item["subject"])
    if not subject or not known.issuperset(content_terms(item["subject"])):
        return Reason.SUBJECT
    predicate = item["predicate"].lower()
    if predicate not in _PREDICATES and not known.issuperset(content_terms(predicate)):
        return Reason.PREDICATE
    said = _saying(item["object"], one.sentences)
    if not said:
        return Reason.OBJECT
    asserted = _asserted(said, one)
    if asserted is None:
        return Reason.NOT_STATED
    if not supported(f"{item['subject']} {predicate} {item['object']}", [evidence]):
        return Reason.NOT_CARRIED
    return _dated(item, subject, predicate, asserted, one)


def _dated(
    item: Item, subject: str, predicate: str, asserted: Sentence, one: Shown
) -> Statement | Reason:
    """The statement, which holds from the time it names, or from when it was made."""
    from_ns = one.moment.start_ns
    if item["when"]:
        said = clock.at(one.moment.start_ns, one.moment.zone)
        named = calendar.find(item["when"], said) if _saying(item["when"], [asserted]) else []
        if len(named) != 1 or named[0].span is None:
            return Reason.TIME
        from_ns = named[0].span.start_ns
    name = item["subject"]
    return Statement(
        subject=subject,
        predicate=predicate,
        object=item["object"],
        text=f"{name[:1].upper()}{name[1:]} {predicate} {item['object']}.",
        source=one.source(asserted),
        from_ns=from_ns,
        dated=bool(item["when"]),
    )


def _saying(text: str, among: Iterable[Sentence]) -> list[Sentence]:
    """The sentences in which the words of `text` stand side by side, in whatever case."""
    wanted = _words(text)
    return [one for one in among if wanted and _holds(_words(one.text), wanted)]


def _holds(these: Sequence[str], wanted: Sequence[str]) -> bool:
    length = len(wanted)
    return any(these[n : n + length] == wanted for n in range(len(these) - length + 1))


def _words(text: str) -> list[str]:
    return [word.written.casefold() for word in words(text)]


def _asserted(said: Sequence[Sentence], one: Shown) -> Sentence | None:
    """The first of the sentences that states something."""
    sound = {each.start for each in statements(one.moment.text)}
    return next((each for each in said if each.start in sound and asserts(each.text)), None)
