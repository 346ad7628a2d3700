"""One rule: what it names must hold together, and then nothing of it is remembered.

app=slack
app=firefox,chromium title=salary
url=mail.example.com monitor=monitor-2
private=yes
hours=Mon-Fri 12:00-13:00
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mirrordesk.errors import UsageError
from mirrordesk.rules import address, hours
from mirrordesk.rules.browsers import is_browser
from mirrordesk.rules.hours import Hours

CONDITIONS = ("app", "title", "url", "private", "monitor", "hours")
_KEY = re.compile(rf"(?:^|\s)({'|'.join(CONDITIONS)})\s*=", re.IGNORECASE)

EXAMPLE = "app=firefox title=salary"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a window or of a stored moment. None: it cannot be told."""

    app: str
    title: str
    url: str | None
    private: bool | None
    monitor: str
    at: datetime  # local


@dataclass(frozen=True, slots=True)
class Rule:
    """Conditions that must all hold; of the alternatives of one, any. An empty one always holds."""

    apps: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    private: bool = False
    in_browser: bool = False  # of shipped rules: whose words mean little elsewhere
    monitors: tuple[str, ...] = ()
    hours: tuple[Hours, ...] = ()
    written: str = ""

    @property
    def names_no_window(self) -> bool:
        """Whether it is about a place or a time alone, whatever is shown there."""
        return not (self.apps or self.titles or self.urls or self.private or self.in_browser)

    def covers(self, facts: Facts) -> bool | None:
        """Whether nothing of this may be remembered; None where a fact is missing to tell."""
        answers = list(self._answers(facts))
        if False in answers:
            return False
        return None if None in answers else True

    def holds_for(self, monitor: str, at: datetime) -> bool:
        """Whether it covers all of `monitor` at that local time."""
        return self.names_no_window and self.covers(Facts("", "", None, None, monitor, at)) is True

    def _answers(self, facts: Facts) -> Sequence[bool | None]:
        return (
            not self.apps or _part_of(facts.app, self.apps),
            not self.titles or _part_of(facts.title, self.titles),
            not self.urls or self._at_address(facts),
            not self.private or facts.private,
            not self.in_browser or is_browser(facts.app),
            not self.monitors or facts.monitor.casefold() in self.monitors,
            not self.hours or any(h.hold(facts.at) for h in self.hours),
        )

    def _at_address(self, facts: Facts) -> bool | None:
        if facts.url is None:
            # a menu has no address; it shares the fate of its program's windows
            return None if is_browser(facts.app) and facts.title else False
        return any(address.fits(pattern, facts.url) for pattern in self.urls)


def parse(text: str) -> Rule:
    """The rule that a person wrote. Raises UsageError, in a sentence that shows how."""
    pieces = _KEY.split(text)
    values: dict[str, tuple[str, ...]] = {}
    for key, value in zip(pieces[1::2], pieces[2::2], strict=True):
        words = tuple(word.strip() for word in value.split(",") if word.strip())
        if not words or key.lower() in values:
            raise _wrong(text)
        values[key.lower()] = words
    if pieces[0].strip() or not values:
        raise _wrong(text)
    if "private" in values and values["private"] != ("yes",):
        raise UsageError("A rule about private windows is written `private=yes`.")
    return Rule(
        apps=folded(values.get("app", ())),
        titles=folded(values.get("title", ())),
        urls=values.get("url", ()),
        private="private" in values,
        monitors=folded(values.get("monitor", ())),
        hours=hours.parse(values.get("hours", ())),
        written=" ".join(text.split()),
    )


def parse_all(texts: Sequence[str]) -> tuple[Rule, ...]:
    """The rules of a settings file. Raises UsageError for the first that cannot be read."""
    return tuple(map(parse, texts))


def folded(words: Iterable[str]) -> tuple[str, ...]:
    """Words to look for in any case, without the empty ones, which would fit everything."""
    return tuple(word.casefold() for word in words if word.strip())


def _part_of(text: str, parts: Sequence[str]) -> bool:
    whole = text.casefold()
    return any(part in whole for part in parts)


def _wrong(text: str) -> UsageError:
    return UsageError(
        f"The rule `{text}` cannot be read; it is made of {', '.join(CONDITIONS)}, each once, "
        f"for example `{EXAMPLE}`."
    )
