"""All rules that are in force, and what they say of one window or moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from mirrordesk.errors import UsageError
from mirrordesk.rules import shipped
from mirrordesk.rules.rule import Facts, Rule, folded, parse_all


@dataclass(frozen=True, slots=True)
class RuleBook:
    """`own` are a person's rules, `lists` those that come with MirrorDesk.

    `trusted` are browsers (parts of their names) to record although a fact is missing.
    """

    own: tuple[Rule, ...]
    lists: tuple[Rule, ...]
    trusted: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        *,
        rules: Sequence[str],
        apps: Sequence[str],
        titles: Sequence[str],
        lists: Sequence[str],
        trusted: Sequence[str],
    ) -> Self:
        """The rules of a settings file. Raises UsageError where one cannot be read."""
        short = [Rule(apps=(word,)) for word in folded(apps)]
        short += [Rule(titles=(word,)) for word in folded(titles)]
        check_lists(lists)
        chosen = tuple(rule for name in lists for rule in shipped.LISTS[name])
        return cls((*parse_all(rules), *short), chosen, folded(trusted))

    def covers(self, facts: Facts) -> bool | None:
        """Whether nothing of this may be recorded; None where a missing fact may forbid it.

        That a page is no bank cannot be told without its address: the shipped lists of hosts
        therefore count only where they hold, else no browser would be recorded at all.
        """
        own = [rule.covers(facts) for rule in self.own]
        listed = [(rule, rule.covers(facts)) for rule in self.lists]
        if True in own or any(answer is True for _, answer in listed):
            return True
        untold = None in own or any(rule.private and answer is None for rule, answer in listed)
        return None if untold and not self._trusts(facts.app) else False

    def covers_monitor(self, monitor: str, at: datetime) -> bool:
        """Whether nothing at all of `monitor` may be recorded at that local time."""
        return any(rule.holds_for(monitor, at) for rule in self.own)

    def _trusts(self, app: str) -> bool:
        return any(name in app.casefold() for name in self.trusted)


def check_lists(names: Sequence[str]) -> None:
    """Raises UsageError where there is no shipped list of one of these names."""
    for name in names:
        if name not in shipped.LISTS:
            there = ", ".join(shipped.LISTS)
            raise UsageError(f"There is no shipped list of rules `{name}`; there are: {there}.")
