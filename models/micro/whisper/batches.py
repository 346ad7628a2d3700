"""Training batches: recordings of like lengths, as spectrograms with their tokens and letters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from whisper.audio import HOP_LENGTH, N_FRAMES, log_mel_spectrogram

from models.micro.whisper import speech, words
from models.micro.whisper.corpus import Said
from models.micro.whisper.model import Vocabulary

BATCH = 32
POOLED = 8  # batches drawn at once and sorted by length, so that little padding is computed
SILENT_SHARE = 0.06  # of the examples carry no speech

Batch = dict[str, Tensor]  # mel, tokens, labels, spelled, lengths


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said (nothing, perhaps) and a recording of it."""

    text: str
    samples: speech.Samples


@dataclass(frozen=True, slots=True)
class Lesson:
    """What to learn from for so many batches."""

    steps: int
    data: Sequence[Said]
    clean: bool  # without rooms, noise and silence


def batches(lessons: Sequence[Lesson], vocabulary: Vocabulary, seed: int) -> Iterator[Batch]:
    """The batches of one lesson after the other."""
    chance = np.random.default_rng(seed)
    for lesson in lessons:
        alike = _alike(lesson, chance)
        for step in range(lesson.steps):
            picked = next(alike)
            longest = max(len(heard.samples) for heard in picked) // HOP_LENGTH
            frames = min(N_FRAMES, longest + int(chance.integers(8, 80)))
            if step % 25 == 24 and not lesson.clean:  # the window that is decoded at inference
                picked, frames = picked[:4], N_FRAMES
            yield _collate(picked, frames + frames % 2, vocabulary)


def _alike(lesson: Lesson, chance: np.random.Generator) -> Iterator[list[Heard]]:
    """Endless batches of recordings of like lengths."""
    while True:
        pool = [_example(lesson, chance) for _ in range(BATCH * POOLED)]
        pool.sort(key=lambda heard: len(heard.samples))
        for batch in chance.permutation(POOLED).tolist():
            yield pool[batch * BATCH : (batch + 1) * BATCH]


def _example(lesson: Lesson, chance: np.random.Generator) -> Heard:
    if not lesson.clean and chance.random() < SILENT_SHARE:
        return Heard("", speech.silence(chance))
    said = lesson.data[int(chance.integers(len(lesson.data)))]
    return Heard(said.text, speech.heard(said.samples, chance, clean=lesson.clean))


def _collate(picked: list[Heard], frames: int, vocabulary: Vocabulary) -> Batch:
    sound = torch.zeros(len(picked), frames * HOP_LENGTH)
    targets = [vocabulary.target(heard.text) for heard in picked]
    tokens = torch.zeros(len(picked), max(map(len, targets)), dtype=torch.long)
    labels = torch.full_like(tokens, -100)
    for row, (heard, target) in enumerate(zip(picked, targets, strict=True)):
        samples = heard.samples[: frames * HOP_LENGTH]
        sound[row, : len(samples)] = torch.from_numpy(samples)
        tokens[row, : len(target)] = torch.tensor(target)
        labels[row, : len(target) - 1] = torch.tensor(target[1:])
    spelled = [[words.LETTERS.index(c) + 1 for c in words.letters(heard.text)] for heard in picked]
    return {
        # one window at a time: Whisper clamps to 8 below the loudest of each window
        "mel": torch.stack([log_mel_spectrogram(row) for row in sound]),
        "tokens": tokens,
        "labels": labels,
        "spelled": torch.tensor([c for word in spelled for c in word], dtype=torch.long),
        "lengths": torch.tensor([len(word) for word in spelled]),
    }
