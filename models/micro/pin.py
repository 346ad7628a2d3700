"""Pins the micro models: `python -m models.micro.pin` after one was trained anew.

It writes size and SHA-256 of every micro file that is there into manifest.toml, in place. Until a
file is pinned, its model does not count as installed.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Sequence
from pathlib import Path

MANIFEST = "manifest.toml"
_MODEL = re.compile(r"(?m)^\[\[model\]\]$")
_FOLDER = re.compile(r'(?m)^folder = "(?P<folder>[^"]+)"$')
_FILE = re.compile(r'\{ path = "(?P<path>[^"]+)", size = \d+, sha256 = "[0-9a-f]*" \}')


def pin(models: Path) -> None:
    """Rewrite the pins in the manifest of the folder `models`; the rest stays as it is."""
    manifest = models / MANIFEST
    head, *entries = _MODEL.split(manifest.read_text(encoding="utf-8"))
    pinned = [_pinned(entry, models) for entry in entries]
    manifest.write_text("[[model]]".join([head, *pinned]), encoding="utf-8")


def _pinned(entry: str, models: Path) -> str:
    if 'source = "micro"' not in entry:
        return entry
    folder = _FOLDER.search(entry)
    if folder is None:
        raise ValueError(f"A micro model names no folder:{entry}")
    place = models / folder["folder"]
    return _FILE.sub(lambda found: _line(place / found["path"]), entry)


def _line(path: Path) -> str:
    data = path.read_bytes() if path.is_file() else b""
    sha256 = hashlib.sha256(data).hexdigest() if data else ""
    return f'{{ path = "{path.name}", size = {len(data)}, sha256 = "{sha256}" }}'


def main(arguments: Sequence[str] | None = None) -> int:
    """Pin in the folder named, by default the one above this file's."""
    (folder,) = arguments or [str(Path(__file__).parents[1])]
    pin(Path(folder))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
