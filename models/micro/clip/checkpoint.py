"""The model of CLIP-micro while it is trained, and the file that open_clip reads."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from mirrordesk.perception import torch_compat

HERE = Path(__file__).parent
CONFIGURATION = HERE / "clip-micro.json"
CHECKPOINT = HERE / "clip-micro.pt"
UNKNOWN = 0  # the dense number of every token that no caption of ours uses


def open_clip() -> Any:
    """The library, which publishes no types, imported so that it works beside a CPU's torch."""
    torch_compat.declare_missing_ops()
    import open_clip

    return open_clip


class Vocabulary:
    """The tokens of our captions, numbered densely; all others are one unknown token."""

    def __init__(self, captions: Iterable[str]) -> None:
        self._encode = open_clip().SimpleTokenizer()
        self._context = configuration()["text_cfg"]["context_length"]
        used = {token for text in captions for token in self._encode.encode(text)}
        self.start, self.end = self._encode.sot_token_id, self._encode.eot_token_id
        # kept in order: open_clip finds the end of a text by its number, the highest
        self.ids = sorted(used | {self.start, self.end})
        self._dense = {token: index for index, token in enumerate(self.ids, 1)}

    def __len__(self) -> int:
        return len(self.ids) + 1

    def dense(self, text: str) -> list[int]:
        """The tokens of `text` without start and end."""
        return [self._dense.get(token, UNKNOWN) for token in self._encode.encode(text)]

    def padded(self, rows: list[list[int]]) -> Tensor:
        """Start, tokens, end and zeros: (rows, context length)."""
        table = torch.zeros(len(rows), self._context, dtype=torch.long)
        for row, tokens in zip(table, rows, strict=True):
            framed = [self._dense[self.start], *tokens[: self._context - 2], self._dense[self.end]]
            row[: len(framed)] = torch.tensor(framed)
        return table


def configuration() -> dict[str, Any]:
    """What clip-micro.json says."""
    said: dict[str, Any] = json.loads(CONFIGURATION.read_text(encoding="utf-8"))
    return said


def fresh(tokens: int) -> Any:
    """An untrained model of open_clip's with a token table of `tokens` rows."""
    said = configuration()
    text = said["text_cfg"] | {"vocab_size": tokens}
    model = open_clip().model.CLIP(said["embed_dim"], said["vision_cfg"], text)
    model.visual.to(memory_format=torch.channels_last)  # twice as fast on a CPU
    return model


def load(model: nn.Module, vocabulary: Vocabulary, path: Path) -> None:
    """Take into a fresh model what `save` wrote."""
    state = open_clip().factory.load_state_dict(str(path))
    table = state["token_embedding.weight"]
    used = set(vocabulary.ids)
    unused = next(number for number in range(len(table)) if number not in used)
    state["token_embedding.weight"] = table[[unused, *vocabulary.ids]]
    model.load_state_dict({name: value.float() for name, value in state.items()})


def save(model: nn.Module, vocabulary: Vocabulary, path: Path) -> None:
    """Write `model` as open_clip reads it: in half precision, with the full token table.

    All rows that our captions never use hold the unknown token, so compressed they cost nothing.
    """
    state = {name: value.detach().half() for name, value in model.state_dict().items()}
    dense = state["token_embedding.weight"]
    table = dense[UNKNOWN].repeat(configuration()["text_cfg"]["vocab_size"], 1)
    table[vocabulary.ids] = dense[1:]
    state["token_embedding.weight"] = table
    plain = path.with_suffix(".part")
    torch.save(state, plain)
    # torch reads deflated entries as well as stored ones
    with zipfile.ZipFile(plain) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for entry in source.namelist():
            out.writestr(entry, source.read(entry))
    plain.unlink()
