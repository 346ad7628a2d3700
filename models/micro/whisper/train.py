"""Trains Whisper-micro: `python -m models.micro.whisper.train`, about an hour on two cores.

Three things make so small a model learn alignment within the hour: a character-level CTC loss on
the encoder beside the usual cross-entropy (joint CTC-attention, Kim, Hori and Watanabe 2017), short
windows (Whisper pads to 30 s; most batches here carry only what was said, a few the full window),
and lessons that begin with a clean word or two (from sentences at once, the decoder learns to guess
them and never to listen: after 450 batches it still had not).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import torch
from torch import Tensor, nn
from torch.nn import functional
from whisper.tokenizer import get_tokenizer

from mirrordesk.perception.whisper import Whisper
from models.micro.whisper import corpus, evaluate, speech
from models.micro.whisper.batches import Batch, Lesson, batches
from models.micro.whisper.model import SEED, Model, Vocabulary, save

HERE = Path(__file__).parent
PEAK_RATE = 1.5e-3
WARM_UP = 150  # steps
LETTER_SHARE = 0.5  # of the CTC loss beside the other


def losses(model: Model, batch: Batch) -> tuple[Tensor, Tensor]:
    """Cross-entropy of the text, per token, and CTC of its letters, per letter."""
    logits, letters = model(batch["mel"], batch["tokens"])
    text = functional.cross_entropy(
        logits.flatten(0, 1), batch["labels"].flatten(), label_smoothing=0.05
    )
    frames = torch.full((len(letters),), letters.shape[1])
    ctc = functional.ctc_loss(
        letters.transpose(0, 1), batch["spelled"], frames, batch["lengths"], zero_infinity=True
    )
    return text, ctc


class Log:
    """The mean losses of every fifty steps, as JSON lines."""

    def __init__(self, path: Path) -> None:
        self._out = path.open("w")
        self._began = time.monotonic()
        self._text: list[float] = []
        self._letters: list[float] = []

    def note(self, step: int, text: float, letters: float) -> None:
        """Take up the losses of one step: per token of the text, and CTC's per letter."""
        self._text.append(text)
        self._letters.append(letters)
        if step % 50 == 0:
            row = {
                "step": step,
                "text_loss": mean(self._text),
                "letter_loss": mean(self._letters),
                "minutes": (time.monotonic() - self._began) / 60,
            }
            print(json.dumps({k: round(v, 4) for k, v in row.items()}), file=self._out, flush=True)
            self._text, self._letters = [], []


def train(lessons: Sequence[Lesson], vocabulary: Vocabulary, folder: Path) -> None:
    """Train through all lessons; the checkpoint and `training.jsonl` go to `folder`."""
    torch.manual_seed(SEED)
    steps = sum(lesson.steps for lesson in lessons)
    model = Model(len(vocabulary.ids))
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, (0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda s: min(1.0, (s + 1) / WARM_UP) * (0.02 + 0.98 * max(0.0, 1.0 - s / steps)),
    )
    log = Log(folder / "training.jsonl")
    for step, batch in enumerate(batches(lessons, vocabulary, SEED), 1):
        text, letters = losses(model, batch)
        optimizer.zero_grad()
        (text + LETTER_SHARE * letters).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        model.hold_first_dimension()
        log.note(step, text.item(), letters.item())
        if step % 400 == 0 or step == steps:
            save(model, vocabulary, folder / evaluate.CHECKPOINT.name)


def lessons(steps: int) -> list[Lesson]:
    """From a word or two to whole sentences; pieces that nobody can guess stay among them."""
    words, phrases = corpus.scraps(4000, 2), corpus.scraps(4000, 5)
    return [
        Lesson(steps * 2 // 10, words, clean=True),
        Lesson(steps * 2 // 10, phrases, clean=True),
        Lesson(steps * 6 // 10, [*corpus.known(6500), *phrases[:1500]], clean=False),
    ]


def main() -> None:
    """Make the data, train, judge on sentences and voices never heard, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1800)
    parser.add_argument("--into", type=Path, default=HERE, metavar="FOLDER")
    options = parser.parse_args()
    vocabulary = Vocabulary(get_tokenizer(multilingual=False))
    train(lessons(options.steps), vocabulary, options.into)
    checkpoint = options.into / evaluate.CHECKPOINT.name
    figures = {
        "wer": round(evaluate.generated(Whisper(checkpoint, provisional=True)), 4),
        "held_out_sentences": corpus.HELD_OUT,
        "held_out_voices": list(speech.HELD_OUT_VARIANTS),
        "steps": options.steps,
        "bytes": checkpoint.stat().st_size,
    }
    (options.into / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
