"""What a question asks: the words an answer must be about, and what kind of thing answers it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from mirrordesk import terms as terms_of
from mirrordesk.terms import STOP_WORDS, terms, words

Rarity = Callable[[str], float]  # how much a term tells moments apart, 0 and more (BM25's idf)

NAMED = 1.5  # weight of names and numbers; other words weigh 1 at most
FOCUS = 1.5  # by which what is asked for weighs more than what it is asked of
# Rarity lightens common words only. A word that nobody wrote is the rarest of all, and may still
# be no more than another word for what is there.
ORDINARY = 2.5  # rarity from which on a word has its full weight: about every tenth moment holds it
LEAST = 0.5  # weight of a word that stands everywhere
IN_PARTS = 0.7  # what the parts of a compound count for it
PASSING = 0.25  # weight of a word that need not stand in the text that answers

# Words that ask for the memory ("where did I see"), place it in time, or only tell the kind of
# answer, which is looked for by itself
_PASSING_WORDS = """
    see look watch read hear say tell mention show remember find know talk discuss happen call name
    set go come
    screen window tab page message text thing much many long expensive cheap
    today yesterday tomorrow tonight morning afternoon evening night noon now ago recent
    recently earlier later before minute hour day week month year time date am pm o'clock
    monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december
    number address price cost amount email e-mail url link website
"""
_WHICH = ("last", "next")
_CLOCK = re.compile(r"\d{1,2}[:.]\d\d|\d{1,2}(?:am|pm)|\d{4}-\d\d-\d\d", re.IGNORECASE)
# Capitalised, but what they stand before is the name
_TITLES = frozenset("doctor dr mr mrs ms miss professor prof project team company".split())  # noqa: SIM905
_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty "
    "sixty seventy eighty ninety hundred thousand million billion half none once twice"
)
_TIME_WORDS = (
    "monday tuesday wednesday thursday friday saturday sunday january february march april june "
    "july august september october november december jan feb mar apr jun jul aug sep sept oct nov "
    "dec today yesterday tomorrow tonight noon midnight morning afternoon evening week month"
)


def _any_of(words: str) -> str:
    return rf"\b(?:{'|'.join(words.split())})\b"


# Not the number of a list item, nor one within a name such as WH-1000
_FIGURE = r"(?<![\w-])(?!\d{1,3}[.)]\s)\d[\d.,:'/-]*"
_NUMBER = re.compile(rf"{_FIGURE}|{_any_of(_NUMBER_WORDS)}", re.IGNORECASE)
_TIME = re.compile(rf"{_FIGURE}|\bMay\b|(?i:{_any_of(_TIME_WORDS)})")
_NAME = re.compile(r"\b[^\W\d_a-zß-ÿ]\w+")
_MONEY = re.compile(
    r"[€$£¥]\s?\d|\d[\d.,]*\s?(?:[€$£¥%]|(?i:eur|euros?|usd|dollars?|gbp|pounds?|chf|francs?|cents?)\b)"
)
_MAIL = re.compile(r"\S+@\S+\.\S+")
_LINK = re.compile(r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b")
_PHONE = re.compile(r"\+?(?=[\d ()/-]*\d{3})\d[\d ()/-]+")
_DIGIT = re.compile(r"\d")
_REASON = re.compile(r"\b(?:because|since|due to|reason|so that)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of answer: how one asks for it and what it looks like.

    `strict`: a text without it is no answer. Names and times have too many forms for that.
    """

    asked: re.Pattern[str]
    looks: re.Pattern[str]
    strict: bool


def _kind(asked: str, looks: re.Pattern[str], *, strict: bool) -> Kind:
    return Kind(re.compile(asked, re.IGNORECASE), looks, strict)


# "when did I see it" is answered by when the moment was, not by what stood in it
_OF_MEMORY = re.compile(r"\bdid (?:i|we) (?:see|read|hear|watch|open|visit)\b", re.IGNORECASE)
_KINDS = (
    _kind(r"\be-?mail address\b|\bmail address\b", _MAIL, strict=True),
    _kind(r"\b(?:url|link|web ?site|web address)\b", _LINK, strict=True),
    _kind(r"\bphone\b|\btelephone\b", _PHONE, strict=True),
    _kind(r"\bhow (?:expensive|cheap)\b|\b(?:price|costs?)\b", _MONEY, strict=True),
    _kind(r"\bhow (?:much|many|long|old|far|high|tall|heavy|big|often)\b", _NUMBER, strict=True),
    _kind(r"\b(?:when|what time|what date|(?:what|which) day)\b", _TIME, strict=False),
    _kind(r"\b(?:who|whom|whose)\b", _NAME, strict=False),
    _kind(r"\bwhy\b", _REASON, strict=False),
    _kind(r"\b(?:number|amount)\b", _DIGIT, strict=True),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the question: its terms, itself first, and what it is to the answer.

    `named`: a name or a number, which nothing else can stand for. `focus`: what is asked for, as
    opposed to what it is asked of ("budget" in "What is the budget of Falcon?").
    """

    terms: tuple[str, ...]
    weight: float
    named: bool
    focus: bool

    @property
    def passing(self) -> bool:
        """Whether it need not stand in the text that answers."""
        return self.weight <= PASSING

    def share(self, known: Set[str]) -> float:
        """How much of it, 0 to 1, is among `known`: 1 for the word itself, less for its parts.

        The parts of "on-call" may stand apart and mean something else ("called on").
        """
        letters = sum(map(str.isalnum, self.terms[0]))
        if any(term in known and len(term) >= letters for term in self.terms):
            return 1.0
        return IN_PARTS * min(1.0, sum(len(t) for t in self.terms[1:] if t in known) / letters)


@dataclass(frozen=True, slots=True)
class Question:
    """A question, taken apart. `words` is empty where it asks for nothing but a time."""

    text: str
    words: tuple[Word, ...]
    known: frozenset[str]  # every term of the question: what repeats only these answers nothing
    wanted: Kind | None  # what answers it, where the question tells

    @property
    def focus(self) -> list[Word]:
        """What is asked for."""
        return [word for word in self.words if word.focus]

    @property
    def about(self) -> list[Word]:
        """What it is asked of."""
        return [word for word in self.words if not (word.focus or word.passing)]

    def fits(self, text: str) -> bool:
        """Whether `text` holds the kind of thing asked for, other than what the question gave."""
        if self.wanted is None:
            return True
        found = (match.group() for match in self.wanted.looks.finditer(text))
        return any(self.adds(terms(one)) for one in found)

    def adds(self, found: Collection[str]) -> bool:
        """Whether among these terms is one that the question does not hold itself."""
        return any(term not in self.known and term not in STOP_WORDS for term in found)


def understand(text: str, rarity: Rarity | None = None) -> Question:
    """Take a question apart. With `rarity` its common words weigh less."""
    written = words(text)
    passing = {n for n in range(len(written)) if _is_passing(written, n)}
    named = {n for n, word in enumerate(written) if n not in passing and _is_name(n, word)}
    owners = {n for n, word in enumerate(written) if word.written.endswith("'s")}
    focus = _focus(written, passing | named | owners)
    found = {
        word.terms: Word(
            terms=word.terms,
            weight=PASSING if n in passing else _weight(word, rarity, n in named, n in focus),
            named=n in named,
            focus=n in focus,
        )
        for n, word in enumerate(written)
        if not word.stop
    }
    kept = tuple(found.values())
    says_something = not all(word.passing for word in kept)
    return Question(text, kept if says_something else (), frozenset(terms(text)), _wanted(text))


def _weight(word: terms_of.Word, rarity: Rarity | None, named: bool, focus: bool) -> float:
    weight = 1.0
    if rarity is not None:
        weight = min(1.0, max(LEAST, max(map(rarity, word.terms)) / ORDINARY))
    return weight * (NAMED if named else 1.0) * (FOCUS if focus else 1.0)


def _focus(written: Sequence[terms_of.Word], others: Set[int]) -> set[int]:
    """Which words say what is asked for: the first that stand together and are no `others`."""
    focus: set[int] = set()
    for n, word in enumerate(written):
        if word.stop:
            if focus:
                break
        elif n not in others:
            focus.add(n)
    return focus


def _is_passing(written: Sequence[terms_of.Word], place: int) -> bool:
    word = written[place]
    if word.terms[0] in _WHICH:  # "last week", but "the last invoice"
        return place + 1 < len(written) and _is_passing(written, place + 1)
    return word.terms[0] in _passing() or _CLOCK.fullmatch(word.written) is not None


def _is_name(place: int, word: terms_of.Word) -> bool:
    """Names and numbers. The opening word has its capital from the sentence."""
    if word.written.lower().rstrip(".") in _TITLES:
        return False
    return (place > 0 and word.written[0].isupper()) or any(map(str.isdigit, word.written))


@lru_cache(1)
def _passing() -> frozenset[str]:
    return frozenset(terms(_PASSING_WORDS))


def _wanted(text: str) -> Kind | None:
    if _OF_MEMORY.search(text):
        return None
    return next((kind for kind in _KINDS if kind.asked.search(text)), None)
