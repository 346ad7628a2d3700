"""What the generated world knows: kinds of facts, how they are put, how they are asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from models.micro import office
from models.micro.reader.words import Words

_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Kind:
    """One relation: sentences that state it and questions that ask for it, with {slots}.

    A question suits a sentence that fills all its slots and at least one more: the answer.
    """

    says: tuple[str, ...]
    asks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A relation between certain values, as one sentence puts it."""

    kind: Kind
    values: Mapping[str, str]
    said: str

    @property
    def text(self) -> str:
        """The sentence."""
        return fill(self.said, self.values)

    def asks(self) -> list[str]:
        """The questions, still with their slots, that the sentence answers."""
        own = slots(self.said)
        return [ask for ask in self.kind.asks if slots(ask) < own]

    def answers(self, kind: Kind, ask: str, values: Mapping[str, str]) -> bool:
        """Whether this fact answers, or might be taken to answer, what `ask` asks of `values`."""
        own = slots(self.said)
        same = (slot not in own or self.values[slot] == values[slot] for slot in slots(ask))
        return self.kind is kind and all(same)


def slots(template: str) -> set[str]:
    """The names of the slots in a sentence or question."""
    return set(_SLOT.findall(template))


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with its slots filled."""
    return _SLOT.sub(lambda found: values[found[1]], template)


def improvise(template: str, words: Words) -> str:
    """The template with each slot filled anew, also where it stands twice."""
    return _SLOT.sub(lambda found: value(found[1], words), template)


def fact(words: Words, kind: Kind | None = None, like: Fact | None = None) -> Fact:
    """A fact of `kind` (any, if None) that shares what it can with `like`, but not everything."""
    kind = kind or words.one(KINDS)
    said = words.one(kind.says)
    values = {slot: value(slot, words) for slot in sorted(slots(said))}
    if like is not None:
        shared = [slot for slot in values if slot in like.values]
        if kind is like.kind and shared:
            shared.remove(words.one(shared))
        values |= {slot: like.values[slot] for slot in shared}
    return Fact(kind, values, said)


def value(slot: str, words: Words) -> str:
    """A value for a slot, named for what fills it; a digit at its end tells two of a kind apart."""
    return _DRAWN[slot.rstrip("123")](words)


def _time(words: Words) -> str:
    hour, minute = words.chance.randint(7, 19), words.one((0, 5, 15, 20, 30, 40, 45))
    spoken = words.one(office.ONES[:12])
    ways = (f"{spoken} o'clock", f"{spoken} thirty", f"half past {spoken}")
    return words.one((*ways, f"{hour}:{minute:02}", f"{hour:02}:{minute:02}"))


def _few(words: Words) -> str:
    few = words.chance.randint(2, 99)
    return words.one((office.in_words(few), str(few)))


def _digits(words: Words) -> str:
    spoken = " ".join(words.one(office.ONES[:9]) for _ in range(4))
    return words.one((spoken, words.number(1000, 9999)))


def _version(words: Words) -> str:
    first, second = words.chance.randint(0, 9), words.chance.randint(0, 30)
    return f"{first}.{second}.{words.number(100, 999)}"


_MONEY = ("euros", "euros", "dollars", "pounds", "EUR", "USD")
_DRAWN: Mapping[str, Callable[[Words], str]] = {
    "name": lambda words: words.name(words.lists.names),
    "project": lambda words: words.name(words.lists.projects),
    "place": lambda words: words.name(words.lists.places),
    "company": lambda words: words.made_up().capitalize(),
    "host": lambda words: words.made_up(),
    "team": lambda words: words.word(words.lists.teams),
    "thing": lambda words: words.word(words.lists.things),
    "adjective": lambda words: words.word(words.lists.adjectives),
    "verb": lambda words: words.one(words.lists.verbs),
    "word": lambda words: words.any_word(),
    "amount": lambda words: words.amount(),
    "money": lambda words: words.one(_MONEY),
    "day": lambda words: words.one(office.DAYS),
    "month": lambda words: words.one(office.MONTHS),
    "ordinal": lambda words: words.one((*office.ORDINALS, *map(str, range(1, 31)))),
    "time": _time,
    "few": _few,
    "number": lambda words: words.number(),
    "code": lambda words: words.code(),
    "digits": _digits,
    "version": _version,
    "phone": lambda words: f"0{words.number(100, 999)} {words.number(10_000, 99_999)}",
}


def _kind(says: Sequence[str], asks: Sequence[str]) -> Kind:
    return Kind(tuple(says), tuple(asks))


KINDS = (
    _kind(
        (
            "{name} said the budget for {project} is {amount} {money}.",
            "{name} said the budget for {project} is {amount} {money}.",
            "The budget for {project} was {amount} {money}.",
            "The budget for {project} is {amount} {money}.",
            "The {project} budget is {amount} {money}.",
            "Budget for {project}: {amount} {money}",
            "{project} budget: {amount} {money}",
        ),
        (
            "What is the budget for {project}?",
            "What is the budget for {project}?",
            "What is the {project} budget?",
            "How much is the {project} budget?",
            "How much is the budget for {project}?",
            "What was the budget for {project}?",
            "What did {name} say the budget for {project} was?",
            "Who said what the budget for {project} is?",
            "What did {name} say about the budget?",
        ),
    ),
    _kind(
        (
            "The {project} meeting is on {day} at {time}.",
            "The {project} meeting is on {day} at {time}.",
            "{project} meeting: {day} {time}",
            "The meeting about {project} starts at {time}.",
        ),
        (
            "When is the {project} meeting?",
            "When is the meeting about {project}?",
            "What time is the {project} meeting?",
            "What day is the {project} meeting?",
            "When do we meet about {project}?",
        ),
    ),
    _kind(
        (
            "The {thing} for {project} moved to {day}.",
            "The {thing} for {project} is due on {day}.",
            "{project} {thing} due {day} {time}",
        ),
        (
            "When is the {thing} for {project}?",
            "When is the {thing} for {project} due?",
            "What day is the {project} {thing}?",
            "When did the {thing} for {project} move to?",
        ),
    ),
    _kind(
        (
            "The deadline for {project} is {month} {ordinal}.",
            "The deadline for {project} is {month} {ordinal}.",
            "{project} deadline: {ordinal} {month}",
        ),
        (
            "When is the deadline for {project}?",
            "What is the {project} deadline?",
            "What is the deadline for {project}?",
        ),
    ),
    _kind(
        (
            "My flight to {place} leaves at {time} on {day}.",
            "Your flight to {place} departs {day} {time}",
        ),
        (
            "When does my flight to {place} leave?",
            "When is my flight to {place}?",
            "What time is the flight to {place}?",
        ),
    ),
    _kind(
        (
            "{name} paid {amount} {money} for the {thing}.",
            "{name} paid {amount} {money} for the {adjective} {thing}.",
        ),
        (
            "How much did {name} pay for the {thing}?",
            "Who paid for the {thing}?",
            "What did {name} pay for?",
        ),
    ),
    _kind(
        (
            "{name} is the new lead of the {team} team.",
            "The {team} team is led by {name}.",
        ),
        (
            "Who is the new lead of the {team} team?",
            "Who leads the {team} team?",
            "Which team does {name} lead?",
        ),
    ),
    _kind(
        (
            "{name} will {verb} the {thing} on {day}.",
            "{name} will {verb} the {adjective} {thing} on {day}.",
        ),
        (
            "When will {name} {verb} the {thing}?",
            "Who will {verb} the {thing}?",
            "What will {name} do on {day}?",
            "What will {name} {verb}?",
        ),
    ),
    _kind(
        (
            "Yesterday {name} forgot the {thing} in the {place}.",
            "{name} left the {thing} in the {place}.",
        ),
        (
            "Where did {name} forget the {thing}?",
            "Where is the {thing} of {name}?",
            "What did {name} leave in the {place}?",
            "Who forgot the {thing}?",
        ),
    ),
    _kind(
        (
            "Project {project} starts in {month} with {few} people.",
            "{project} starts in {month}.",
        ),
        (
            "When does {project} start?",
            "When does project {project} start?",
            "How many people start with {project}?",
        ),
    ),
    _kind(
        (
            "The code for the {place} is {digits}.",
            "The door code of the {place} is {digits}.",
            "{place} door code: {digits}",
        ),
        (
            "What is the code for the {place}?",
            "What is the door code of the {place}?",
            "Which code opens the {place}?",
        ),
    ),
    _kind(
        (
            "We have {few} open questions about {project}.",
            "There are {few} open questions about {project}.",
        ),
        (
            "How many open questions are there about {project}?",
            "How many questions about {project}?",
        ),
    ),
    _kind(
        (
            "The phone number of {name} is {phone}.",
            "{name}, phone {phone}",
            "Call {name} on {phone}.",
        ),
        (
            "What is the phone number of {name}?",
            "What is {name}'s phone number?",
            "What number do I call {name} on?",
        ),
    ),
    _kind(
        (
            "Invoice {code} from {company}: {amount} {money}",
            "The invoice {code} from {company} is {amount} {money}.",
            "{company} sent invoice {code} for {amount} {money}.",
        ),
        (
            "How much is invoice {code}?",
            "How much is the invoice from {company}?",
            "Who sent invoice {code}?",
            "What does the invoice from {company} come to?",
        ),
    ),
    _kind(
        (
            "{host}: listening on port {number}",
            "{host} listens on port {number}",
            "The port of {host} is {number}.",
        ),
        (
            "Which port does {host} listen on?",
            "What is the port of {host}?",
            "What port is {host} on?",
        ),
    ),
    _kind(
        (
            "Successfully installed {word}-{version}",
            "{word} version {version}",
            "{word} {version} is the newest version.",
        ),
        (
            "Which version of {word} is installed?",
            "What version is {word}?",
            "Which {word} version was it?",
        ),
    ),
    _kind(
        (
            "Total {thing}s: {number}",
            "There were {number} {thing}s in total.",
            "{number} {thing}s in total",
        ),
        ("How many {thing}s were there?", "How many total {thing}s were there?"),
    ),
    _kind(
        (
            "The {word1} of the {word2} is {word3}.",
            "The {word1} {word2} is {number}.",
            "{word1} {word2}: {number}",
            "{word1} {word2} = {word3}",
            "{word2} {word1} was {code}",
        ),
        (
            "What is the {word1} of the {word2}?",
            "What is the {word1} {word2}?",
            "What {word1} has the {word2}?",
            "What was the {word2} {word1}?",
        ),
    ),
    _kind(
        (
            "The {adjective} {thing} lies in the {place} with {name}.",
            "{name} has the {adjective} {thing} in the {place}.",
            "{thing} {adjective}, {place}, {name}",
        ),
        (
            "Where did I see the {adjective} {thing}?",
            "Where is the {adjective} {thing}?",
            "Who has the {adjective} {thing}?",
        ),
    ),
    _kind(
        (
            "Booking {code} {company} to {place} on {day} {time}",
            "The booked cabin to {place} with {company} is {number}.",
            "Ticket {code} to {place} costs {amount} {money}.",
        ),
        (
            "What is booked to {place}?",
            "Which cabin is booked to {place}?",
            "What does the ticket to {place} cost?",
            "Where did I see {code}?",
        ),
    ),
)
