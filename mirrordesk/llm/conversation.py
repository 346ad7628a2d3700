"""A talk of several questions: what "it" and "that" mean, and what of it the model is told.

What is kept of a talk has a fixed bound, so that its tenth question costs what its second did: the
last few questions with the claims that were cited for them, and the evidence that still stands in
the model's cells. No model sums anything up.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile

from mirrordesk import clock
from mirrordesk.dates import when as dates
from mirrordesk.llm.choice import Chosen
from mirrordesk.llm.prompt import Earlier
from mirrordesk.llm.support import names
from mirrordesk.records import Answer, Claim
from mirrordesk.terms import STOP_WORDS, content_terms, words

TURNS = 4  # that are remembered
LONGEST_TURN = 400  # characters of a question, and of what was answered to it
TOPIC_WORDS = 8  # of an earlier question and its answer, that a question may stand for
CLAIMS_NAMED = 2  # of an answer, whose names belong to its topic
TALKS = 16  # that a desk keeps

_POINTING = frozenset(
    "it its that this these those they them their he him his she her there then same one".split()  # noqa: SIM905
)
_OPENING = re.compile(r"(?:(?:and|but|so|or|also|ok|okay|what about|how about)\b[\s,]*)+", re.I)
_ASKING = re.compile(
    r"(?:who|whom|whose|what|when|where|why|which|how|did|does|do|is|was|were)\b", re.I
)
_FEW = 2  # content terms: with more, a question with "that" in it says itself what it is about
_END = " ?!.:"


@dataclass(frozen=True, slots=True)
class Turn:
    """A question as it was asked and as it was understood, and the claims that answered it."""

    asked: str
    understood: str
    claims: tuple[Claim, ...]

    @property
    def topic(self) -> list[str]:
        """The words of the question, and the names in its answer, that say what it was about. Times
        in the answer are no names: they may be what is asked for next."""
        said = [word.written for word in words(self.understood) if not word.stop]
        found = (name for claim in self.claims[:CLAIMS_NAMED] for name in names(claim.text))
        named = [name for name in found if not _is_time(name)]
        once = {word.lower(): word for word in reversed([*said, *named])}
        return list(reversed(once.values()))[:TOPIC_WORDS]


@dataclass(frozen=True, slots=True)
class Conversation:
    """The last turns, and the evidence that was shown to the model under its present ids."""

    turns: tuple[Turn, ...] = ()
    shown: tuple[Chosen, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """The moments that anything of it rests on."""
        cited = (source for turn in self.turns for claim in turn.claims for source in claim.sources)
        return frozenset(cited).union(item.moment.id for item in self.shown)

    def understood(self, question: str) -> str:
        """The question as one that stands alone: with the words of the last turn where it needs
        them ("and when was that?", "what about Aurora?")."""
        if not self.turns or not _leans(question):
            return question
        last, rest = self.turns[-1], _OPENING.sub("", question.strip(), count=1).strip(_END)
        if _is_time(rest):
            return f"{last.understood.strip(_END)} {rest}?"
        if not _ASKING.match(rest) and content_terms(rest):
            return _in_place(rest, last.understood)
        return f"{rest or question.strip(_END)}: {' '.join(last.topic)}?"

    def earlier(self) -> tuple[Earlier, ...]:
        """What was asked and answered before, shortened."""
        return tuple(
            Earlier(
                turn.asked[:LONGEST_TURN],
                " ".join(claim.text for claim in turn.claims)[:LONGEST_TURN] or "unknown",
            )
            for turn in self.turns
        )

    def after(self, question: str, answer: Answer, shown: Sequence[Chosen]) -> Conversation:
        """The talk with one more question."""
        turn = Turn(question, self.understood(question), answer.claims)
        return Conversation((*self.turns, turn)[-TURNS:], tuple(shown))

    def without(self, gone: Collection[str]) -> Conversation:
        """The talk without what rests on these moments. Their evidence leaves no hole: all goes."""
        if self.sources.isdisjoint(gone):
            return self
        kept = (
            replace(turn, claims=())
            if any(not set(claim.sources).isdisjoint(gone) for claim in turn.claims)
            else turn
            for turn in self.turns
        )
        return Conversation(tuple(kept))


class Talks:
    """The talks of a desk by their ids, those that were longest silent let go. For any thread."""

    def __init__(self) -> None:
        self._talks: OrderedDict[str, Conversation] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: str | None) -> Conversation:
        """The talk of that id; a new one where there is none."""
        with self._lock:
            return self._talks.get(name, Conversation()) if name else Conversation()

    def put(self, name: str | None, talk: Conversation) -> None:
        """Remember a talk; one without an id is not remembered."""
        if not name:
            return
        with self._lock:
            self._talks[name] = talk
            self._talks.move_to_end(name)
            while len(self._talks) > TALKS:
                self._talks.popitem(last=False)

    def clear(self) -> None:
        """Forget all of them."""
        with self._lock:
            self._talks.clear()


def _leans(question: str) -> bool:
    """Whether a question says only together with the one before it what it asks for."""
    if _OPENING.match(question.strip()):
        return True
    content = content_terms(question)
    if not content:
        return True
    points = any(word.written.lower() in _POINTING for word in words(question))
    return points and len(content) <= _FEW and not names(question)


def _in_place(new: str, earlier: str) -> str:
    """The earlier question about something else: `new` stands where its first name stood."""
    subject = " ".join(new.split()[len(list(takewhile(_is_stop, new.split()))) :]) or new
    named = names(earlier)
    if not named:
        return f"{earlier.strip(_END)} {subject}?"
    run = re.search(r"\s+".join(map(re.escape, named)), earlier) or re.search(
        re.escape(named[0]), earlier
    )
    assert run is not None  # it was found there
    return earlier[: run.start()] + subject + earlier[run.end() :]


def _is_time(text: str) -> bool:
    """Whether all it says is when."""
    when = dates.parse(text, clock.now_ns())
    return when is not None and not content_terms(when.rest)


def _is_stop(word: str) -> bool:
    return word.lower() in STOP_WORDS
