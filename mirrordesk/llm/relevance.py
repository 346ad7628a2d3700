"""How well a piece of recorded text supports an answer to a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from mirrordesk.llm.evidence import Passage
from mirrordesk.llm.question import Question, Word
from mirrordesk.llm.surroundings import is_bare_label, nearby, partners
from mirrordesk.records import Hit
from mirrordesk.terms import terms, words

# What a word of the question counts by where it stands
_IN_PARTNER = 0.85  # in the label or value beside
_IN_NAME = 0.6  # in the title, the program, the address
_NEAR = 0.5  # in the lines around
_ON_SCREEN = 0.2  # anywhere else in the moment

# The score: coverage is 0 to 1, and what follows is added to it
_MEANING = 0.4  # cosine of question and text
_FOCUS = 0.2  # what is asked for is in it
_FITTING = 0.15  # the kind of thing asked for is there
_PRIOR = 0.1  # recall's own ranking, 1 for the best hit
_PARTNER_COST = 0.04  # one line that suffices is better than two, the nearest than a far one
_LABEL_COST = 0.15  # a label is no answer without its value
_EXACT_LABEL = 0.05  # the question names the label word for word
_QUESTION_COST = 0.4  # somebody else's question seldom answers ours

# Support: how much must speak for a piece before it is said
_COVERED = 0.6
_COVERED_FITTING = 0.5  # where the question tells the kind of thing asked for, and it is there
_COVERED_UNFITTING = 0.8  # where it is not
_NEVER = 2.0  # more than any coverage
_FOCUSED = 0.5  # of what is asked for, in the parts themselves
_NAME_SHARE = 0.5  # letters of a compound name that must be there
_PARTLY_COVERED, _PARTLY_MEANT = 0.3, 0.4  # then the rest must mean the same: `_REST_MEANT`
_REST_MEANT = 0.3  # cosine of what question and text do not share
_REST_MEANT_FITTING = 0.2  # where the kind of thing asked for is there
_MEANT = 0.62  # cosine that stands alone, where no word is shared


@dataclass(frozen=True, slots=True)
class Finding:
    """One or two passages of a moment that may answer, in reading order. Shares are 0 to 1."""

    hit: Hit
    parts: tuple[Passage, ...]
    coverage: float = 1.0  # share of the question's words, by weight and by where they stand
    own: float = 1.0  # the same, counting the parts alone
    focus: float = 1.0  # share of what is asked for in the parts alone
    about: float = 1.0  # share of what it is asked of, anywhere in the moment
    named: bool = True  # whether every name of the question is somewhere in the moment
    fits: bool = True  # whether the kind of thing asked for is in it
    enough: float = _COVERED  # coverage from which on words alone support it
    alike: float = _REST_MEANT  # `rest` from which on meaning supports it
    shape: float = 0.0  # for or against it: what its parts are to one another
    prior: float = 0.0  # recall's score, 1 for the best hit
    meaning: float = 0.0  # cosine with the question; 0 where it is not known
    rest: float = 0.0  # cosine of what the two do not share; 0 where it is not known

    @property
    def text(self) -> str:
        """The parts as they are quoted."""
        return " · ".join(part.text for part in self.parts)

    @property
    def score(self) -> float:
        """What findings are ranked by."""
        bonus = _FOCUS * self.focus + _FITTING * self.fits + _PRIOR * self.prior
        meant = _MEANING * max(0.0, self.meaning)
        return self.coverage + bonus + meant + self.shape - _QUESTION_COST * self.asks

    @property
    def asks(self) -> bool:
        """Whether it is itself a question."""
        return self.parts[-1].text.rstrip().endswith("?")

    @property
    def supported(self) -> bool:
        """Whether enough speaks for it to be said as an answer.

        Other words may mean the same, but nothing else can stand for a name or a number.
        """
        return self.named and not self.asks and (self._says_it() or self._means_it())

    @property
    def conclusive(self) -> bool:
        """Whether the words alone leave no doubt."""
        return self.supported and self.own >= 0.99 and self.fits

    @property
    def doubtful(self) -> bool:
        """Whether it is about the same, and it is open whether it says what is asked for."""
        partly = self.coverage >= _PARTLY_COVERED and self.meaning >= _PARTLY_MEANT
        may = self.named and self.fits and not self.asks
        return may and self.own > 0 and partly and not self._says_it()

    def says_more_than(self, other: Finding) -> bool:
        """Whether it holds more of the question, or the kind of thing asked for, or an answer."""
        return self.own > other.own or self.fits > other.fits or self.asks < other.asks

    def rests(self, question: Question) -> tuple[str, str]:
        """What of the question and of the text is left without what they share and without names.

        Whether "how much money" and "budget: 48,500 EUR" mean alike is not to be judged by the
        name that both hold.
        """
        named = {term for word in question.words if word.named for term in word.terms}
        asked = {term for word in question.words for term in word.terms}
        shared = named | (asked & known(self.text))
        return _without(question.text, shared), _without(self.text, shared)

    def _says_it(self) -> bool:
        right_thing = self.focus >= _FOCUSED and self.about > 0
        return self.own > 0 and right_thing and self.coverage >= self.enough

    def _means_it(self) -> bool:
        if self.own > 0:
            return self.doubtful and self.rest >= self.alike
        return self.fits and self.meaning >= _MEANT


class Judge:
    """Weighs the passages of one hit against one question."""

    def __init__(self, question: Question, hit: Hit, passages: Sequence[Passage], prior: float):
        self._question = question
        self._hit = hit
        self._passages = passages
        self._prior = prior
        moment = hit.moment
        self._names = known(f"{moment.title}\n{moment.app}\n{moment.url or ''}")
        self._all = self._names.union(*(known(passage.text) for passage in passages))
        names = [word for word in question.words if word.named]
        self._named = all(word.share(self._all) >= _NAME_SHARE for word in names)

    def overlap(self, passage: Passage) -> float:
        """Share of the question's words, by weight, in the passage alone."""
        return self._share([(known(passage.text), 1.0)])

    def best(self, seed: Passage) -> Finding | None:
        """The best finding around `seed`: alone, or with its label or value.

        None if it says nothing that the question does not say.
        """
        around = frozenset().union(*(known(p.text) for p in nearby(seed, self._passages)))
        beside = partners(seed, self._passages)
        bare = bool(beside) and is_bare_label(seed)
        alone = self._finding((seed,), around, -_LABEL_COST * bare)
        found = [alone]
        for rank, one in enumerate(beside, start=1):
            exact = any(not self._question.adds(known(part.text)) for part in (seed, one))
            shape = _EXACT_LABEL * exact - _PARTNER_COST * rank
            both = self._finding((seed, one), around, shape)
            if bare or alone is None or (both and both.says_more_than(alone)):
                found.append(both)
        return max((one for one in found if one), key=lambda one: one.score, default=None)

    def _finding(
        self, parts: tuple[Passage, ...], around: Set[str], shape: float
    ) -> Finding | None:
        """The seed, first of `parts`, and perhaps its partner, weighed."""
        texts = [known(part.text) for part in parts]
        if not any(map(self._question.adds, texts)):
            return None
        inside = [(found, _IN_PARTNER if n else 1.0) for n, found in enumerate(texts)]
        outside = [(self._names, _IN_NAME), (around, _NEAR), (self._all, _ON_SCREEN)]
        fits = self._question.fits("\n".join(part.text for part in parts))
        return Finding(
            hit=self._hit,
            parts=tuple(sorted(parts, key=lambda part: part.place)),
            coverage=self._share([*inside, *outside]),
            own=self._share(inside),
            focus=self._share([(found, 1.0) for found in texts], self._question.focus),
            about=self._share([(self._all, 1.0)], self._question.about),
            named=self._named,
            fits=fits,
            enough=self._enough(fits),
            alike=_REST_MEANT if self._question.wanted is None else _REST_MEANT_FITTING,
            shape=shape,
            prior=self._prior,
        )

    def _enough(self, fits: bool) -> float:
        wanted = self._question.wanted
        if wanted is None:
            return _COVERED
        if fits:
            return _COVERED_FITTING
        return _NEVER if wanted.strict else _COVERED_UNFITTING

    def _share(
        self, places: Sequence[tuple[Set[str], float]], asked: Sequence[Word] | None = None
    ) -> float:
        """The weighted share of `asked`, by default the whole question, each word where it counts
        most; 1 where there are none. A passing word that is absent does not count."""
        total = found = 0.0
        for word in self._question.words if asked is None else asked:
            share = _most(word, places)
            if share or not word.passing:
                total += word.weight
                found += word.weight * share
        return found / total if total else 1.0


def _most(word: Word, places: Iterable[tuple[Set[str], float]]) -> float:
    return max(word.share(found) * counts for found, counts in places)


def _without(text: str, dropped: Set[str]) -> str:
    return " ".join(word.written for word in words(text) if dropped.isdisjoint(word.terms))


@lru_cache(8192)
def known(text: str) -> frozenset[str]:
    """The different terms of a text. Frames repeat most of their lines."""
    return frozenset(terms(text))
