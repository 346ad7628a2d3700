"""Where evaluation data lies: real screens and sound, which are never part of the project."""

from __future__ import annotations

import argparse
from pathlib import Path

DEFAULT = Path(__file__).parents[2] / "shared" / "data"


def add_argument(parser: argparse.ArgumentParser) -> None:
    """`--data FOLDER`."""
    parser.add_argument(
        "--data", type=Path, default=DEFAULT, metavar="FOLDER", help="real screens and sound"
    )


def folder(options: argparse.Namespace, name: str) -> Path | None:
    """The folder of that name in the data; None where there is none, so that it is not measured."""
    found: Path = options.data / name
    return found if found.is_dir() else None
