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

PATIENCE_NS = 3 * clock.SECOND  # to learn what was played; a busy machine hands it over late
KEPT_NS = (
    45 * clock.SECOND
)  # the longest utterance, how late its echo is, how late it ends, and patience


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
        self._told_ns = 0

    @property
    def told_ns(self) -> int:
        """Until when it is known what was played; 0 where nobody listens to that."""
        return self._told_ns

    def nothing_until(self, end_ns: int) -> None:
        """Remember that nothing more was played up to then."""
        self._told_ns = end_ns

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
            self._told_ns = self._next_ns = start_ns + len(samples) * SAMPLE_NS
            while self._blocks[0].start_ns < self._next_ns - KEPT_NS:
                self._blocks.popleft()

    def drop(self) -> None:
        """Forget everything."""
        with self._lock:
            self._blocks.clear()
            self._told_ns = 0

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
        else:
            self._played.nothing_until(start_ns)
        return self._utterances.feed(samples, start_ns)

    def finish(self) -> list[Utterance]:
        """End the utterance under way."""
        return self._utterances.finish()

    def drop(self) -> None:
        """Forget everything under way."""
        self._played.drop()
        self._utterances.drop()


class Mine:
    """What the microphone hears, as utterances without the echo of what was `played`.

    Two threads hand over the two sides, and either may be late. So an utterance waits until all is
    known that was played meanwhile: an echo would pass for the person's own words otherwise.
    """

    def __init__(self, played: Played) -> None:
        self._played = played
        self._utterances = Utterances(SileroVad())
        self._waiting: deque[Utterance] = deque()

    def feed(self, samples: Samples, start_ns: int) -> list[Utterance]:
        """The utterances that have ended, once it is known what was played meanwhile."""
        self._waiting += self._utterances.feed(samples, start_ns)
        told_ns = self._told_ns(start_ns)
        ready: list[Utterance] = []
        while self._waiting and self._waiting[0].end_ns + echo.EARLIEST * SAMPLE_NS <= told_ns:
            ready.append(self._waiting.popleft())
        return self._own(ready)

    def finish(self) -> list[Utterance]:
        """End the utterance under way, and wait for nothing more."""
        rest = [*self._waiting, *self._utterances.finish()]
        self._waiting.clear()
        return self._own(rest)

    def drop(self) -> None:
        """Forget everything under way."""
        self._waiting.clear()
        self._utterances.drop()

    def _told_ns(self, now_ns: int) -> int:
        """Until when to believe what is known of the played; all, where nobody tells of it."""
        told_ns = self._played.told_ns
        return max(told_ns, now_ns - PATIENCE_NS) if told_ns else now_ns + clock.SECOND

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
