"""How Chromium is started on a virtual desktop."""

from __future__ import annotations

import os
from pathlib import Path

# Never the network, no first-run pages, and no assumptions about a GPU or a large /dev/shm.
_SWITCHES = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)

# Chromium refuses its sandbox to root, and then warns of that above each page.
_SWITCHES_OF_ROOT = ("--no-sandbox", "--test-type")


def command(user_data: Path) -> list[str]:
    """The words that start Chromium with `user_data` as its folder; addresses go behind them."""
    special = _SWITCHES_OF_ROOT if os.geteuid() == 0 else ()
    return ["chromium", *_SWITCHES, *special, f"--user-data-dir={user_data}"]
