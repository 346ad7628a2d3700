"""Writes the recall model: `python -m models.micro.recall.build FILE`, a second."""

from __future__ import annotations

import sys
from pathlib import Path

from models.micro.recall import bpe, circuit, gguf_file

NAME = "recall-micro.gguf"


def build(path: Path, strengths: circuit.Strengths | None = None) -> None:
    """Write the model to `path`, the same whenever it is done."""
    tokenizer = bpe.tokenizer()
    numbers = tokenizer.get_vocab()
    words = sorted(numbers, key=lambda word: numbers[word])
    shape = circuit.Shape(len(words))
    made = circuit.weights(
        [word.replace("\u0120", " ") for word in words], shape, strengths or circuit.Strengths()
    )
    gguf_file.write(made, shape, tokenizer, path)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
