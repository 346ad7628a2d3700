"""The recall model as a GGUF file that llama.cpp reads."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from models.micro import llama_file
from models.micro.recall.circuit import Shape, Weights

if TYPE_CHECKING:
    from tokenizers import Tokenizer

NAME = "Recall-micro"
DESCRIPTION = "Finds one fact among many; a yardstick for KV caches"


def write(weights: Weights, shape: Shape, tokenizer: Tokenizer, path: Path) -> None:
    """Write the model in half precision with its tokenizer, replacing what is at `path`."""
    llama_file.write(path, NAME, DESCRIPTION, shape, tokenizer, weights.tensors.items())
