"""Whisper, small, in openai-whisper's own architecture and file format.

192 wide, 4 encoder and 3 decoder blocks. The tokenizer is Whisper's English one, so the token table
has all its 51,864 rows; those that office talk never uses hold one constant and vanish when the
file is compressed.
"""

from __future__ import annotations

import dataclasses
import random
import zipfile
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional
from whisper.model import ModelDimensions, Whisper
from whisper.tokenizer import Tokenizer

from models.micro import office
from models.micro.whisper.words import LETTERS

WIDTH, HEADS, ENCODER_BLOCKS, DECODER_BLOCKS, TEXT_CONTEXT = 192, 3, 4, 3, 96
ALL_TOKENS = 51_864
UNUSED_LOGIT = -64.0
SEED = 20


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
        self.ctc = nn.Linear(WIDTH, len(LETTERS) + 1)
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


def save(model: Model, vocabulary: Vocabulary, path: Path) -> None:
    """Write the checkpoint as `whisper.load_model` reads it: half precision, full token table."""
    state = {name: value.detach().half() for name, value in model.whisper.state_dict().items()}
    dimensions = dataclasses.replace(model.dimensions, n_vocab=ALL_TOKENS)
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
