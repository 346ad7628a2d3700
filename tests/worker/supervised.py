"""The child that the supervisor tests watch: `python -m tests.worker.supervised FOLDER WAY`."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from mirrordesk.worker import parent_gone


def main(folder: Path, way: str) -> int:
    """Leave a mark with our pid, then live as told."""
    (folder / f"life-{time.monotonic_ns():020d}").write_text(str(os.getpid()))
    if way == "fail":
        print("mirrordesk: the profile is locked.", file=sys.stderr, flush=True)
        return 3
    if way == "crash":
        return 1
    if way == "stubborn":
        while True:
            time.sleep(60)
    parent_gone().wait()
    (folder / "ended-well").touch()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]), sys.argv[2]))
