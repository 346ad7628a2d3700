"""`python -m benchmarks NAME [ARGS] [--json]`: measure, then print the figures.

With `--json` they are one JSON object, the last thing on standard output; progress goes to standard
error. A module of this package is a benchmark if it has `add_arguments(parser)` and
`measure(options)`, which returns the figures by name. Where it has `status(figures)`, that is the
exit status; else it is 0 whatever was measured.
"""

from __future__ import annotations

import argparse
import importlib
import json
import pkgutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import benchmarks
from mirrordesk.errors import MirrorDeskError, UsageError

# modules that measure nothing
SHARED = (
    "__main__",
    "asking",
    "attacks",
    "changing",
    "chats",
    "codecs",
    "conversations",
    "data",
    "drawing",
    "kv_rows",
    "legibility",
    "made_up",
    "obedient",
    "office_work",
    "recordings",
    "remembering",
    "screens",
    "showing",
    "special_tokens",
    "trials",
)


def names() -> list[str]:
    """The benchmarks there are."""
    return [m.name for m in pkgutil.iter_modules(benchmarks.__path__) if m.name not in SHARED]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one benchmark; returns the exit status (see `mirrordesk.errors`)."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    try:
        return _run(words)
    except MirrorDeskError as error:
        print(f"benchmarks: {error}", file=sys.stderr)
        return error.exit_status


def _run(words: Sequence[str]) -> int:
    chosen = argparse.ArgumentParser(prog="benchmarks", description=__doc__, add_help=False)
    chosen.add_argument("name", nargs="?")
    name = chosen.parse_known_args(words)[0].name
    if name not in names():
        raise UsageError(f"There is no benchmark {name}; there are: {', '.join(names())}.")
    module = importlib.import_module(f"benchmarks.{name}")
    parser = argparse.ArgumentParser(prog=f"benchmarks {name}", description=module.__doc__)
    parser.add_argument("name", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    module.add_arguments(parser)
    options = parser.parse_args(words)
    figures = module.measure(options)
    print(json.dumps(figures) if options.json else _table(figures))
    return int(module.status(figures)) if hasattr(module, "status") else 0


def _table(figures: Mapping[str, Any]) -> str:
    wide = max(map(len, figures))
    return "\n".join(f"{name:<{wide}}  {_shown(value)}" for name, value in figures.items())


def _shown(value: Any) -> str:
    return "not measured" if value is None else str(value)


if __name__ == "__main__":
    raise SystemExit(main())
