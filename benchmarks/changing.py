"""Streams of facts that change, told in many wordings, out of order and among much else.

Everything is drawn from a seed: which meetings move, which budgets, owners, versions, states, rooms
and deadlines change and when, who says so and how, and what is said around it that states nothing.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

FIRST = datetime(2025, 3, 3, 9, tzinfo=ZoneInfo("UTC"))
NOW = datetime(2025, 6, 27, 18, tzinfo=ZoneInfo("UTC"))  # a Friday
CHANGES = (2, 5)  # values of one topic, at least and at most
APART = timedelta(days=4)  # between two values of a topic, at least
TOPICS = 14  # of a world
NOISE = 80  # lines of a world that state nothing of its topics

_PROJECTS = (
    *("Falcon", "Osprey", "Heron", "Kestrel", "Juniper", "Saffron", "Cobalt", "Orchid"),
    *("Granite", "Meridian", "Tundra", "Lantern", "Copper", "Willow", "Quartz", "Beacon"),
)
_PEOPLE = (
    *("Ana", "Ben", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas"),
    *("Katja", "Luis", "Mira", "Noor", "Oskar"),
)
_PARTS = (
    *("parser", "importer", "billing-service", "dashboard", "crawler", "scheduler"),
    *("onboarding", "search"),
)
_EVENTS = ("design review", "kickoff", "retrospective", "roadmap call", "budget meeting", "demo")
_PAPERS = ("grant report", "tax return", "security audit", "press release", "annual report")
_STATES = ("open", "on hold", "in review", "approved", "blocked", "in progress", "closed")
_ROOMS = ("room 4.12", "room Berlin", "the big meeting room", "room 217", "the library", "Hall B")


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a stream. `heard` or else seen, among other lines."""

    at: datetime
    text: str
    heard: bool


@dataclass(frozen=True, slots=True)
class Value:
    """What a topic was from some time on: as it is written, and what it is known by."""

    since: datetime
    written: str
    known_by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what is asked for ("now", "then" or "when"), and the answer to be found."""

    text: str
    kind: str
    answer: str
    stale: frozenset[str]  # what the topic was at other times


@dataclass(frozen=True, slots=True)
class World:
    """A stream in order of time, and questions about it."""

    told: tuple[Told, ...]
    questions: tuple[Asked, ...]


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of topic: how its values are drawn, told and asked for."""

    names: Callable[[random.Random], str]
    draw: Callable[[random.Random, datetime], tuple[str, str]]
    told: tuple[str, ...]
    again: tuple[str, ...]  # of a value after the first
    now: tuple[str, ...]
    then: tuple[str, ...]
    when: tuple[str, ...]


def _time(chance: random.Random, since: datetime) -> tuple[str, str]:
    """A day of the next two weeks and a time of day, in one of the ways people write them."""
    day = since + timedelta(days=chance.randint(1, 6))
    hour, minute = chance.randint(8, 17), chance.choice((0, 15, 30))
    clock = chance.choice((f"{hour}:{minute:02d}", f"at {hour}:{minute:02d}"))
    named = chance.choice((f"{day:%A}", f"{day.day} {day:%B}", f"{day:%B} {day.day}"))
    return f"{named} {clock}", f"{day:%Y-%m-%d} {hour:02d}:{minute:02d}"


def _day(chance: random.Random, since: datetime) -> tuple[str, str]:
    day = since + timedelta(days=chance.randint(2, 40))
    near = day - since < timedelta(days=6)
    forms = [f"{day.day} {day:%B}", f"{day:%B} {day.day}", f"{day:%Y-%m-%d}"]
    return chance.choice([*forms, f"{day:%A}"] if near else forms), f"{day:%Y-%m-%d}"


def _amount(chance: random.Random, _since: datetime) -> tuple[str, str]:
    number = 500 * chance.randint(20, 180)
    forms = (f"{number:,}", f"{number:,} euros", f"€{number:,}", f"{number}")
    return chance.choice(forms), str(number)


def _version(chance: random.Random, _since: datetime) -> tuple[str, str]:
    number = f"{chance.randint(1, 9)}.{chance.randint(0, 20)}.{chance.randint(0, 9)}"
    return number, number


def _one_of(values: Sequence[str]) -> Callable[[random.Random, datetime], tuple[str, str]]:
    def draw(chance: random.Random, _since: datetime) -> tuple[str, str]:
        found = chance.choice(values)
        return found, found.lower()

    return draw


def _named(pattern: str) -> Callable[[random.Random], str]:
    def name(chance: random.Random) -> str:
        return pattern.format(
            project=chance.choice(_PROJECTS),
            person=chance.choice(_PEOPLE),
            part=chance.choice(_PARTS),
            event=chance.choice(_EVENTS),
            paper=chance.choice(_PAPERS),
        )

    return name


_KINDS: tuple[_Kind, ...] = (
    _Kind(
        _named("{event} with {person}"),
        _time,
        (
            "The {x} is on {v}.",
            "Put it in your calendars, the {x} is scheduled for {v}.",
            "We have set up the {x} for {v}.",
            "{X} will be {v}, see you there.",
        ),
        (
            "The {x} has been moved to {v}.",
            "Sorry folks, we had to push the {x} to {v}.",
            "Change of plan: the {x} now takes place on {v}.",
            "The {x} got rescheduled from {o} to {v}.",
            "Let's move the {x} to {v} instead.",
            "{P} asked me to tell you that the {x} slips to {v}.",
            "The {x} cannot happen then, it is going to be {v}.",
            "I have brought the {x} forward to {v}, hope that suits everyone.",
            "New time for the {x}: {v}",
            "Something came up, so the {x} is now on {v}.",
        ),
        (
            "When is the {x}?",
            "When does the {x} take place?",
            "What time is the {x} scheduled for?",
        ),
        ("When was the {x} scheduled for on {d}?", "As of {d}, when was the {x}?"),
        ("Since when is the {x} at that time?", "Since when has the {x} been on that date?"),
    ),
    _Kind(
        _named("{paper} for {project}"),
        _day,
        (
            "The deadline for the {x} is {v}.",
            "Deadline for the {x}: {v}",
            "Reminder that the {x} is due {v}.",
            "The {x} has to be submitted by {v}.",
        ),
        (
            "The deadline for the {x} has been extended to {v}.",
            "Good news, the {x} is now due on {v}.",
            "They moved the deadline of the {x} to {v}.",
            "We got more time: the {x} must now be handed in by {v}.",
            "Due date of the {x}: {v}",
            "We now have until {v} to finish the {x}.",
            "The {x} deadline slipped from {o} to {v}.",
            "The new deadline for the {x} is {v}.",
        ),
        ("When is the {x} due?", "What is the deadline for the {x}?"),
        ("What was the deadline for the {x} on {d}?", "On {d}, when was the {x} due?"),
        ("Since when is that the deadline of the {x}?",),
    ),
    _Kind(
        _named("{project}"),
        _amount,
        (
            "The budget for {x} is {v}.",
            "{x}'s budget is set at {v}.",
            "Budget for {x}: {v}",
            "{x} has a budget of {v}.",
        ),
        (
            "The {x} budget was raised to {v}.",
            "They trimmed {x}'s budget from {o} to {v}.",
            "The board signed off a budget of {v} for {x}.",
            "The budget for {x} jumped to {v}.",
            "As of today {x} has a new budget of {v}.",
            "Finance cut the budget for {x} to {v}.",
            "{x}'s budget is now {v}.",
            "We agreed to change the {x} budget from {o} to {v}.",
            "The budget for {x} went up to {v}.",
            "After the review the budget of {x} stands at {v}.",
        ),
        ("What is the budget for {x}?", "How big is {x}'s budget?"),
        ("What was the budget for {x} on {d}?", "On {d}, what was the {x} budget?"),
        ("Since when is the {x} budget at its current level?",),
    ),
    _Kind(
        _named("{project} {part}"),
        _one_of(_PEOPLE),
        (
            "{v} owns the {x}.",
            "Owner of the {x}: {v}",
            "The {x} is owned by {v}.",
            "{v} is responsible for the {x}.",
        ),
        (
            "{v} takes over the {x} from {o}.",
            "{o} handed the {x} over to {v}.",
            "{v} has picked up the {x}.",
            "The {x} now belongs to {v}.",
            "{v} will be the owner of the {x} from now on.",
            "The {x} was handed over to {v}.",
            "{v} is now in charge of the {x}.",
            "The owner of the {x} changed from {o} to {v}.",
            "We reassigned the {x} to {v}.",
            "From now on {v} looks after the {x}.",
        ),
        ("Who owns the {x}?", "Who is responsible for the {x}?", "Who is the owner of the {x}?"),
        ("Who owned the {x} on {d}?", "On {d}, who was responsible for the {x}?"),
        ("Since when does the current owner own the {x}?",),
    ),
    _Kind(
        _named("{project} server"),
        _version,
        ("The {x} is on version {v}.", "The {x} runs version {v}.", "Version of the {x}: {v}"),
        (
            "The {x} was upgraded to {v}.",
            "The {x} is up to version {v}.",
            "{v} is now live on the {x}.",
            "We have just deployed version {v} to the {x}.",
            "The {x} moved from {o} to {v} over night.",
            "We rolled the {x} back to version {v}.",
            "The {x} is now running {v}.",
            "Ops updated the {x} from {o} to {v}.",
            "The {x} has been bumped to version {v}.",
        ),
        ("Which version is the {x} on?", "What version does the {x} run?"),
        ("Which version was the {x} on on {d}?", "What version did the {x} run on {d}?"),
        ("Since when is the {x} on this version?",),
    ),
    _Kind(
        _named("{project} migration"),
        _one_of(_STATES),
        ("The {x} is {v}.", "Status of the {x}: {v}", "The status of the {x} is {v}."),
        (
            "The {x} is now {v}.",
            "Just set the {x} to {v}.",
            "As of this morning, the {x} is {v}.",
            "State of the {x}: {v}",
            "The {x} has moved from {o} to {v}.",
            "The {x} went from {o} to {v}.",
            "The {x} has been marked as {v}.",
            "The status of the {x} changed to {v}.",
            "Heads up: the {x} is {v} again.",
        ),
        ("What is the status of the {x}?", "What state is the {x} in?"),
        ("What was the status of the {x} on {d}?",),
        ("Since when does the {x} have this status?",),
    ),
    _Kind(
        _named("{project} workshop"),
        _one_of(_ROOMS),
        ("The {x} is in {v}.", "The {x} takes place in {v}.", "Location of the {x}: {v}"),
        (
            "The {x} has been moved to {v}.",
            "The {x} is now in {v}.",
            "For the {x} we will meet in {v}.",
            "Room change: the {x} is in {v} now.",
            "{V} it is for the {x}.",
            "The {x} moves from {o} to {v}.",
            "We had to move the {x} to {v}.",
            "The {x} will be held in {v}.",
        ),
        ("Where is the {x}?", "Where does the {x} take place?", "Which room is the {x} in?"),
        ("Where was the {x} to be held on {d}?",),
        ("Since when is the {x} in that room?",),
    ),
)
_OPENINGS = (
    "", "", "", "Ok, ", "So, ", "By the way, ", "Quick update: ", "FYI, ", "Just so you know, ",
)  # fmt: skip
# None of these states what any topic is
_NOISE = (
    "Is the {x} still on?", "Maybe we should move the {x} to Friday 9:00.",
    "If the {x} slips again we lose the room.", "What if the budget for {x} was 99,000?",
    "I wonder who owns the {x} these days.", "Could {p} take over the {x}?",
    "The {x} used to be in room 100.", "Last year the budget for {x} was 12,000.",
    "File   Edit   View   Go   Bookmarks   Help", "def close(self): return self.state == 'closed'",
    "{p} had lunch with {q} at noon.", "Thanks a lot, see you tomorrow!", "It is now 10:30.",
    "I would not move the {x}.", "Should the {x} be closed?", "git commit -m 'Move the {x}'",
    "{p}: no idea, ask {q}", "We talked about the {x} for an hour.",
    "Somebody suggested 77,000 for {x}.", "How about we meet on Thursday at 15:00?",
    "The weather on Monday will be lovely.", "Inbox (3)  Sent  Drafts  Spam  Trash",
    "The {x} was not moved to Tuesday.", "Nobody knows when the {x} is.",
)  # fmt: skip
_AROUND = ("Hi {p},", "see below.", "Best, {q}", "Reply   Forward   Archive", "Search messages")


def world(seed: int) -> World:
    """The world of a seed: the same for every run."""
    chance = random.Random(seed)
    told: list[Told] = []
    questions: list[Asked] = []
    names: set[str] = set()
    for number in range(TOPICS):
        kind = _KINDS[number % len(_KINDS)]
        name = next(n for n in iter(lambda: kind.names(chance), "") if n not in names)  # noqa: B023
        names.add(name)
        values = _values(chance, kind)
        told += _tellings(chance, kind, name, values)
        questions += _questions(chance, kind, name, values)
    told += [_noise(chance, sorted(names)) for _ in range(NOISE)]
    return World(tuple(sorted(told, key=lambda line: line.at)), tuple(questions))


def _values(chance: random.Random, kind: _Kind) -> list[Value]:
    """Different values, one after another, days apart."""
    count = chance.randint(*CHANGES)
    room = (NOW - FIRST).days - 2 - APART.days * count
    days = sorted(chance.randint(0, room) for _ in range(count))
    found: list[Value] = []
    for position, day in enumerate(days):
        since = FIRST + timedelta(days=day + APART.days * position, minutes=chance.randint(0, 500))
        written, known_by = kind.draw(chance, since)
        while found and found[-1].known_by == known_by:
            written, known_by = kind.draw(chance, since)
        found.append(Value(since, written, known_by))
    return found


def _tellings(
    chance: random.Random, kind: _Kind, name: str, values: Sequence[Value]
) -> Iterator[Told]:
    """Each value told when it comes, and sometimes once more before the next."""
    for number, value in enumerate(values):
        forms = kind.again if number else kind.told
        before = values[number - 1].written if number else ""
        yield _line(chance, chance.choice(forms), name, value, before, value.since)
        end = values[number + 1].since if number + 1 < len(values) else NOW
        if chance.random() < 0.4:
            later = value.since + (end - value.since) * chance.uniform(0.2, 0.8)
            if kind.draw not in (_time, _day):  # "Friday" is another day by then
                yield _line(chance, chance.choice(kind.told), name, value, "", later)


def _line(
    chance: random.Random, form: str, name: str, value: Value, before: str, at: datetime
) -> Told:
    written = value.written
    text = form.format(
        x=name,
        X=_capital(name),
        v=written,
        V=_capital(written),
        o=before,
        P=chance.choice(_PEOPLE),
    )
    opening = "" if ":" in text and "Status" in text else chance.choice(_OPENINGS)
    if opening and text.split()[0] in ("The", "We", "They", "From", "After", "Let's"):
        text = opening + text[:1].lower() + text[1:]
    return _shown(chance, text, at)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _shown(chance: random.Random, text: str, at: datetime) -> Told:
    """The line as somebody says it, or on a screen with other lines around it."""
    if chance.random() < 0.5:
        return Told(at, text, heard=True)
    people = {"p": chance.choice(_PEOPLE), "q": chance.choice(_PEOPLE)}
    around = [line.format(**people) for line in chance.sample(_AROUND, 3)]
    if chance.random() < 0.3 and not text[:20].count(":"):
        text = f"[{at:%H:%M}] {people['p']}: {text}"
    return Told(at, "\n".join([around[0], text, *around[1:]]), heard=False)


def _noise(chance: random.Random, names: Sequence[str]) -> Told:
    p, q = chance.sample(_PEOPLE, 2)
    text = chance.choice(_NOISE).format(x=chance.choice(names), p=p, q=q)
    days = chance.randint(0, (NOW - FIRST).days - 1)
    return _shown(chance, text, FIRST + timedelta(days=days, minutes=chance.randint(0, 540)))


def _questions(
    chance: random.Random, kind: _Kind, name: str, values: Sequence[Value]
) -> Iterator[Asked]:
    """One about now, one about each past value, and one about when the last came to be."""
    last = values[-1]
    yield _asked(chance.choice(kind.now), "now", name, last.known_by, last, values)
    for value, after in pairwise(values):
        day = value.since + timedelta(days=chance.randint(1, (after.since - value.since).days - 1))
        form = chance.choice(kind.then)
        yield _asked(form, "then", name, value.known_by, value, values, f"{day.day} {day:%B}")
    since = f"{last.since:%Y-%m-%d}"
    yield _asked(chance.choice(kind.when), "when", name, since, last, values)


def _asked(
    form: str,
    kind: str,
    name: str,
    answer: str,
    value: Value,
    values: Sequence[Value],
    day: str = "",
) -> Asked:
    stale = {one.known_by for one in values if one.known_by != value.known_by}
    return Asked(form.format(x=name, d=day), kind, answer, frozenset(stale))
