"""Cells of a real context for the tests of what is read into them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from mirrordesk.llm.attention import Tap
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.native import Model, open_context

F16, Q8_0 = 1, 8  # ggml's numbers


@contextlib.contextmanager
def opened(
    path: Path, tap: Tap | None = None, *, size: int = 1024, flash: bool = False, kind: int = F16
) -> Iterator[Cells]:
    """Cells of the model at `path`, into which `tap` listens."""
    model = Model(path, 0)
    context = open_context(
        model,
        cells=size,
        type_k=kind,
        type_v=kind,
        flash_attention=flash,
        observe=tap.callback if tap else None,
    )
    cells = Cells(model, context)
    try:
        yield cells
    finally:
        cells.close()
        model.close()
