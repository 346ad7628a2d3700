"""The answer without a language model: the lines that answer, quoted, each with its evidence.

Every passage that shares a word with the question is weighed: how much of the question it covers,
whether the kind of thing asked for is in it, what it means (where there is a text encoder) and how
recall ranked its moment. What stands in many frames is said once, citing the most recent: that is
the state of affairs last seen. Recorded text is only ever quoted; nothing in it is obeyed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mirrordesk import clock
from mirrordesk.errors import WeightsError
from mirrordesk.llm.evidence import Passage, citation, passages
from mirrordesk.llm.question import Question, Rarity, understand
from mirrordesk.llm.relevance import Finding, Judge
from mirrordesk.records import Answer, Citation, Claim, Hit, Kind, State
from mirrordesk.terms import letters

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]  # n texts -> (n, d), unit length

_Seed = tuple[float, Judge, Passage]  # overlap with the question, and where

ENGINE = "extractive"
NOTHING = "I have no memory of that."

_WEIGHED = 48  # passages that are looked at with their surroundings
_SAME_TEXT = 3  # of them, those with the same text; what stands around it may differ
_COMPARED = 20  # of them, those whose meaning is compared; each takes the encoder about 30 ms
_UNWORDED = 8  # of those, kept for passages that share no word with the question
_SETTLED = 6  # of the compared ones, those that are compared a second time
_FEW_WORDS = 3  # a passage with fewer means too little to be compared
_ALSO = 0.85  # part of the best score from which on others are said too


def answer(
    question: str,
    hits: Sequence[Hit],
    embed: Embed | None,
    limit: int = 3,
    statistics: Rarity | None = None,
) -> Answer:
    """Quote at most `limit` passages that answer `question`; abstain where nothing supports one.

    `embed` compares meanings; without it, or where it raises WeightsError, words decide alone.
    `statistics` gives the rarity of a term in the whole memory.
    """
    asked = understand(question, statistics)
    if not asked.words:
        found = _seen_then(hits)
    else:
        found = _compared(asked, _finished(_once(_findings(asked, hits))), embed)
        found = [one for one in found if one.supported]
    chosen = _chosen(found, limit)
    return Answer(
        question=question,
        claims=tuple(Claim(one.text, (one.hit.moment.id,)) for one in chosen),
        citations=_citations(chosen),
        engine=ENGINE,
        abstained=not chosen,
        note=" ".join(filter(None, ("" if chosen else NOTHING, _unheard(hits)))),
    )


def _findings(question: Question, hits: Sequence[Hit]) -> list[Finding]:
    """What may answer, best first: passages with words of the question, and some of the best hits
    without any, which may still mean the same."""
    top = max((hit.score for hit in hits), default=0.0)
    worded: list[_Seed] = []
    unworded: list[tuple[Judge, Passage]] = []
    for hit in hits:
        pieces = passages(hit)
        judge = Judge(question, hit, pieces, hit.score / top if top > 0 else 0.0)
        for piece in pieces:
            if overlap := judge.overlap(piece):
                worded.append((overlap, judge, piece))
            elif len(unworded) < _UNWORDED and len(piece.text.split()) >= _FEW_WORDS:
                unworded.append((judge, piece))
    seeds = [(judge, piece) for _, judge, piece in _varied(worded)[:_WEIGHED]] + unworded
    found = [one for judge, piece in seeds if (one := judge.best(piece))]
    return sorted(found, key=lambda one: -one.score)


def _varied(seeds: list[_Seed]) -> list[_Seed]:
    """The seeds with most of the question first, and of those with one text only the most recent:
    a window that stood open all day must not crowd out the rest."""
    counts: Counter[str] = Counter()
    kept = []
    for seed in sorted(seeds, key=lambda seed: (seed[0], seed[2].start_ns), reverse=True):
        key = letters(seed[2].text)
        counts[key] += 1
        if counts[key] <= _SAME_TEXT:
            kept.append(seed)
    return kept


def _once(found: Iterable[Finding]) -> list[Finding]:
    """Each text once, in the most recent of the moments that hold it."""
    by_text: dict[str, Finding] = {}
    for one in found:
        key = letters(one.text)
        other = by_text.get(key)
        if other is None or one.hit.moment.start_ns > other.hit.moment.start_ns:
            by_text[key] = one
    return sorted(by_text.values(), key=lambda one: -one.score)


def _finished(found: Sequence[Finding]) -> list[Finding]:
    """Without what was still being typed: half a line may say something else than all of it."""
    lines = [[letters(part.text) for part in one.parts] for one in found]
    return [
        one
        for one, own in zip(found, lines, strict=True)
        if not any(
            _is_before(one, later) and _goes_on(own[-1], whole)
            for later, whole in zip(found, lines, strict=True)
        )
    ]


def _is_before(one: Finding, later: Finding) -> bool:
    """Whether the same program showed the one before the other."""
    before, after = one.hit.moment, later.hit.moment
    return before.app == after.app and before.start_ns < after.start_ns


def _goes_on(begun: str, lines: Sequence[str]) -> bool:
    """Whether one of the later lines holds more than what was begun, and none just that."""
    return bool(begun) and begun not in lines and any(line.startswith(begun) for line in lines)


def _compared(question: Question, found: list[Finding], embed: Embed | None) -> list[Finding]:
    """The findings ranked again by what they mean, unless their words settle it."""
    if embed is None or not found or found[0].conclusive:
        return found
    worded = [one for one in found if one.own]
    unworded = [one for one in found if not one.own][:_UNWORDED]
    near = worded[: _COMPARED - len(unworded)] + unworded
    try:
        vectors = np.asarray(embed([question.text, *(one.text for one in near)]), np.float32)
        cosines = vectors[1:] @ vectors[0]
        ranked = [replace(one, meaning=float(c)) for one, c in zip(near, cosines, strict=True)]
        ranked = _settled(question, ranked, embed)
    except WeightsError:  # words decide alone
        return found
    return sorted(ranked, key=lambda one: -one.score)


def _settled(question: Question, found: list[Finding], embed: Embed) -> list[Finding]:
    """The doubtful ones with what the unshared words of theirs and of the question mean."""
    doubtful = sorted((one for one in found if one.doubtful), key=lambda one: -one.score)
    rests = [one.rests(question) for one in doubtful[:_SETTLED]]
    if not rests:
        return found
    vectors = np.asarray(embed([text for pair in rests for text in pair]), np.float32)
    cosines = (vectors[::2] * vectors[1::2]).sum(axis=1)
    settled = {id(one): float(c) for one, c in zip(doubtful, cosines, strict=False)}
    return [replace(one, rest=settled.get(id(one), 0.0)) for one in found]


def _chosen(found: Sequence[Finding], limit: int) -> list[Finding]:
    """The best, and those about as good that say something else."""
    chosen: list[Finding] = []
    for one in found[: 4 * limit]:
        key = letters(one.text)
        said = (letters(other.text) for other in chosen)
        repeats = any(key in other or other in key for other in said)
        if not repeats and one.score >= _ALSO * found[0].score:
            chosen.append(one)
    return chosen[:limit]


def _citations(chosen: Iterable[Finding]) -> tuple[Citation, ...]:
    """One citation a moment, around all of its lines that are quoted."""
    parts: dict[str, tuple[Hit, list[Passage]]] = {}
    for one in chosen:
        _, known = parts.setdefault(one.hit.moment.id, (one.hit, []))
        known += [part for part in one.parts if part not in known]
    return tuple(citation(_whole(pieces), hit.moment) for hit, pieces in parts.values())


def _whole(pieces: Sequence[Passage]) -> Passage:
    ordered = sorted(pieces, key=lambda piece: piece.place)
    boxes = tuple(dict.fromkeys(box for piece in ordered for box in piece.boxes))
    return replace(ordered[0], text="\n".join(piece.text for piece in ordered), boxes=boxes)


def _seen_then(hits: Sequence[Hit]) -> list[Finding]:
    """For a question about nothing but a time: the windows of the moments in that time."""
    found: dict[str, Finding] = {}
    for hit in hits:
        moment = hit.moment
        if moment.title and hit.scores.get("time", 0.0) >= 1.0 and moment.title not in found:
            seen = Passage(moment.id, moment.title, (), moment.start_ns, moment.end_ns, 0)
            found[moment.title] = Finding(hit, (seen,))
    return list(found.values())


def _unheard(hits: Sequence[Hit]) -> str:
    """Which recordings among the hits nobody has transcribed yet."""
    waiting = [
        hit.moment
        for hit in hits
        if hit.moment.kind is Kind.SPEECH and hit.moment.speech is State.PENDING
    ]
    if not waiting:
        return ""
    first = min(waiting, key=lambda moment: moment.start_ns)
    local = clock.at(first.start_ns, first.zone)
    today = local.date() == clock.at(clock.now_ns(), first.zone).date()
    when = f"{local:%H:%M}" if today else f"{local:%H:%M} on {local:%Y-%m-%d}"
    if len(waiting) == 1:
        return f"1 recording from around {when} is not transcribed yet."
    return f"{len(waiting)} recordings from around {when} are not transcribed yet."
