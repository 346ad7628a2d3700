"""Days at a computer, made for tests: frames one after another, and their episodes."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections.abc import Iterable, Sequence

from mirrordesk import clock
from mirrordesk.records import Episode, Kind, Moment

DAY = 24 * clock.HOUR
BEGIN = 1_790_000_000 * clock.SECOND
STEP = 20 * clock.SECOND


def frame(at_ns: int, app: str, title: str = "", text: str = "", url: str | None = None) -> Moment:
    """A frame whose front window this is."""
    key = f"{at_ns:032x}"
    fields = {"app": app, "title": title, "text": text, "url": url}
    return Moment(key, Kind.FRAME, at_ns, at_ns + clock.SECOND, "UTC", "screen", **fields)


class Terminal:
    """A terminal that scrolls: each command is shown below those before it."""

    def __init__(self, app: str = "xterm", rows: int = 12) -> None:
        self.app = app
        self._rows = rows
        self._lines: list[str] = []

    def type(self, command: str, output: str = "done") -> Moment:
        """The frame after a command, at time 0."""
        self._lines += [f"ana@desk:~/shop$ {command}", output]
        return frame(0, self.app, "ana@desk: ~/shop", "\n".join(self._lines[-self._rows :]))


def sitting(start_ns: int, seen: Iterable[Moment]) -> list[Moment]:
    """The frames, one every 20 seconds."""
    return [
        dataclasses.replace(m, id=f"{at:032x}", start_ns=at, end_ns=at + clock.SECOND)
        for at, m in zip(itertools.count(start_ns, STEP), seen, strict=False)
    ]


def episode(moments: Sequence[Moment]) -> Episode:
    """One episode of all of them."""
    ids = tuple(m.id for m in moments)
    apps = tuple(dict.fromkeys(m.app for m in moments))
    first, last = moments[0], moments[-1]
    return Episode(
        f"episode-{first.id}", first.start_ns, last.end_ns, "UTC", first.title, apps, ids
    )


def together(days: Sequence[Sequence[Moment]]) -> tuple[list[Moment], list[Episode]]:
    """All the moments, and an episode a day."""
    return [m for day in days for m in day], [episode(day) for day in days]


DASHBOARD = frame(0, "firefox", "Deployments", url="https://ci.example/shop/deployments/41")
NOISE = [
    frame(0, "mail", "Inbox"),
    frame(0, "slack", "Team"),
    frame(0, "editor", "notes"),
    frame(0, "firefox", "News", url="https://news.example/"),
]


def deploying(seed: int, *, lint: bool = False, begin_ns: int = BEGIN) -> list[Moment]:
    """A day on which the shop was deployed, among other things."""
    chance, shell = random.Random(seed), Terminal()
    commands = ["make test", *["make lint"] * lint, f"make build TAG=v{seed}", "make deploy"]
    steps = [*(shell.type(command) for command in commands), DASHBOARD]
    seen = chance.sample(NOISE, 2)
    for step in steps:
        seen += [step, *chance.sample(NOISE, chance.randrange(2))]
    return sitting(begin_ns + seed * DAY, seen)


def idling(seed: int) -> list[Moment]:
    """A day on which only the usual windows were used."""
    return sitting(BEGIN + (100 + seed) * DAY, random.Random(seed).choices(NOISE, k=25))
