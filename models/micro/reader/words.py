"""The words of a generated world, in two worlds that share none: for training and for evaluation.

Office talk's own names and projects are for training. So are four in five of the words that can be
made up from syllables, of the numbers and of the codes; which fifth is held out is told by a
checksum, so that no list of them is needed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from zlib import crc32

from models.micro import office

Option = TypeVar("Option")

HELD_OUT_SHARE = 5  # every fifth
_MADE_UP = 0.5  # share of names that no list holds
_RIVAL = 0.15  # share of training's made-up words that begin as the one before them does


def _words(text: str) -> list[str]:
    return text.split()


_ONSETS = _words("b br c ch cl d dr f fl g gr h j k l m n p pr r s sh sl st t tr v w z")
_VOWELS = _words("a e i o u a e i o ai ea ou")
_CODAS = ["", "", "", "", "n", "r", "l", "s", "t", "m", "nd", "ck", "x"]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# Ordinary words for anything; each belongs to one of the worlds by its checksum
COMMON = _words("""
    access account action address advice agent alarm answer apple archive area article aspect author
    balance bank basket battery bicycle bird board border bottle branch bridge broker brother bucket
    buffer builder button cable camera campaign candle capital captain carpet castle category cause
    ceiling center chain chair channel chapter chart choice circle client climate clock cloud club
    coast coffee column comment concert corner cotton counter country course cousin credit crowd
    culture current customer cycle danger debate degree desert desk detail device dinner distance
    doctor dollar domain door dream driver driving duty economy editor effect effort engine entry
    error essay estate event evidence example factor factory failure family farmer feature ferry
    field figure filter finger fire flower focus folder forest format fortune frame friend fruit
    function future gallery game gate glass goal guard guest guide habit handle health heat history
    holiday hospital house idea image impact income index insect island item journey judge juice
    jungle king label lady lake language lawyer leader leather lecture length letter level line
    list machine magnet manager margin market master matter meal measure medal member memory method
    middle minute mirror mixture model moment monitor morning mountain museum music nation needle
    network nurse object ocean option orange order organ origin owner package page painter panel
    paper parent parking partner party passage patient pattern payment pencil people period person
    phrase picture pilot pipeline planet plant plastic player pocket poet point police policy pool
    power price prince process product profit program purpose quality quarter queue radio railway
    reader reason record region release request result river rocket role roof room route rule salary
    sample scale scene school science screen season secret section sector segment series service
    session shadow shape share shelter shop signal silver singer sister site size skill society
    soldier source space speaker spirit square stage standard state statue step stock storage story
    street student studio style subject sugar suit supply surface switch symbol system table talent
    target task teacher temple tension theory thread tool topic tower track traffic train trainer
    travel treaty tree trial trip truck tunnel uncle union unit user valley value vehicle version
    video village virus vision visit voice volume wagon wall water weather wedding weight wheel
    wheat window winner winter wire wood word worker world writer yard year zone
""")


def is_held_out(word: str) -> bool:
    """Whether a made-up word, a number or a code is kept for evaluation."""
    return crc32(word.lower().encode()) % HELD_OUT_SHARE == 0


@dataclass(frozen=True, slots=True)
class Lists:
    """Words of real English, by what they name."""

    names: Sequence[str]
    projects: Sequence[str]
    teams: Sequence[str]
    things: Sequence[str]
    places: Sequence[str]
    adjectives: Sequence[str]
    verbs: Sequence[str]


TRAINING = Lists(
    names=office.NAMES,
    projects=office.PROJECTS,
    teams=office.TEAMS,
    # a thing called "budget" would answer a question for the budget by accident
    things=[thing for thing in office.THINGS if thing not in {"budget", "meeting"}],
    places=office.PLACES,
    adjectives=office.ADJECTIVES,
    verbs=office.VERBS,
)
HELD_OUT = Lists(
    names=_words(
        "Ingrid Tomasz Amara Bruno Yusuf Leonie Priya Gustav Hanna Mateo Zoe Viktor Selma"
    ),
    projects=_words("Kestrel Juniper Nebula Sequoia Basalt Pelican Tundra Marble Quartz Aurora"),
    teams=_words("logistics catering facilities payroll translation procurement"),
    things=_words("brochure ladder certificate transcript brief catalogue voucher blueprint"),
    places=_words("Zurich Prague Porto Seattle canteen attic courtyard terrace"),
    adjectives=_words("draft joint spare annual rough sealed purple cheap narrow"),
    verbs=_words("collect scan shred laminate revise weigh publish borrow"),
)


@dataclass(frozen=True, slots=True)
class Words:
    """Draws words, names and numbers of one world with `chance`."""

    chance: random.Random
    held_out: bool
    _made: list[str] = field(default_factory=lambda: ["-"], repr=False)

    @property
    def lists(self) -> Lists:
        return HELD_OUT if self.held_out else TRAINING

    def one(self, options: Sequence[Option]) -> Option:
        return self.chance.choice(options)

    def made_up(self) -> str:
        """A word that no list holds, in small letters.

        Syllables (`brenvek`); in training also halves of ordinary words (`marmory`), any letters
        (`qzotub`), and rivals that begin as the last word did: to copy these, every piece that
        an unknown word could have must be read, and none can be guessed.
        """
        makers = (self._syllables, self._syllables, self._halves, self._letters)
        rival = self.chance.random() < _RIVAL
        maker = self._syllables if self.held_out else self._rival if rival else self.one(makers)
        self._made[0] = self._ours(maker)
        return self._made[0]

    def any_word(self) -> str:
        """An ordinary word, or a made-up one."""
        made = self.chance.random() < _MADE_UP
        return self.made_up() if made else self._ours(lambda: self.one(COMMON))

    def name(self, known: Sequence[str]) -> str:
        """One of `known`, or a made-up name."""
        return self.made_up().capitalize() if self.chance.random() < _MADE_UP else self.one(known)

    def word(self, known: Sequence[str]) -> str:
        """One of `known`, or sometimes a made-up word."""
        return self.made_up() if self.chance.random() < _MADE_UP / 2 else self.one(known)

    def number(self, low: int = 100, high: int = 99_999) -> str:
        """Digits; those from 100 on are of this world alone."""
        return self._ours(lambda: str(self.chance.randint(low, high)), from_length=3)

    def amount(self) -> str:
        """A sum of money: in words, in digits, or in digits with a comma."""
        value = int(self._ours(self._sum))
        return self.one((office.in_words(value), office.in_words(value), f"{value}", f"{value:,}"))

    def code(self) -> str:
        """Letters and digits, such as `HX-7431`."""
        return self._ours(self._code)

    def _ours(self, draw: Callable[[], str], from_length: int = 0) -> str:
        while True:
            drawn = draw()
            if len(drawn) < from_length or is_held_out(drawn) == self.held_out:
                return drawn

    def _syllables(self) -> str:
        count = self.chance.choice((1, 1, 2, 2, 2, 3))
        parts = (self.one(_ONSETS) + self.one(_VOWELS) + self.one(_CODAS) for _ in range(count))
        return "".join(parts)

    def _halves(self) -> str:
        first, second = self.one(COMMON), self.one(COMMON)
        return first[: self.chance.randint(2, 5)] + second[self.chance.randint(2, 4) :]

    def _letters(self) -> str:
        return "".join(self.chance.choices(_LETTERS, k=self.chance.randint(3, 8))).lower()

    def _rival(self) -> str:
        return self._made[0][: self.chance.randint(2, 4)] + self._syllables()

    def _sum(self) -> str:
        step = self.chance.choice((1, 5, 10, 100, 100, 500, 1000))
        return str(self.chance.randrange(2, 100) * step)

    def _code(self) -> str:
        letters = "".join(self.chance.choices(_LETTERS, k=self.chance.randint(1, 3)))
        return letters + self.one(("-", "")) + str(self.chance.randint(10, 9999))
