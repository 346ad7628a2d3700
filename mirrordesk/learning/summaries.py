"""A title and a summary of an episode, without a model: its most central sentences, verbatim.

Centrality as in LexRank (Erkan and Radev 2004, arXiv 1109.2128): sentences that share rare terms
with many others, found by power iteration over their cosine similarities.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mirrordesk.learning.sentences import is_prose, sentences
from mirrordesk.records import Episode, Moment, Vector
from mirrordesk.terms import letters, words

SENTENCES = 3  # of a summary
PHRASES = 5
MOST = 200  # sentences that are compared; of more, evenly spread ones
SAME_LINES = 0.8  # of the terms of two sentences, as Jaccard: one repeats the other
SAME_MEANING = 0.9  # cosine of the text vectors of two moments
_STAY = 0.85  # of the walk; the rest begins anew anywhere
_ROUNDS = 50
_SHORTEST_TITLE = 3  # letters

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence, and its different terms that are no stop words."""

    text: str
    terms: frozenset[str]


def summarised(
    episode: Episode, moments: Sequence[Moment], vectors: Mapping[str, Vector] | None = None
) -> Episode:
    """The episode with a title and a summary of what its moments hold.

    `vectors` are the text vectors there are, by moment, all of one model: a moment that means what
    an earlier one does is passed over.
    """
    lines = _lines(different(moments, vectors or {}))
    best = _most_central(lines)
    phrases = key_phrases(moments)
    title = episode.title if len(letters(episode.title)) >= _SHORTEST_TITLE else ", ".join(phrases)
    parts = [", ".join(phrases), *(line.text for line in best)]
    return replace(episode, title=title, summary="\n".join(part for part in parts if part))


def different(moments: Sequence[Moment], vectors: Mapping[str, Vector]) -> list[Moment]:
    """Moments without those that read, or mean, the same as one before them."""
    kept: list[Moment] = []
    read: set[str] = set()
    meant: list[Floats] = []
    for moment in moments:
        vector = vectors.get(moment.id)
        numbers = np.array(vector.numbers) if vector else None
        repeats = letters(moment.text) in read or (
            numbers is not None and bool(meant) and float(np.max(meant @ numbers)) >= SAME_MEANING
        )
        if not repeats:
            kept.append(moment)
            read.add(letters(moment.text))
            meant += [] if numbers is None else [numbers]
    return kept


def key_phrases(moments: Iterable[Moment]) -> list[str]:
    """The words that stand in many sentences, most first, as they were written first."""
    seen = {line.text: line for line in _lines(moments)}
    count = Counter(term for line in seen.values() for term in line.terms)
    written: dict[str, str] = {}
    for line in seen.values():
        for word in words(line.text):
            if not word.stop and word.terms and not any(map(str.isdigit, word.written)):
                written.setdefault(word.terms[0], word.written)
    often = [term for term, number in count.most_common() if term in written and number > 1]
    return [written[term] for term in often[:PHRASES]]


def _lines(moments: Iterable[Moment]) -> list[_Line]:
    """The different sentences of moments that are prose, in order, without near-duplicates."""
    found: dict[str, _Line] = {}
    for moment in moments:
        for sentence in sentences(moment.text):
            if is_prose(sentence.text) and (key := letters(sentence.text)) not in found:
                content = {w.terms[0] for w in words(sentence.text) if w.terms and not w.stop}
                found[key] = _Line(sentence.text, frozenset(content))
    spread = _spread(list(found.values()))
    kept: list[_Line] = []
    for line in spread:
        if line.terms and not any(_repeats(line, other) for other in kept):
            kept.append(line)
    return kept


def _spread(lines: Sequence[_Line]) -> list[_Line]:
    if len(lines) <= MOST:
        return list(lines)
    return [lines[int(place)] for place in np.linspace(0, len(lines) - 1, MOST)]


def _repeats(line: _Line, other: _Line) -> bool:
    shared = len(line.terms & other.terms)
    return shared >= SAME_LINES * len(line.terms | other.terms)


def _most_central(lines: Sequence[_Line]) -> list[_Line]:
    """The few sentences that say most of what all say, in their own order."""
    if not lines:
        return []
    ranks = _ranks(_similarity(lines))
    best = sorted(range(len(lines)), key=lambda n: (-ranks[n], n))[:SENTENCES]
    return [lines[n] for n in sorted(best)]


def _similarity(lines: Sequence[_Line]) -> Floats:
    """Cosine similarities of the sentences by rarity of their terms, shape (n, n)."""
    holding = Counter(term for line in lines for term in line.terms)
    place = {term: n for n, term in enumerate(sorted(holding))}
    rows = np.zeros((len(lines), len(place)))
    for n, line in enumerate(lines):
        for term in line.terms:
            rows[n, place[term]] = math.log(1 + len(lines) / holding[term])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity: Floats = rows @ rows.T
    np.fill_diagonal(similarity, 0.0)
    return similarity


def _ranks(similarity: Floats) -> Floats:
    """How often a walk from sentence to similar sentence comes by each, shape (n,)."""
    count = len(similarity)
    sums = similarity.sum(axis=1, keepdims=True)
    steps = np.divide(similarity, sums, out=np.full_like(similarity, 1 / count), where=sums > 0)
    ranks: Floats = np.full(count, 1 / count)
    for _ in range(_ROUNDS):
        ranks = (1 - _STAY) / count + _STAY * (ranks @ steps)
    return ranks
