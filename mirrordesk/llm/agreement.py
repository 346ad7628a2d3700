"""When a model that is only for trying things out may be believed.

Such a model finds a sentence by its words and is wrong too often to stand alone. Quoting, which
needs no model, is not; so its answer counts where quoting says the same of the same evidence. It is
given less to read than a real model, because it loses its way in more.
"""

from __future__ import annotations

from dataclasses import replace

from mirrordesk.config import LlmSettings
from mirrordesk.records import Answer, Claim
from mirrordesk.terms import letters
from mirrordesk.weights import Weights

LEGIBLE = 900  # tokens of evidence; see "Figures" in models/micro/reader/README.md


def readable(settings: LlmSettings, model: Weights) -> LlmSettings:
    """`settings` with the file of `model`, and with no more evidence than it can read."""
    most = min(settings.evidence_tokens, LEGIBLE) if model.micro else settings.evidence_tokens
    return replace(settings, model=str(model.path), evidence_tokens=most)


def agreed(read: Answer, found: Answer) -> Answer:
    """What the model read, if all of it is quoted from the same evidence too; else what was found.

    `read` is its answer to the question that `found` answers by quoting.
    """
    borne_out = [any(_same(claim, quoted) for quoted in found.claims) for claim in read.claims]
    return read if borne_out and all(borne_out) else found


def _same(one: Claim, other: Claim) -> bool:
    said, quoted = letters(one.text), letters(other.text)
    words = bool(said and quoted) and (said in quoted or quoted in said)
    return words and not set(one.sources).isdisjoint(other.sources)
