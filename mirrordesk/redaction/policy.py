"""What a person wants kept out of the memory: secrets, unless they say otherwise, and more."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from mirrordesk.config import PrivacySettings
from mirrordesk.redaction.spans import Secret, Span

_MAIL = re.compile(r"[\w.+%-]{1,64}\s?@\s?[\w-]+(?:\.[\w-]+)+")


@dataclass(frozen=True, slots=True)
class Policy:
    """`names` in any case, wherever they stand as words; `mails`: every mail address."""

    secrets: bool = True
    names: tuple[str, ...] = ()
    mails: bool = False

    @property
    def applies(self) -> bool:
        """Whether anything is kept out, so that nothing may be stored before it is read."""
        return self.secrets or self.mails or bool(self.names)


def of(settings: PrivacySettings) -> Policy:
    """The policy that the settings ask for."""
    return Policy(settings.redact_secrets, settings.redact_names, settings.redact_mails)


def find(text: str, policy: Policy) -> Iterator[Span]:
    """What of `text` the person wants kept out beside secrets."""
    if policy.mails:
        for match in _MAIL.finditer(text):
            yield Span(*match.span(), Secret.MAIL)
    if policy.names:
        for match in _names(policy.names).finditer(text):
            yield Span(*match.span(), Secret.NAME)


@functools.lru_cache(1)
def _names(names: tuple[str, ...]) -> re.Pattern[str]:
    # spaces get lost or multiplied on screens
    written = [r"\s*".join(map(re.escape, name.split())) for name in names if name.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(written) or '(?!)'})(?!\w)", re.IGNORECASE)
