"""What somebody did, step by step: commands typed, pages opened, windows turned to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mirrordesk.knowledge import Source, Step
from mirrordesk.learning import front, pages
from mirrordesk.learning.prompts import Screens, typed, verb
from mirrordesk.records import Moment
from mirrordesk.terms import wording

_PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Action:
    """One thing done, first shown by a moment. `text` is a command behind `$ `, an address or a
    window's title; `key` is what it shares with the same thing done at another time."""

    app: str
    text: str
    title: str
    moment: str
    start_ns: int
    end_ns: int
    key: str = field(compare=False)

    @property
    def step(self) -> Step:
        return Step(self.app, self.text, self.moment)

    @property
    def source(self) -> Source:
        quote = self.text.removeprefix(_PROMPT) if is_command(self.text) else ""
        return Source(self.moment, self.start_ns, self.end_ns, quote)

    @property
    def name(self) -> str:
        """How a person would call it."""
        return self.text.removeprefix(_PROMPT) if is_command(self.text) else self.title or self.text


def is_command(text: str) -> bool:
    """Whether the text of an action, or of a step, is a command."""
    return text.startswith(_PROMPT)


def is_page(text: str) -> bool:
    """Whether the text of an action, or of a step, is an address."""
    return text.startswith(("https://", "http://"))


def key_of(app: str, text: str) -> str:
    """What two steps that do the same have in common."""
    if is_command(text):
        return _PROMPT + verb(text.removeprefix(_PROMPT))
    return pages.kind(text) if is_page(text) else wording(app, text)


def actions(moments: Iterable[Moment]) -> list[Action]:
    """What was done in frames, in order; the same thing twice on end is one.

    In a terminal only what is typed counts, and of this not what merely looks around.
    """
    found: list[Action] = []
    screens = Screens()
    for moment in front.frames(moments):
        if front.is_terminal(moment.app):
            texts, half = _typed(moment, screens)
            if half and found and found[-1].text == half:
                found.pop()
        else:
            texts = [_turned_to(moment)]
        for text in texts:
            action = _action(moment, text)
            if not found or found[-1].key != action.key:
                found.append(action)
    return found


def _typed(moment: Moment, screens: Screens) -> tuple[list[str], str]:
    """The commands that were typed since the last frame, and a half one that they complete."""
    known = [one for line in front.lines(moment) if (one := typed(line))]
    shown = [one.command for one in known if not one.is_looking]
    fresh, half = screens.fresh(shown)
    return [_PROMPT + command for command in fresh], _PROMPT + half if half else ""


def _turned_to(moment: Moment) -> str:
    page = pages.canonical(moment.url) if moment.url else None
    return page or moment.title


def _action(moment: Moment, text: str) -> Action:
    span = moment.start_ns, moment.end_ns
    return Action(moment.app, text, moment.title, moment.id, *span, key_of(moment.app, text))


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """How many steps must be put in, left out or replaced to make one way of the other."""
    row = list(range(len(other) + 1))
    for number, key in enumerate(one, 1):
        corner, row[0] = row[0], number
        for column, there in enumerate(other, 1):
            change = corner + (key != there)
            corner = row[column]
            row[column] = min(change, corner + 1, row[column - 1] + 1)
    return row[-1]
