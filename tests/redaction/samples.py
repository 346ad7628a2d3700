"""Made-up secrets. They are put together here so that no scanner takes this file for a leak."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

BASE62 = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
CAPITALS = string.ascii_uppercase + string.digits

_SEED = 20260101
_chance = random.Random(_SEED)


def begin_anew() -> None:
    """Draw from now on what was drawn at first, so that no test depends on those before it."""
    _chance.seed(_SEED)


def drawn(length: int, letters: str = BASE62) -> str:
    """Characters drawn by chance, the same in every run of a test."""
    return "".join(_chance.choice(letters) for _ in range(length))


# What keys of many vendors look like; the last ones have a beginning that nobody has listed
MAKERS: dict[str, Callable[[], str]] = {
    "openai": lambda: "sk-" + "proj-" + drawn(40),
    "short sample": lambda: "sk-" + "proj-" + drawn(24),
    "anthropic": lambda: "sk-" + "ant-api03-" + drawn(60),
    "stripe": lambda: "sk_" + "live_" + drawn(24),
    "github": lambda: "ghp" + "_" + drawn(36),
    "github fine-grained": lambda: "github" + "_pat_" + drawn(22) + "_" + drawn(59),
    "gitlab": lambda: "glpat" + "-" + drawn(20),
    "slack": lambda: "xox" + "p-" + drawn(30),
    "slack in parts": lambda: "xox" + f"b-{drawn(12, string.digits)}-{drawn(24)}",
    "aws": lambda: "AK" + "IA" + drawn(16, CAPITALS),
    "google": lambda: "AI" + "za" + drawn(35),
    "sendgrid": lambda: "SG" + "." + drawn(22) + "." + drawn(43),
    "npm": lambda: "npm" + "_" + drawn(36),
    "hugging face": lambda: "hf" + "_" + drawn(34),
    "shopify": lambda: "shp" + "at_" + drawn(32, HEX),
    "twilio": lambda: "S" + "K" + drawn(32, HEX),
    "json web token": lambda: f"ey{'J'}{drawn(34)}.eyJ{drawn(60)}.{drawn(43)}",
    "telegram": lambda: drawn(10, "123456789") + ":" + drawn(35),
    "vendor never heard of": lambda: "acme_live_" + drawn(28),
    "nothing before it": lambda: drawn(40),
}
