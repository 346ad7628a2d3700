"""Trains CLIP-micro: `python -m models.micro.clip.train`, about half an hour on two cores.

Screens are drawn once, then seen a few times; what is said about them is made up anew each time.
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
RATE = 2e-3
WARM_UP = 60  # steps
FADE = 0.3  # share of the steps, the last ones, over which the rate falls to nothing
HIGHEST_SCALE = 4.6  # e to this is 100, where CLIP holds it too
SHIFT = 2  # pixels that a screen may be off its place
TELLING = 0.3  # weight of telling facts beside the contrastive loss
UNHEARD = 0.04  # share of the tokens made unknown, so that strange words do not matter
MEAN = torch.tensor((0.48145466, 0.4578275, 0.40821073)) * 255  # open_clip's, for its preprocessing
DEVIATION = torch.tensor((0.26862954, 0.26130258, 0.27577711)) * 255


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

    def __init__(self, tokens: int, truth: Truth) -> None:
        super().__init__()
        self.clip = checkpoint.fresh(tokens)
        self.facts = nn.Linear(checkpoint.configuration()["embed_dim"], len(truth))
        self.alike = truth.alike()

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor]:
        """The loss, and recall@1 of the captions among the screens of the batch."""
        pictures = self.clip.encode_image(batch.pixels, normalize=True)
        texts = self.clip.encode_text(batch.tokens, normalize=True)
        true = (batch.mentioned @ (1.0 - batch.shown).T) == 0.0
        logits = self.clip.logit_scale.exp() * texts @ pictures.T  # (captions, screens)
        told = self._telling(pictures, batch.shown) + self._telling(texts, batch.mentioned)
        right = true[torch.arange(len(texts)), logits.argmax(1)].float().mean()
        return contrast(logits, true) + TELLING * told, right

    def _telling(self, vectors: Tensor, facts: Tensor) -> Tensor:
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
    """Writes the means of every 50 steps as a line of JSON."""

    def __init__(self, file: Path) -> None:
        self._file, self._began = file, time.monotonic()
        self._steps = 0
        self._losses: list[float] = []
        self._rights: list[float] = []
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


def train(known: Sequence[Screen], vocabulary: Vocabulary, steps: int, folder: Path) -> None:
    """Train for `steps` batches; checkpoint and training.jsonl go to `folder`."""
    torch.manual_seed(SEED)
    truth = Truth(known)
    learner = Learner(len(vocabulary), truth)
    optimizer = torch.optim.AdamW(learner.parameters(), RATE, (0.9, 0.98), weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step, steps))
    log = Log(folder / "training.jsonl")
    endless = batches(known, truth, vocabulary, SEED)
    for step, batch in zip(range(1, steps + 1), endless, strict=False):
        loss, right = learner(batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learner.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        learner.clip.logit_scale.data.clamp_(0.0, HIGHEST_SCALE)
        log.add(loss.item(), right.item())
        if step % 500 == 0 or step == steps:
            checkpoint.save(learner.clip, vocabulary, folder / checkpoint.CHECKPOINT.name)


def main() -> None:
    """Draw the screens, train, and evaluate on screens and sentences never seen."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--screens", type=int, default=12_000)
    parser.add_argument("--folder", type=Path, default=checkpoint.HERE, help="where to write")
    options = parser.parse_args()
    began = time.monotonic()
    first = SEED * evaluate.SEEDS_APART
    known = screens.renders(range(first, first + options.screens))
    chance = random.Random(SEED)
    vocabulary = Vocabulary(caption(screen, chance).text for screen in known)
    print(f"{len(known)} screens, {len(vocabulary)} tokens", flush=True)
    train(known, vocabulary, options.steps, options.folder)
    minutes = round((time.monotonic() - began) / 60, 1)
    trained = {"steps": options.steps, "screens": options.screens, "seed": SEED, "minutes": minutes}
    evaluate.write(options.folder, trained)


if __name__ == "__main__":
    main()
