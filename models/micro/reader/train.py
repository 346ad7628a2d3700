"""Trains Reader-micro: `python -m models.micro.reader.train`, about 90 minutes on two cores.

Left alone, so small a model would take hours to find out that it should look things up. So some of
its attention heads are told where to look (guided attention, Liu et al. 2016): a loss beside that
of the answer asks each to attend to the place it is for. The evidence grows from two lines to 2,200
tokens as training goes on.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from models.micro.reader import bpe, gguf_file
from models.micro.reader.memories import memory
from models.micro.reader.model import Attention, Model, Shape
from models.micro.reader.muon import Muon
from models.micro.reader.packing import Batch, Guide, Packer, Row, collate

if TYPE_CHECKING:
    from tokenizers import Tokenizer

HERE = Path(__file__).parent
FILE = HERE / "reader-micro.gguf"
SEED = 30
# Rates at their highest: of the matrices (Muon), of the norms and of the embedding (AdamW)
RATES = (6e-3, 2e-3, 2e-2)
WARM_UP = 20  # steps
COOL_DOWN = 0.45  # share of the steps of a phase in which the rates fall to almost nothing
LONGEST = 2240  # tokens of a memory
# Layer and heads that follow each guide
HEADS = {
    Guide.BEFORE: (0, (0,)),
    Guide.EARLIER: (0, (2,)),
    Guide.LINE: (1, (0,)),
    Guide.OPENING: (1, (1,)),
    Guide.SENTENCE: (2, (1, 3)),
    Guide.SAME: (2, (0, 2)),
    Guide.GATHERED: (3, (0, 2)),
    Guide.MATCHED: (4, (1, 3)),
    Guide.KEPT: (4, (1, 3)),
    Guide.COPIED: (5, (0, 2)),
    Guide.CITED: (5, (1, 3)),
}
OF_MEMORIES = (Guide.BEFORE, Guide.EARLIER, Guide.LINE, Guide.OPENING, Guide.SENTENCE)
DECIDING = 5.0  # weight of the tokens that say whether there is an answer, and in which line


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the training: how many lines of evidence, and how much of it in one step."""

    steps: int
    lines: tuple[int, int]
    questions: int
    tokens: int  # of a step, about
    brief: float = 0.6  # share of the questions that end with the first token of their answer
    highest: int = 0  # to have every number cited in short memories too, theirs begin anywhere


@dataclass(frozen=True, slots=True)
class Phase:
    """Stages in which the rates rise once, to a share of `RATES`, and fall again."""

    stages: tuple[Stage, ...]
    rate: float = 1.0

    @property
    def steps(self) -> int:
        return sum(stage.steps for stage in self.stages)

    def share(self, step: int) -> float:
        """The share of the rates at a step of this phase."""
        falling = (1 - step / self.steps) / COOL_DOWN
        return self.rate * min(1.0, (step + 1) / WARM_UP, max(0.02, falling))


# First to find the sentence, then to copy and cite it in long memories
PHASES = (
    Phase(
        (
            Stage(400, (2, 3), 16, 2400),
            Stage(350, (2, 6), 24, 3000),
            Stage(550, (2, 14), 28, 4000),
            Stage(900, (2, 44), 32, 5000),
        )
    ),
    Phase((Stage(1000, (6, 44), 32, 6000, brief=0.2, highest=44),), rate=0.6),
)


def tokenizer() -> Tokenizer:
    """The tokenizer for the text of a thousand memories."""
    chance, texts = random.Random(SEED), []
    for _ in range(1500):
        made = memory(chance, 6, 4)
        texts += [item.line() for item in made.evidence] + [one.question for one in made.asked]
    return bpe.train(texts)


def batches(packer: Packer, phases: tuple[Phase, ...], first: int) -> Iterator[Batch]:
    """The batch of each step from `first` on; the same whenever training is resumed."""
    steps = [stage for phase in phases for stage in phase.stages for _ in range(stage.steps)]
    for step, stage in enumerate(steps):
        if step >= first:
            yield collate(_rows(packer, stage, random.Random(f"{SEED}/{step}")))


def _rows(packer: Packer, stage: Stage, chance: random.Random) -> list[Row]:
    """Rows of about one length, as many as the stage wants tokens."""
    lines, fullest = chance.randint(*stage.lines), chance.choice((1, 2, 4, 7))
    first = chance.randint(1, max(1, stage.highest - lines + 1)) if stage.highest else 1
    rows: list[Row] = []
    while not rows or (len(rows) + 1) * len(rows[0].tokens) <= stage.tokens:
        made = memory(chance, lines, stage.questions, fullest=fullest, first=first)
        row = packer.row(made, chance, stage.brief)
        if row.memory <= LONGEST:
            rows.append(row)
        else:
            lines -= 2
    return rows


class Trainer:
    """A model in training, which can be put aside and resumed."""

    def __init__(self, words: Tokenizer, phases: tuple[Phase, ...] = PHASES) -> None:
        torch.manual_seed(SEED)
        self.words, self.phases, self.step = words, phases, 0
        # what stands before the tokens that decide
        self._deciding = torch.tensor(
            [words.token_to_id(bpe.SPECIAL[-1]), *words.encode(" [E").ids[-1:]]
        )
        self.model = Model(Shape(words.get_vocab_size()))
        inner = list(self.model.blocks.parameters())
        matrices = [weight for weight in inner if weight.dim() == 2]
        norms = [weight for weight in self.model.parameters() if weight.dim() == 1]
        embedding = [self.model.embedding.weight]
        others: list[dict[str, Any]] = [{"params": norms}, {"params": embedding}]
        self._optimizers = (
            Muon(matrices, RATES[0]),
            torch.optim.AdamW(others, RATES[1], (0.9, 0.98), weight_decay=0.0),
        )

    def save(self, path: Path) -> None:
        """Put everything aside."""
        optimizers = [one.state_dict() for one in self._optimizers]
        state = {"model": self.model.state_dict(), "optimizers": optimizers, "step": self.step}
        torch.save(state | {"words": self.words.to_str()}, path)

    def resume(self, path: Path) -> None:
        """Go on from what `save` wrote."""
        state = torch.load(path)
        if state["words"] != self.words.to_str():
            raise ValueError(f"{path} was trained with another tokenizer.")
        self.model.load_state_dict(state["model"])
        for one, saved in zip(self._optimizers, state["optimizers"], strict=True):
            one.load_state_dict(saved)
        self.step = state["step"]

    def run(self) -> Iterator[dict[str, float]]:
        """Train to the end, yielding the figures of each step."""
        began = time.monotonic()
        for batch in batches(Packer(self.words), self.phases, self.step):
            self._set_rates()
            total, figures = self._loss(batch)
            for one in self._optimizers:
                one.zero_grad()
            total.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
            for one in self._optimizers:
                one.step()
            self.step += 1
            yield figures | {"seconds": time.monotonic() - began}
            began = time.monotonic()

    def _set_rates(self) -> None:
        share = _share(self.phases, self.step)
        groups = [group for one in self._optimizers for group in one.param_groups]
        for group, rate in zip(groups, RATES, strict=True):
            group["lr"] = rate * share

    def _loss(self, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        hidden = self.model(batch.tokens, batch.positions, batch.mask)
        at, wanted = batch.learned
        guesses = self.model.logits(_picked(hidden, at - batch.memory))
        right = (guesses.argmax(-1) == wanted)[wanted >= 0]
        answer = functional.cross_entropy(guesses.mT, wanted, reduction="none")
        decides = torch.isin(batch.tokens.gather(1, at), self._deciding) & (wanted >= 0)
        weight = 1 + (DECIDING - 1) * decides
        total = (answer * weight).sum() / (weight * (wanted >= 0)).sum()
        figures = {"loss": total.item(), "token_accuracy": right.float().mean().item()}
        for guide, (layer, heads) in HEADS.items():
            to = batch.guides[guide][1].flatten()
            scores = _attention(self.model.block(layer).attn, heads, batch, guide)
            links = (to >= 0).sum().clamp(min=1)
            for one in scores:
                loss = functional.cross_entropy(one, to, reduction="sum")
                total = total + loss / links / len(heads)
            right = (scores[0].argmax(-1) == to)[to >= 0]
            figures[guide.name.lower()] = (right.sum() / links).item()
        return total, figures


def _share(phases: tuple[Phase, ...], step: int) -> float:
    """The share of the rates at a step of the whole training."""
    now, *later = phases
    return _share(tuple(later), step - now.steps) if step >= now.steps else now.share(step)


def _attention(layer: Attention, heads: Sequence[int], batch: Batch, guide: Guide) -> Tensor:
    """(heads, all links, length): how much they would look where, before their softmax."""
    assert layer.asked is not None
    assert layer.known is not None
    at, _to = batch.guides[guide]
    first = layer.known.shape[2] - layer.asked.shape[2]  # the last layer leaves out memories
    keys = [head * layer.shape.kv_heads // layer.shape.heads for head in heads]
    asked = _picked(layer.asked[:, heads].transpose(1, 2), at - first).transpose(1, 2)
    scores = asked @ layer.known[:, keys].mT / layer.shape.head**0.5
    if guide in OF_MEMORIES:
        later = torch.arange(scores.shape[-1]) > at[..., None]
        hidden = torch.zeros(later.shape).masked_fill_(later, -torch.inf)
    else:
        hidden = _picked(batch.mask[:, 0], at - batch.memory)
    return (scores + hidden[:, None]).transpose(0, 1).flatten(1, 2)


def _picked(x: Tensor, at: Tensor) -> Tensor:
    """(rows, length, …) at (rows, some) places: (rows, some, …)."""
    flat = at + x.shape[1] * torch.arange(len(x))[:, None]
    return x.flatten(0, 1).index_select(0, flat.flatten()).unflatten(0, at.shape)


def main() -> None:
    """Train, write the files, and measure them."""
    options = _options()
    # Heads that look at one place leave gradients too small to matter; computing with numbers so
    # small made the backward pass three times as slow
    torch.set_flush_denormal(True)
    torch.set_num_threads(options.threads)
    trainer = Trainer(tokenizer())
    if options.resume:
        trainer.resume(options.state)
    recent: list[dict[str, float]] = []
    with (HERE / "training.jsonl").open("a" if options.resume else "w") as log:
        for figures in trainer.run():
            recent.append(figures)
            if trainer.step % 20 == 0:
                row = {key: sum(one[key] for one in recent) / len(recent) for key in figures}
                row = {"step": trainer.step, **{key: round(n, 4) for key, n in row.items()}}
                print(json.dumps(row), file=log, flush=True)
                recent.clear()
            if trainer.step % 25 == 0:
                trainer.save(options.state)
    finish(trainer)


def finish(trainer: Trainer) -> None:
    """Write the model in its three precisions and measure each."""
    from models.micro.reader import evaluate

    gguf_file.write(trainer.model, trainer.words, FILE)
    for kind in gguf_file.QUANTISED:
        gguf_file.quantise(FILE, kind)
    figures = evaluate.all_files() | {"phases": [asdict(phase) for phase in trainer.phases]}
    (HERE / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--resume", action="store_true", help="go on from --state")
    parser.add_argument("--state", type=Path, default=HERE / "training.pt")
    return parser.parse_args()


if __name__ == "__main__":
    main()
