"""How a command speaks: one JSON value or lines for a person, and sentences beside them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from typing import Any


def result(options: argparse.Namespace, value: Any, lines: Iterable[str]) -> int:
    """Print `value` as JSON where that was asked for, else `lines`; returns the status 0."""
    print(json.dumps(value, ensure_ascii=False, indent=2) if options.json else "\n".join(lines))
    return 0


def say(options: argparse.Namespace, sentence: str) -> None:
    """Tell a person what goes on, on standard error; nothing with `--json`."""
    if not options.json:
        print(sentence, file=sys.stderr, flush=True)


def plain(text: str) -> str:
    """Recorded text without control characters: it must not steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
