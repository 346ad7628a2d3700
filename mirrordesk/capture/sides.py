"""The two sides of a conversation: what the computer plays and what the person says."""

from __future__ import annotations

import functools
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mirrordesk import clock
from mirrordesk.capture import echo
from mirrordesk.capture.base import Samples
from mirrordesk.capture.utterance import SAMPLE_NS, SLACK_WITHIN_NS, Utterance, Utterances
from mirrordesk.capture.vad import SileroVad

KEPT_NS = 40 * clock.SECOND  # the longest utterance, how late its echo is, and how late it ends


@dataclass(frozen=True, slots=True)
class _Block:
    number: int  # of its first sample
    start_ns: int
    samples: Samples


class Played:
    """What the computer played of late. Written by one thread, read by another.

    Blocks follow one another to the sample, whatever the doubt about when exactly they were played:
    an echo is found by its wave, which a gap or a jump of some milliseconds would tear.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks: deque[_Block] = deque()
        self._next = 0  # number of the next sample
        self._next_ns = 0  # when it is due

    def feed(self, samples: Samples, start_ns: int) -> None:
        """Remember a block whose first sample was played at `start_ns`."""
        with self._lock:
            ahead_ns = start_ns - self._next_ns
            if ahead_ns < -SLACK_WITHIN_NS:  # somebody set the clock back
                self._blocks.clear()
            elif ahead_ns > SLACK_WITHIN_NS:
                self._next += ahead_ns // SAMPLE_NS
            self._blocks.append(_Block(self._next, start_ns, samples))
            self._next += len(samples)
            self._next_ns = start_ns + len(samples) * SAMPLE_NS
            while self._blocks[0].start_ns < self._next_ns - KEPT_NS:
                self._blocks.popleft()

    def drop(self) -> None:
        """Forget everything."""
        with self._lock:
            self._blocks.clear()

    def between(self, start_ns: int, count: int) -> Samples:
        """The `count` samples from `start_ns` on, as the clock tells of the last of them; zeros
        where nothing is known to have been played."""
        found = np.zeros(count, np.float32)
        with self._lock:
            blocks = list(self._blocks)
        end_ns = start_ns + count * SAMPLE_NS
        if last := next((b for b in reversed(blocks) if b.start_ns < end_ns), None):
            first = last.number + (start_ns - last.start_ns) // SAMPLE_NS
            for block in blocks:
                at = block.number - first
                part = block.samples[max(-at, 0) : max(count - at, 0)]
                found[max(at, 0) : max(at, 0) + len(part)] = part
        return found


class Theirs:
    """What the computer plays, as utterances. `played` learns of all of it."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self._utterances = Utterances(SileroVad())

    def feed(self, samples: Samples, start_ns: int) -> list[Utterance]:
        """The utterances that end within `samples`, as `Utterances.feed`."""
        if len(samples):
            self._played.feed(samples, start_ns)
        return self._utterances.feed(samples, start_ns)

    def finish(self) -> list[Utterance]:
        """End the utterance under way."""
        return self._utterances.finish()

    def drop(self) -> None:
        """Forget everything under way."""
        self._played.drop()
        self._utterances.drop()


class Mine:
    """What the microphone hears, as utterances without the echo of what was `played`."""

    def __init__(self, played: Played) -> None:
        self._played = played
        self._utterances = Utterances(SileroVad())

    def feed(self, samples: Samples, start_ns: int) -> list[Utterance]:
        """The utterances that end within `samples`, as `Utterances.feed`."""
        return self._own(self._utterances.feed(samples, start_ns))

    def finish(self) -> list[Utterance]:
        """End the utterance under way."""
        return self._own(self._utterances.finish())

    def drop(self) -> None:
        """Forget everything under way."""
        self._utterances.drop()

    def _own(self, heard: Sequence[Utterance]) -> list[Utterance]:
        return [own for utterance in heard for own in self._without_echo(utterance)]

    def _without_echo(self, heard: Utterance) -> list[Utterance]:
        """The utterance itself where it holds no echo, else what the person said in it."""
        played = self._played.between(
            heard.start_ns - echo.LATEST * SAMPLE_NS,
            echo.LATEST + len(heard.samples) + echo.EARLIEST,
        )
        rest = echo.without(heard.samples, played)
        if rest is None:
            return [heard]
        return self._again.feed(rest, heard.start_ns) + self._again.finish()

    @functools.cached_property
    def _again(self) -> Utterances:
        """Listens to what is left; most people wear a headset and never need it."""
        return Utterances(SileroVad())
