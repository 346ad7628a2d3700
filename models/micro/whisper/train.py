"""Trains Whisper-micro: `python -m models.micro.whisper.train`, about an hour on two cores.

Two things make so small a model learn alignment within the hour: a character-level CTC loss on the
encoder beside the usual cross-entropy (joint CTC-attention, Kim, Hori and Watanabe 2017), and short
windows (Whisper pads to 30 s; most batches here carry only what was said, a few the full window).
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from whisper.tokenizer import get_tokenizer

from mirrordesk.perception.whisper import Whisper
from models.micro.whisper import corpus, evaluate, speech
from models.micro.whisper.batches import batches
from models.micro.whisper.model import SEED, Model, Vocabulary, save

HERE = Path(__file__).parent
PEAK_RATE = 1.5e-3
WARM_UP = 200  # steps


def loss(model: Model, batch: dict[str, Tensor], ctc_share: float) -> tuple[Tensor, Tensor]:
    """Cross-entropy of the text and CTC of its letters, per token and per letter."""
    logits, letters = model(batch["mel"], batch["tokens"])
    text = functional.cross_entropy(
        logits.flatten(0, 1), batch["labels"].flatten(), label_smoothing=0.05
    )
    frames = torch.full((len(letters),), letters.shape[1])
    ctc = functional.ctc_loss(
        letters.transpose(0, 1), batch["spelled"], frames, batch["lengths"], zero_infinity=True
    )
    return text + ctc_share * ctc, text.detach()


class Log:
    """The mean text loss of every fifty steps, as JSON lines."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("w")
        self._began = time.monotonic()
        self._sum = 0.0

    def note(self, step: int, text_loss: float) -> None:
        """Take up the loss of one step."""
        self._sum += text_loss
        if step % 50 == 0:
            minutes = (time.monotonic() - self._began) / 60
            row = {"step": step, "text_loss": self._sum / 50, "minutes": minutes}
            print(json.dumps({k: round(v, 4) for k, v in row.items()}), file=self._out, flush=True)
            self._sum = 0.0


def train(data: list[corpus.Said], vocabulary: Vocabulary, steps: int, folder: Path) -> None:
    """Train for `steps` batches; the checkpoint and `training.jsonl` go to `folder`."""
    torch.manual_seed(SEED)
    model = Model(len(vocabulary.ids))
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, (0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda s: min(1.0, (s + 1) / WARM_UP) * (0.02 + 0.98 * max(0.0, 1.0 - s / steps)),
    )
    log = Log(folder / "training.jsonl")
    for step, batch in zip(range(1, steps + 1), batches(data, vocabulary, SEED), strict=False):
        total, text = loss(model, batch, ctc_share=0.5 if step < 0.7 * steps else 0.2)
        optimizer.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        model.hold_first_dimension()
        log.note(step, text.item())
        if step % 500 == 0 or step == steps:
            save(model, vocabulary, folder / evaluate.CHECKPOINT.name)


def main() -> None:
    """Make the data, train, judge on sentences and voices never heard, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--sentences", type=int, default=11_000)
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER")
    options = parser.parse_args()
    vocabulary = Vocabulary(get_tokenizer(multilingual=False))
    train(corpus.known(options.sentences), vocabulary, options.steps, options.into)
    checkpoint = options.into / evaluate.CHECKPOINT.name
    figures = {
        "wer": round(evaluate.generated(Whisper(checkpoint)), 4),
        "held_out_sentences": corpus.HELD_OUT,
        "held_out_voices": list(speech.HELD_OUT_VARIANTS),
        "sentences": options.sentences,
        "steps": options.steps,
        "bytes": checkpoint.stat().st_size,
    }
    (options.into / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
