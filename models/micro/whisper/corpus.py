"""Spoken sentences to learn from, and others to be judged by."""

from __future__ import annotations

import random
from collections.abc import Collection
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from models.micro import office
from models.micro.whisper import speech

SEED = 20
HELD_OUT = 300  # sentences that are never learnt from


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and the sound of it."""

    text: str
    samples: speech.Pcm


def held_out(count: int = HELD_OUT) -> list[Said]:
    """The first `count` of the sentences to be judged by, in voices that are never learnt from."""
    return _spoken(_sentences(HELD_OUT, SEED + 1, ())[:count], SEED + 1, speech.HELD_OUT_VARIANTS)


def known(count: int) -> list[Said]:
    """`count` sentences to learn from; none is among the held-out ones."""
    others = set(_sentences(HELD_OUT, SEED + 1, ()))
    return _spoken(_sentences(count, SEED, others), SEED, speech.VARIANTS)


def scraps(count: int, most: int) -> list[Said]:
    """`count` pieces of sentences, 1 to `most` words, in the voices to learn from."""
    chance = random.Random(SEED + most)
    texts = [_scrap(office.sentence(chance).split(), most, chance) for _ in range(count)]
    return _spoken(texts, SEED + most, speech.VARIANTS)


def _scrap(words: list[str], most: int, chance: random.Random) -> str:
    length = chance.randint(1, most)
    first = chance.randrange(max(len(words) - length, 0) + 1)
    return " ".join(words[first : first + length])


def _sentences(count: int, seed: int, without: Collection[str]) -> list[str]:
    chance = random.Random(seed)
    texts: list[str] = []
    while len(texts) < count:
        if (text := office.sentence(chance)) not in without:
            texts.append(text)
    return texts


def _spoken(texts: list[str], seed: int, variants: tuple[str, ...]) -> list[Said]:
    jobs = [(seed * 1_000_003 + index, text, variants) for index, text in enumerate(texts)]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_speak, jobs, chunksize=64))


def _speak(job: tuple[int, str, tuple[str, ...]]) -> Said:
    seed, text, variants = job
    return Said(text, speech.speak(text, speech.voice(random.Random(seed), variants)))
