"""Trains CLIP-micro: `python -m models.micro.clip.train`, about three quarters of an hour.

Screens are drawn, then seen a few times; what is said about them is made up anew each time. Two
rounds, each with screens of its own: the first also tells facts, the second goes on without.
Since it is known which captions are true of which screens, no screen counts as wrong for a caption
that fits it too. Every other batch holds a few kinds of screens only, which are hard to tell apart.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from models.micro.clip import checkpoint, evaluate, screens
from models.micro.clip.captions import Caption, caption
from models.micro.clip.checkpoint import UNKNOWN, Vocabulary
from models.micro.clip.screens import Screen

SEED = 30
BATCH = 64  # screens
CAPTIONS = 1  # for each screen of a batch
FEW_KINDS = 4
WARM_UP = 60  # steps
FADE = 0.3  # share of the steps, the last ones, over which the rate falls to nothing
HIGHEST_SCALE = 4.6  # e to this is 100, where CLIP holds it too
SHIFT = 2  # pixels that a screen may be off its place
UNHEARD = 0.04  # share of the tokens made unknown, so that strange words do not matter
MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)) * 255  # open_clip's, for its preprocessing
DEVIATION = torch.tensor((0.26862954, 0.26130258, 0.27577711)) * 255


@dataclass(frozen=True, slots=True)
class Round:
    """A part of the training."""

    steps: int
    rate: float  # at its highest
    telling: float  # weight of telling facts beside the contrastive loss


class Truth:
    """Which facts screens show, and which facts captions mention."""

    def __init__(self, known: Sequence[Screen]) -> None:
        facts = sorted({fact for screen in known for fact in screen.facts})
        self._column = {fact: column for column, fact in enumerate(facts)}
        self._shown = torch.stack([self._row(screen.facts) for screen in known])

    def __len__(self) -> int:
        return len(self._column)

    def _row(self, facts: frozenset[tuple[str, str]]) -> Tensor:
        row = torch.zeros(len(self._column))
        row[[self._column[fact] for fact in facts]] = 1.0
        return row

    def alike(self) -> Tensor:
        """(facts, facts): 1 where both are values of one attribute, like two colours of a bar."""
        names = [attribute for attribute, _ in self._column]
        return torch.tensor([[float(one == other) for one in names] for other in names])

    def shown(self, picked: Sequence[int]) -> Tensor:
        """(screens picked, facts): 1 where the screen shows the fact."""
        return self._shown[list(picked)]

    def mentioned(self, captions: Sequence[Caption]) -> Tensor:
        """(captions, facts): 1 where the caption mentions the fact."""
        return torch.stack([self._row(said.mentions) for said in captions])


@dataclass(frozen=True, slots=True)
class Batch:
    """Screens (n, 3, side, side), captions (n * CAPTIONS, context), and the facts of both."""

    pixels: Tensor
    tokens: Tensor
    shown: Tensor  # (n, facts)
    mentioned: Tensor  # (n * CAPTIONS, facts)


def picks(known: Sequence[Screen], chance: random.Random) -> Iterator[list[int]]:
    """Endless batches of screen numbers: of any kind, and of a few kinds, in turns."""
    by_kind: dict[str, list[int]] = {}
    for index, screen in enumerate(known):
        by_kind.setdefault(screen.kind, []).append(index)
    while True:
        yield chance.sample(range(len(known)), min(BATCH, len(known)))
        kinds = chance.sample(sorted(by_kind), min(FEW_KINDS, len(by_kind)))
        among = [index for kind in kinds for index in by_kind[kind]]
        yield chance.sample(among, min(BATCH, len(among)))


def prepared(pixels: Sequence[screens.Pixels], chance: np.random.Generator) -> Tensor:
    """Screens as the model wants them, each a little off its place, lighter or darker."""
    padded = np.pad(np.stack(pixels), ((0, 0), (SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), "edge")
    side = pixels[0].shape[0]
    moved = np.empty((len(pixels), side, side, 3), np.uint8)
    for row, whole in zip(moved, padded, strict=True):
        y, x = chance.integers(0, 2 * SHIFT + 1, 2)
        row[:] = whole[y : y + side, x : x + side]
    light = torch.from_numpy(chance.uniform(0.9, 1.1, (len(pixels), 1, 1, 1)).astype(np.float32))
    colours = (torch.from_numpy(moved).float() * light).clamp_(0, 255)
    return ((colours - MEAN) / DEVIATION).permute(0, 3, 1, 2)  # (n, 3, side, side), channels last


def misheard(tokens: list[int], chance: random.Random) -> list[int]:
    """Some tokens unknown, and sometimes a few unknown ones more: whatever else people say."""
    tokens = [UNKNOWN if chance.random() < UNHEARD else token for token in tokens]
    if chance.random() < 0.25:
        at = chance.randint(0, len(tokens))
        tokens[at:at] = [UNKNOWN] * chance.randint(1, 5)
    return tokens


def batches(
    known: Sequence[Screen], truth: Truth, vocabulary: Vocabulary, seed: int
) -> Iterator[Batch]:
    """Endless batches with new captions each time."""
    chance, light = random.Random(seed), np.random.default_rng(seed)
    for picked in picks(known, chance):
        said = [caption(known[index], chance) for index in picked for _ in range(CAPTIONS)]
        tokens = [misheard(vocabulary.dense(each.text), chance) for each in said]
        pixels = prepared([known[index].pixels for index in picked], light)
        rows = vocabulary.padded(tokens)
        yield Batch(pixels, rows, truth.shown(picked), truth.mentioned(said))


class Learner(nn.Module):
    """The model, and beside it what only training needs: a vector for each fact.

    Telling the facts of a screen and of a caption by the same vectors puts both into one space
    long before the contrastive loss alone would.
    """

    def __init__(self, clip: Any, truth: Truth, telling: float) -> None:
        super().__init__()
        self.clip, self.telling = clip, telling
        self.facts = nn.Linear(checkpoint.configuration()["embed_dim"], len(truth))
        self.alike = truth.alike()

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss, and recall@1 of the captions among the screens of the batch."""
        pictures = self.clip.encode_image(batch.pixels, normalize=True)
        texts = self.clip.encode_text(batch.tokens, normalize=True)
        true = (batch.mentioned @ (1.0 - batch.shown).T) == 0.0
        logits = self.clip.logit_scale.exp() * texts @ pictures.T  # (captions, screens)
        right = true[torch.arange(len(texts)), logits.argmax(1)].float().mean()
        loss = contrast(logits, true)
        if self.telling:
            told = self._told(pictures, batch.shown) + self._told(texts, batch.mentioned)
            loss = loss + self.telling * told
        return loss, right

    def _told(self, vectors: Tensor, facts: Tensor) -> Tensor:
        """How badly each fact can be told from the others of its attribute, summed over a row."""
        logits = self.facts(vectors * vectors.shape[1] ** 0.5)
        # the highest of a row is taken out and put back, so that no exponential overflows
        highest = logits.amax(1, keepdim=True).detach()
        sums = (logits - highest).exp() @ self.alike + 1e-9
        return (facts * (highest + sums.log() - logits)).sum() / len(facts)


def contrast(logits: Tensor, true: Tensor) -> Tensor:
    """The contrastive loss both ways (Radford et al. 2021); logits and truth (captions, screens).

    Pairs that are true by accident count neither as right nor as wrong.
    """
    captions = torch.arange(len(logits))
    own = captions // (len(logits) // logits.shape[1])  # the screen that a caption was made for
    accident = true.clone()
    accident[captions, own] = False
    found = functional.cross_entropy(logits.masked_fill(accident, -1e4), own)
    # each caption among all captions: other true ones of its screen are not wrong either
    also = true.T[own]
    also[captions, captions] = False
    told = functional.cross_entropy(logits.T[own].masked_fill(also, -1e4), captions)
    return (found + told) / 2


class Log:
    """Writes the means of every 50 steps as a line of JSON, behind what `steps` have written."""

    def __init__(self, file: Path, steps: int) -> None:
        self._file, self._began = file, time.monotonic()
        self._steps = steps
        self._losses: list[float] = []
        self._rights: list[float] = []
        if not steps:
            file.write_text("")

    def add(self, loss: float, right: float) -> None:
        self._steps += 1
        self._losses.append(loss)
        self._rights.append(right)
        if self._steps % 50:
            return
        row = {
            "step": self._steps,
            "loss": round(sum(self._losses) / 50, 4),
            "right": round(sum(self._rights) / 50, 4),
            "minutes": round((time.monotonic() - self._began) / 60, 1),
        }
        with self._file.open("a") as out:
            print(json.dumps(row), file=out)
        self._losses, self._rights = [], []


def rate(step: int, steps: int) -> float:
    """The share of the full learning rate at a step: a short rise, a plateau, a long fall."""
    return min(1.0, (step + 1) / WARM_UP, (steps - step) / (FADE * steps))


def train(
    clip: Any, known: Sequence[Screen], vocabulary: Vocabulary, part: Round, seed: int
) -> Iterator[tuple[float, float]]:
    """Improve `clip` for a round; yields the loss and the share found right of each step."""
    truth = Truth(known)
    learner = Learner(clip, truth, part.telling)
    optimizer = torch.optim.AdamW(learner.parameters(), part.rate, (0.9, 0.98), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, part.steps))
    endless = batches(known, truth, vocabulary, seed)
    for _step, batch in zip(range(part.steps), endless, strict=False):
        loss, right = learner(batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        clip.logit_scale.data.clamp_(0.0, HIGHEST_SCALE)
        yield loss.item(), right.item()


def drawn(number: int, screens_of_a_round: int) -> Sequence[Screen]:
    """The screens of a round, counted from 0."""
    first = SEED * evaluate.SEEDS_APART + number * screens_of_a_round
    return screens.renders(range(first, first + screens_of_a_round))


def main() -> None:
    """Draw the screens, train, and evaluate on screens and sentences never seen."""
    options = _options()
    first, second = options.steps
    rounds = (Round(first, 2e-3, 0.3), Round(second, 1e-3, 0.0))
    file, began = options.folder / checkpoint.CHECKPOINT.name, time.monotonic()
    torch.manual_seed(SEED)
    known, chance = drawn(0, options.screens), random.Random(SEED)
    vocabulary = Vocabulary(caption(screen, chance).text for screen in known)
    clip = checkpoint.fresh(len(vocabulary))
    if options.second:
        checkpoint.load(clip, vocabulary, file)
    log = Log(options.folder / "training.jsonl", first if options.second else 0)
    for number, part in enumerate(rounds):
        if number < options.second:
            continue
        known = drawn(number, options.screens) if number else known
        for loss, right in train(clip, known, vocabulary, part, SEED + number):
            log.add(loss, right)
        checkpoint.save(clip, vocabulary, file)
    trained = {"steps": first + second, "screens": len(rounds) * options.screens, "seed": SEED}
    minutes = round((time.monotonic() - began) / 60, 1)
    evaluate.write(options.folder, trained | {"minutes_of_this_run": minutes})


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--steps", type=int, nargs=2, default=(4000, 1500), help="of each round")
    parser.add_argument("--screens", type=int, default=12_000, help="of each round")
    parser.add_argument("--second", action="store_true", help="only the second, from the file here")
    parser.add_argument("--folder", type=Path, default=checkpoint.HERE, help="where to write")
    return parser.parse_args()


if __name__ == "__main__":
    main()
