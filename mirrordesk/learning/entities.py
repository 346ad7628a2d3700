"""Who and what is named: people, mail addresses, tickets and projects, each once.

Two names are one entity where they are the same after normalisation or, if they tell enough, where
their 3-grams agree nearly wholly: found by MinHash in bands (Broder 1997), then compared as sets.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from mirrordesk.knowledge import Entity, NoteKind, Source, note_id
from mirrordesk.learning.revision import Statement
from mirrordesk.learning.roles import ROLES
from mirrordesk.learning.values import PERSON, is_person
from mirrordesk.records import Moment

SAME = 0.9  # Jaccard similarity of the 3-grams of two names for one entity
LEAST_ENTROPY = 2.5  # bits a character; and …
SHORTEST = 8  # … characters below which names are compared as a whole alone
MOST_SOURCES = 64  # of an entity, the first; later ones are not noted any more
_HASHES, _BAND = 32, 4
_BYTES = 2  # of a hash

PERSON_FORM, MAIL_FORM, TICKET_FORM, PROJECT_FORM = "person", "mail address", "ticket", "project"
_NAMES = (PERSON_FORM, PROJECT_FORM)  # an address or a number is exact
_MAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
_TICKET = re.compile(
    r"(?<![\w/-])(?!(?:UTF|ISO|SHA|RFC|COVID|CVE|GPT|MD|PEP|WH|PM|AM|USB|HTTP|TLS|AES)-)"
    r"[A-Z][A-Z0-9]{1,9}-\d{1,6}(?![\w-])"
)
_PROJECT = re.compile(r"\b[Pp]roject ([A-Z][a-z]\w+)\b")
_GREETED = re.compile(
    rf"^(?:Hi|Hello|Dear|Hey|Thanks|Best|Regards|Cheers),? ({PERSON})[,!.]?$", re.M
)


@dataclass(frozen=True, slots=True)
class _Mention:
    """A name of some form, and what bears it out."""

    form: str
    name: str
    source: Source


def mine(
    moments: Sequence[Moment], statements: Iterable[Statement], known: Iterable[Entity]
) -> list[Entity]:
    """The entities that are new in moments of one episode, or are borne out by it, too."""
    found = _Register(known)
    mentions = [m for moment in moments for m in _mentions(moment)]
    mentions += [m for statement in statements for m in _people(statement)]
    first: dict[tuple[str, str], _Mention] = {}
    for mention in mentions:  # of an episode, one source of each
        first.setdefault((mention.form, normal(mention.name)), mention)
    for mention in first.values():
        found.add(mention)
    return found.changed()


def _mentions(moment: Moment) -> Iterator[_Mention]:
    patterns = ((MAIL_FORM, _MAIL), (TICKET_FORM, _TICKET), (PROJECT_FORM, _PROJECT))
    for form, pattern in (*patterns, (PERSON_FORM, _GREETED)):
        for match in pattern.finditer(moment.text):
            name = match[match.lastindex or 0]
            if form != PERSON_FORM or is_person(name):
                source = Source(moment.id, moment.start_ns, moment.end_ns, match[0])
                yield _Mention(form, name, source)


def _people(statement: Statement) -> Iterator[_Mention]:
    """Whoever has a role in something."""
    if statement.predicate in ROLES:
        yield _Mention(PERSON_FORM, statement.object, statement.source)


class _Register:
    """Entities by their names."""

    def __init__(self, known: Iterable[Entity]) -> None:
        self._entities: dict[str, Entity] = {}
        self._before: dict[str, Entity] = {}
        self._exact: dict[tuple[str, str], str] = {}
        self._bands: dict[tuple[str, int, tuple[int, ...]], list[str]] = defaultdict(list)
        for entity in known:
            self._before[entity.id] = entity
            self._put(entity)

    def add(self, mention: _Mention) -> None:
        key = self._exact.get((mention.form, normal(mention.name))) or self._alike(mention)
        if key is None:
            new = note_id(NoteKind.ENTITY, mention.form, normal(mention.name))
            self._put(Entity(new, mention.form, mention.name, (), (mention.source,)))
            return
        entity = self._entities[key]
        names = {entity.name, *entity.aliases}
        if mention.name not in names:
            entity = replace(entity, aliases=tuple(sorted({*entity.aliases, mention.name})))
        if mention.source not in entity.sources and len(entity.sources) < MOST_SOURCES:
            sources = {*entity.sources, mention.source}
            ordered = sorted(sources, key=lambda s: (s.start_ns, s.moment, s.quote))
            entity = replace(entity, sources=tuple(ordered))
        self._put(entity)

    def changed(self) -> list[Entity]:
        return [e for key, e in self._entities.items() if self._before.get(key) != e]

    def _put(self, entity: Entity) -> None:
        self._entities[entity.id] = entity
        for name in (entity.name, *entity.aliases):
            if (key := (entity.form, normal(name))) not in self._exact:
                self._exact[key] = entity.id
                if tells_enough(name):
                    for band in _bands(name):
                        self._bands[(entity.form, *band)].append(entity.id)

    def _alike(self, mention: _Mention) -> str | None:
        """The entity whose name is nearly the same, the nearest first."""
        if mention.form not in _NAMES or not tells_enough(mention.name):
            return None
        near = {key for band in _bands(mention.name) for key in self._bands[(mention.form, *band)]}
        scored = [
            (similarity(mention.name, name), key)
            for key in near
            for name in (self._entities[key].name, *self._entities[key].aliases)
        ]
        best = max(scored, default=(0.0, ""))
        return best[1] if best[0] >= SAME else None


def normal(name: str) -> str:
    """A name without case, marks and double blanks."""
    return " ".join(re.sub(r"[^\w@.+ -]", " ", name.casefold()).split()).strip(".")


def tells_enough(name: str) -> bool:
    """Whether a name is so long and varied that nearly the same letters mean the same."""
    plain = normal(name)
    counts = Counter(plain).values()
    bits = -sum(n / len(plain) * math.log2(n / len(plain)) for n in counts) if plain else 0.0
    digits = any(map(str.isdigit, plain))  # another number is another thing
    return len(plain) >= SHORTEST and bits >= LEAST_ENTROPY and not digits


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the 3-grams of two names."""
    first, second = _grams(one), _grams(other)
    return len(first & second) / len(first | second)


def _grams(name: str) -> set[str]:
    plain = normal(name).replace(" ", "")
    return {plain[i : i + 3] for i in range(max(1, len(plain) - 2))}


def _bands(name: str) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The MinHash of a name in bands: names that agree in one are compared."""
    grams = [blake2b(gram.encode(), digest_size=_BYTES * _HASHES).digest() for gram in _grams(name)]
    least = [min(gram[_BYTES * n : _BYTES * (n + 1)] for gram in grams) for n in range(_HASHES)]
    numbers = [int.from_bytes(part) for part in least]
    for start in range(0, _HASHES, _BAND):
        yield start, tuple(numbers[start : start + _BAND])
