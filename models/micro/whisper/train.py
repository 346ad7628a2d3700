"""Trains Whisper-micro: `python -m models.micro.whisper.train`, about an hour on two cores.

The architecture and the file are openai-whisper's own, small: 192 wide, 4 encoder and 3 decoder
blocks. The tokenizer is Whisper's English one, so the token table has all its 51,864 rows; those
that office talk never uses hold one constant and vanish when the file is compressed.

Two things make so small a model learn alignment within the hour: a character-level CTC loss on the
encoder beside the usual cross-entropy (joint CTC-attention, Kim, Hori and Watanabe 2017), and short
windows (Whisper pads to 30 s; most batches here carry only what was said, a few the full window).
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import random
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import whisper
from torch import Tensor, nn
from torch.nn import functional
from whisper.audio import HOP_LENGTH, N_FRAMES, log_mel_spectrogram
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer, get_tokenizer

from models.micro import office
from models.micro.whisper import speech

HERE = Path(__file__).parent
CHECKPOINT = HERE / "whisper-micro.pt"
WIDTH, HEADS, ENCODER_BLOCKS, DECODER_BLOCKS, TEXT_CONTEXT = 192, 3, 4, 3, 96
CHARACTERS = " abcdefghijklmnopqrstuvwxyz'"  # CTC labels 1 to 28; 0 is the blank
BATCH = 32
PEAK_RATE = 1.5e-3
WARM_UP = 300  # steps
UNUSED_LOGIT = -64.0
SILENT_SHARE = 0.06  # of the examples carry no speech
SEED = 20


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence and the sound of it."""

    text: str
    samples: speech.Samples


class Vocabulary:
    """The tokens that office talk can use, numbered densely."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer
        chance = random.Random(SEED)
        used = {token for _ in range(40_000) for token in self._ids(office.sentence(chance))}
        specials = {tokenizer.eot, tokenizer.sot, tokenizer.no_speech, tokenizer.no_timestamps}
        self.ids = sorted(used | specials)
        self._dense = {token: index for index, token in enumerate(self.ids)}

    def _ids(self, text: str) -> list[int]:
        return self.tokenizer.encode(" " + text)

    def target(self, text: str) -> list[int]:
        """Start, the sentence (or the mark of silence where it is empty), end; dense numbers."""
        kind = self.tokenizer
        if not text:
            return self.dense([kind.sot, kind.no_speech])
        return self.dense([kind.sot, kind.no_timestamps, *self._ids(text), kind.eot])

    def dense(self, tokens: list[int]) -> list[int]:
        return [self._dense[token] for token in tokens]


def _make(job: tuple[int, str, tuple[str, ...]]) -> Said:
    seed, text, variants = job
    chance = random.Random(seed)
    return Said(text, speech.speak(text, speech.voice(chance, variants)))


def corpus(count: int, seed: int, variants: tuple[str, ...], without: set[str]) -> list[Said]:
    """`count` spoken sentences, none of them in `without`."""
    chance = random.Random(seed)
    texts: list[str] = []
    while len(texts) < count:
        if (text := office.sentence(chance)) not in without:
            texts.append(text)
    jobs = [(seed * 1_000_003 + index, text, variants) for index, text in enumerate(texts)]
    with ProcessPoolExecutor() as pool:
        return list(pool.map(_make, jobs, chunksize=64))


class Model(nn.Module):
    """Whisper with a dense token table and a CTC head that is left out of the checkpoint."""

    def __init__(self, tokens: int) -> None:
        super().__init__()
        self.dimensions = ModelDimensions(
            80,
            1500,
            WIDTH,
            HEADS,
            ENCODER_BLOCKS,
            tokens,
            TEXT_CONTEXT,
            WIDTH,
            HEADS,
            DECODER_BLOCKS,
        )
        self.whisper = Whisper(self.dimensions)
        self.ctc = nn.Linear(WIDTH, len(CHARACTERS) + 1)
        nn.init.normal_(self.whisper.decoder.token_embedding.weight, std=0.05)
        nn.init.normal_(self.whisper.decoder.positional_embedding, std=0.02)
        self.hold_first_dimension()

    @torch.no_grad()
    def hold_first_dimension(self) -> None:
        """Keep the last layer's first dimension at 8, and unused by any token of ours.

        A row of the full table that holds only UNUSED_LOGIT / 8 there then gets that logit always.
        """
        decoder = self.whisper.decoder
        decoder.ln.weight[0], decoder.ln.bias[0] = 0.0, 8.0
        decoder.token_embedding.weight[:, 0] = 0.0

    def encode(self, mel: Tensor) -> Tensor:
        """(batch, 80, frames) to (batch, frames / 2, WIDTH), for any even number of frames."""
        encoder = self.whisper.encoder
        x = functional.gelu(encoder.conv1(mel))
        x = functional.gelu(encoder.conv2(x)).permute(0, 2, 1)
        x = x + encoder.positional_embedding[: x.shape[1]]
        for block in encoder.blocks:
            x = block(x)
        return encoder.ln_post(x)

    def forward(self, mel: Tensor, tokens: Tensor) -> tuple[Tensor, Tensor]:
        sound = self.encode(mel)
        return self.whisper.decoder(tokens, sound), self.ctc(sound).log_softmax(-1)


def _example(data: list[Said], chance: np.random.Generator) -> Said:
    if chance.random() < SILENT_SHARE:
        return Said("", speech.silence(chance))
    said = data[chance.integers(len(data))]
    return Said(said.text, speech.heard(said.samples, chance))


def batches(data: list[Said], vocabulary: Vocabulary, seed: int) -> Iterator[dict[str, Tensor]]:
    """Endless training batches; one in twenty-five is small and 30 s long, as at inference."""
    chance = np.random.default_rng(seed)
    step = 0
    while True:
        whole_window = step % 25 == 24
        picked = [_example(data, chance) for _ in range(4 if whole_window else BATCH)]
        longest = max(len(said.samples) for said in picked) // HOP_LENGTH
        frames = N_FRAMES if whole_window else min(N_FRAMES, longest + chance.integers(8, 120))
        yield _collate(picked, frames + frames % 2, vocabulary)
        step += 1


def _collate(picked: list[Said], frames: int, vocabulary: Vocabulary) -> dict[str, Tensor]:
    sound = torch.zeros(len(picked), frames * HOP_LENGTH)
    targets = [vocabulary.target(said.text) for said in picked]
    tokens = torch.zeros(len(picked), max(map(len, targets)), dtype=torch.long)
    labels = torch.full_like(tokens, -100)
    for row, (said, target) in enumerate(zip(picked, targets, strict=True)):
        samples = said.samples[: frames * HOP_LENGTH]
        sound[row, : len(samples)] = torch.from_numpy(samples)
        tokens[row, : len(target)] = torch.tensor(target)
        labels[row, : len(target) - 1] = torch.tensor(target[1:])
    spelled = [[CHARACTERS.index(c) + 1 for c in _plain(said.text)] for said in picked]
    return {
        # one window at a time: Whisper clamps to 8 below the loudest of each window
        "mel": torch.stack([log_mel_spectrogram(row) for row in sound]),
        "tokens": tokens,
        "labels": labels,
        "spelled": torch.tensor([c for word in spelled for c in word], dtype=torch.long),
        "lengths": torch.tensor([len(word) for word in spelled]),
    }


def _plain(text: str) -> str:
    return "".join(c for c in text.lower() if c in CHARACTERS)


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


def train(data: list[Said], vocabulary: Vocabulary, steps: int, log: Path) -> Model:
    """Train for `steps` batches, writing the losses to `log` as JSON lines."""
    torch.manual_seed(SEED)
    model = Model(len(vocabulary.ids))
    optimizer = torch.optim.AdamW(model.parameters(), PEAK_RATE, (0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer,
        lambda s: min(1.0, (s + 1) / WARM_UP) * (0.02 + 0.98 * max(0.0, 1.0 - s / steps)),
    )
    began, running = time.monotonic(), 0.0
    with log.open("w") as out:
        for step, batch in enumerate(batches(data, vocabulary, SEED), 1):
            total, text = loss(model, batch, ctc_share=0.5 if step < 0.7 * steps else 0.2)
            optimizer.zero_grad()
            total.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            model.hold_first_dimension()
            running += text.item()
            if step % 50 == 0:
                row = {"step": step, "text_loss": round(running / 50, 4)}
                row["minutes"] = round((time.monotonic() - began) / 60, 1)
                print(json.dumps(row), file=out, flush=True)
                running = 0.0
            if step % 1000 == 0 or step >= steps:
                save(model, vocabulary, CHECKPOINT)
            if step >= steps:
                return model
    raise AssertionError("batches are endless")


def save(model: Model, vocabulary: Vocabulary, path: Path) -> None:
    """Write the checkpoint as `whisper.load_model` reads it: half precision, full token table."""
    state = {name: value.detach().half() for name, value in model.whisper.state_dict().items()}
    dimensions = dataclasses.replace(model.dimensions, n_vocab=51_864)
    table = torch.zeros(dimensions.n_vocab, WIDTH, dtype=torch.half)
    table[:, 0] = UNUSED_LOGIT / 8
    table[vocabulary.ids] = state["decoder.token_embedding.weight"]
    state["decoder.token_embedding.weight"] = table
    plain = path.with_suffix(".part")
    torch.save({"dims": dataclasses.asdict(dimensions), "model_state_dict": state}, plain)
    # torch reads deflated entries as well as stored ones; the constant rows then cost nothing
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.namelist():
            out.writestr(entry, source.read(entry))
    plain.unlink()


def word_errors(wanted: str, got: str) -> tuple[int, int]:
    """Edits between the words of two texts, and how many words were wanted; case does not count."""
    a, b = _plain(wanted).split(), _plain(got).split()
    row = list(range(len(b) + 1))
    for i, word in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (word != other))
    return row[-1], len(a)


def evaluate(path: Path, data: list[Said], seed: int) -> float:
    """Word error rate of the checkpoint at `path`, through openai-whisper's own decoder."""
    model = whisper.load_model(str(path), device="cpu")
    options = whisper.DecodingOptions(language="en", without_timestamps=True, fp16=False)
    chance = np.random.default_rng(seed)
    wrong = words = 0
    for said in data:
        window = whisper.pad_or_trim(speech.heard(said.samples, chance))
        got = whisper.decode(model, log_mel_spectrogram(window), options).text
        edits, count = word_errors(said.text, got)
        wrong, words = wrong + edits, words + count
    return wrong / words


def main() -> None:
    """Make the data, train, evaluate on sentences and voices never heard, and write the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--sentences", type=int, default=14_000)
    options = parser.parse_args()
    held_out = corpus(300, SEED + 1, speech.HELD_OUT_VARIANTS, set())
    known = corpus(options.sentences, SEED, speech.VARIANTS, {said.text for said in held_out})
    vocabulary = Vocabulary(get_tokenizer(multilingual=False))
    print(f"{len(known)} sentences, {len(vocabulary.ids)} tokens", flush=True)
    train(known, vocabulary, options.steps, HERE / "training.jsonl")
    figures = {
        "wer": round(evaluate(CHECKPOINT, held_out, SEED), 4),
        "held_out_sentences": len(held_out),
        "held_out_voices": list(speech.HELD_OUT_VARIANTS),
        "steps": options.steps,
        "bytes": CHECKPOINT.stat().st_size,
    }
    (HERE / "evaluation.json").write_text(json.dumps(figures, indent=2) + "\n")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
