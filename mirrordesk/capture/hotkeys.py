"""Keys that work in every program: which are wanted, and what is to happen when they are pressed.

A key that cannot be had is no reason not to record; the status tells of it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mirrordesk.errors import CaptureUnavailable, DiskFull, UsageError

MODIFIERS = ("ctrl", "alt", "shift", "super")
_MODIFIED = "ctrl, alt, shift or super"


@dataclass(frozen=True, slots=True)
class Chord:
    """A key, by its name on the platform, and the modifiers that are held with it."""

    modifiers: frozenset[str]
    key: str

    def __str__(self) -> str:
        return "+".join([*(m for m in MODIFIERS if m in self.modifiers), self.key])


def parse(text: str) -> Chord:
    """The chord that `ctrl+alt+p` says. Raises UsageError, also for a letter all by itself."""
    *modifiers, key = (part.strip() for part in text.split("+"))
    held = frozenset(modifier.lower() for modifier in modifiers)
    if not key or (len(key) == 1 and not held) or not held <= set(MODIFIERS):
        raise UsageError(f"`{text}` is no hot key; write {_MODIFIED} and a key, as in ctrl+alt+p.")
    return Chord(held, key)


class KeyGrabber(ABC):
    """Has the desktop hand it chords, whichever window has the keyboard."""

    @abstractmethod
    def grab(self, chord: Chord) -> None:
        """From now on. Raises CaptureUnavailable where it cannot be had."""

    @abstractmethod
    def pressed(self) -> list[Chord]:
        """What was pressed since the last call; holding a key counts once.

        Raises CaptureUnavailable when the display is gone.
        """

    @abstractmethod
    def fileno(self) -> int | None:
        """A descriptor that can be read when something may have been pressed.

        None where there is no such thing, so that the keys must be asked for often.
        """

    @abstractmethod
    def close(self) -> None:
        """Let the display go."""


@dataclass(frozen=True, slots=True)
class HotKey:
    """A hot key as it is set (empty: none) and what it does; `name` is for the status."""

    name: str
    chord: str
    act: Callable[[], None]


class HotKeys:
    """The hot keys of a recorder. To be used from one thread."""

    def __init__(self, grabber: KeyGrabber, *keys: HotKey) -> None:
        self._grabber = grabber
        self._by_chord: dict[Chord, HotKey] = {}
        self._states: dict[str, str] = {}
        for key in keys:
            self._add(key)

    def _add(self, key: HotKey) -> None:
        if not key.chord:
            return
        try:
            chord = parse(key.chord)
            self._grabber.grab(chord)
        except (UsageError, CaptureUnavailable) as error:
            self._states[key.name] = str(error)
            return
        self._by_chord[chord] = key
        self._states[key.name] = str(chord)

    def states(self) -> Mapping[str, str]:
        """For each hot key its chord, or why there is none."""
        return self._states

    def descriptors(self) -> list[int]:
        """What to wait for, beside other things."""
        number = self._grabber.fileno() if self._by_chord else None
        return [] if number is None else [number]

    def act(self) -> None:
        """Do what the keys pressed since the last call are for."""
        if not self._by_chord:
            return
        try:
            pressed = self._grabber.pressed()
        except CaptureUnavailable as error:
            self._states.update((key.name, str(error)) for key in self._by_chord.values())
            self._by_chord.clear()
            return
        for key in (self._by_chord[chord] for chord in pressed if chord in self._by_chord):
            self._act(key)

    def _act(self, key: HotKey) -> None:
        try:
            key.act()
        except DiskFull as error:
            self._states[key.name] = f"{key.chord}; it had no effect: {error}"
        else:
            self._states[key.name] = str(parse(key.chord))
