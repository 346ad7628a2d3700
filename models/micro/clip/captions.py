"""What people would say about a screen: which facts they mention, and in which words.

A caption mentions the kind of screen and some of its facts, never all. Sentences come from FRAMES;
those of HELD_OUT_FRAMES are for evaluation only and never used in training.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from models.micro.clip.kinds import Words
from models.micro.clip.screens import KINDS, Screen
from models.micro.clip.themes import COLOURS

Fact = tuple[str, str]

FRAMES = (
    "{a} {after}",
    "{bare} {after}",
    "the {bare} {after}",
    "a screenshot of {a} {after}",
    "a screen with {a} {after}",
    "show me {a} {after}",
    "find {a} {after}",
    "find the {bare} {after}",
    "where did I see {a} {after}?",
    "when was I looking at {a} {after}?",
    "I am looking for {a} {after}.",
    "search for {a} {after}",
    "go back to {a} {after}",
    "do you remember {a} {after}?",
    "I had {a} on the screen, {after}",
    "what was in the {bare} {after}?",
    "{after}: {a}",
)
HELD_OUT_FRAMES = (
    "take me back to {a} {after}",
    "what did I do in the {bare} {after}?",
    "there was {a} on my display, {after}",
    "I remember {a} {after}",
    "search my day for {a} {after}",
)

COMMON = {  # what can be said of any kind
    "theme": Words(
        before=("{}",),
        after=("in a {} theme", "in {} mode", "on a {} background", "in {} colours"),
        values={"light": ("light", "bright")},
    ),
    "bar": Words(after=("with {}",), values={
        "plain": ("a plain bar", "no coloured bar"),
        **{name: (f"a {name} bar", f"a {name} title bar", f"a {name} bar at the top")
           for name in COLOURS}}),
    "side": Words(after=("with {}",), values={
        "left": ("a side bar on the left", "a list on the left", "a panel on the left side"),
        "right": ("a side bar on the right", "a list on the right", "a panel on the right side"),
        "no": ("no side bar", "no list at the side")}),
    "place": Words(after=("{}",), values={
        "full": ("filling the screen", "in full size", "alone on the screen"),
        "window": ("in a window on the desktop", "in a window with the wallpaper around it"),
        "left": ("in the left half", "on the left half of the screen"),
        "right": ("in the right half", "on the right half of the screen"),
        "front": ("in front of another window", "on top of another program")}),
    "wall": Words(after=("over a {} wallpaper", "on a {} desktop", "before a {} wallpaper")),
    "beside": Words(after=("beside {}", "next to {}", "with {} beside it"), values={
        kind.name: tuple(f"a {noun}" for noun in kind.nouns) for kind in KINDS.values()}),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Caption:
    """A sentence, and the facts it mentions: it is true of every screen that shows them all."""

    text: str
    mentions: frozenset[Fact]


def words_for(kind: str, attribute: str) -> Words:
    """How an attribute of screens of that kind is said."""
    return KINDS[kind].says.get(attribute) or COMMON[attribute]


def caption(
    screen: Screen, chance: random.Random, frames: Sequence[str] = FRAMES, facts: int = 0
) -> Caption:
    """A sentence about `screen` that mentions its kind and `facts` (1 to 4 by default) others."""
    sayable = sorted(screen.facts - {("kind", screen.kind)})
    count = min(len(sayable), facts or chance.choice((1, 2, 2, 3, 3, 4)))
    mentioned = chance.sample(sayable, count)
    text = sentence(screen.kind, mentioned, chance, frames)
    return Caption(text, frozenset((("kind", screen.kind), *mentioned)))


def sentence(
    kind: str, mentioned: Sequence[Fact], chance: random.Random, frames: Sequence[str] = FRAMES
) -> str:
    """The facts mentioned, in this order where the language lets them be."""
    before: list[str] = []
    after: list[str] = []
    for attribute, value in mentioned:
        words = words_for(kind, attribute)
        in_front = words.before and (not words.after or chance.random() < 0.5)
        template = chance.choice(words.before if in_front else words.after)
        (before if in_front else after).append(template.format(chance.choice(words.said(value))))
    bare = " ".join((*before, chance.choice(KINDS[kind].nouns)))
    said = chance.choice(frames).format(a=f"a {bare}", bare=bare, after=_joined(after))
    return _tidy(said)


def _joined(phrases: Sequence[str]) -> str:
    """Phrases in a row; "with this with that" becomes "with this and that"."""
    said = ""
    for phrase in phrases:
        again = phrase.startswith("with ") and "with " in said
        said += " " + (phrase.replace("with ", "and ", 1) if again else phrase)
    return said.strip()


def _tidy(said: str) -> str:
    """Right articles, and no gap where nothing was to be said."""
    said = re.sub(r"\ba (?=[aeio])", "an ", said)
    return re.sub(r"\s+(?=[?.,]|$)", "", said).strip(" :,")
