"""What of an episode the model reads: each sentence once, evenly spread where there is too much."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from mirrordesk.knowledge import Source
from mirrordesk.learning.sentences import Sentence, sentences
from mirrordesk.llm.prompt import Evidence
from mirrordesk.records import Kind, Moment
from mirrordesk.terms import letters

LONGEST = 1200  # characters of one moment
MOST = 256  # moments that are considered
_LEAST_LETTERS = 4  # of a sentence
_MICROPHONE = "microphone"

Count = Callable[[Sequence[str]], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a moment was shown under an id, sentence by sentence."""

    evidence: Evidence
    moment: Moment
    sentences: tuple[Sentence, ...]

    @property
    def is_own(self) -> bool:
        """Whether the person at the computer said or wrote it, as far as that can be known."""
        spoken = self.moment.kind is Kind.SPEECH and self.moment.source == _MICROPHONE
        return spoken or self.moment.kind is Kind.NOTE

    def source(self, sentence: Sentence | None = None) -> Source:
        """The moment as what bears a note out, with the sentence that does."""
        moment = self.moment
        quote = sentence.verbatim(moment.text) if sentence else ""
        return Source(moment.id, moment.start_ns, moment.end_ns, quote)


def material(moments: Sequence[Moment], budget: int, count: Count) -> list[Shown]:
    """What to read of moments in order, in at most `budget` tokens as `count` counts them."""
    fresh = _fresh(moments)
    pieces = [fresh[n * len(fresh) // MOST] for n in range(MOST)] if len(fresh) > MOST else fresh
    costs = count([f"{piece.evidence.line()}\n" for piece in pieces]) if pieces else ()
    share = min(1.0, budget / max(1, sum(costs)))
    kept: list[Shown] = []
    spent = passed = 0
    for piece, cost in zip(pieces, costs, strict=True):
        passed += cost
        if spent + cost <= passed * share:
            spent += cost
            kept.append(piece)
    return [
        replace(piece, evidence=replace(piece.evidence, id=f"E{number}"))
        for number, piece in enumerate(kept, start=1)
    ]


def _fresh(moments: Sequence[Moment]) -> list[Shown]:
    """Moments with those of their sentences that no earlier one showed."""
    seen: set[str] = set()
    found: list[Shown] = []
    for moment in moments:
        kept, size = [], 0
        for sentence in sentences(moment.text):
            key = letters(sentence.text)
            size += len(sentence.text) + 1
            if len(key) >= _LEAST_LETTERS and key not in seen and size <= LONGEST:
                seen.add(key)
                kept.append(sentence)
        if kept:
            found.append(_shown(moment, kept))
    return found


def _shown(moment: Moment, kept: Sequence[Sentence]) -> Shown:
    """Under an id as long as any it may get, so that counting its tokens errs upwards."""
    text = "\n".join(sentence.text for sentence in kept)
    evidence = Evidence(f"E{MOST}", moment.start_ns, moment.zone, moment.app, moment.title, text)
    return Shown(evidence, moment, tuple(kept))
