"""Cuts a stream of sound into utterances: what is said between two silences."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mirrordesk import clock
from mirrordesk.capture.base import SAMPLE_RATE, Samples
from mirrordesk.capture.vad import CHUNK, Voice

SAMPLE_NS = clock.SECOND // SAMPLE_RATE  # 62,500 exactly
CHUNK_NS = CHUNK * SAMPLE_NS  # 32 ms

ONSET = 0.5  # probability with which an utterance begins
HOLD = 0.35  # probability that still counts as speech within one
PADDING = 7  # chunks, 224 ms, kept before and after
SILENCE = 19  # chunks, 608 ms, that end an utterance
SHORTEST = 8  # chunks, 256 ms, of speech; what has less is a cough or a click
LEAST = -(
    -2 * clock.SECOND // CHUNK_NS
)  # chunks in one utterance: a "yes" is kept with what follows
LONGEST = 30 * clock.SECOND // CHUNK_NS  # chunks in one utterance
CUT_WITHIN = 2 * clock.SECOND // CHUNK_NS  # chunks at the end of a long one to find a pause in

# How far the clock may disagree with the count of samples before the stream counts as broken.
# Generous within an utterance, so that a drifting sound card splits none.
SLACK_NS = clock.SECOND // 20
SLACK_WITHIN_NS = clock.SECOND // 2


@dataclass(frozen=True, slots=True)
class Utterance:
    """Speech with a little silence around it: `end_ns - start_ns` is exactly its samples."""

    start_ns: int
    end_ns: int
    samples: Samples


@dataclass(frozen=True, slots=True)
class _Chunk:
    start_ns: int
    samples: Samples
    speech: bool


class Utterances:
    """Feed it blocks of any length; it gives each utterance when that has ended.

    Spans are in order and do not overlap as long as the clock is not set back. Every chunk of
    speech lies in one, except where fewer than SHORTEST stand alone. Each is of LEAST to LONGEST
    chunks, shorter only where the stream ended or a long one was cut.
    """

    def __init__(self, voice: Voice) -> None:
        self._voice = voice
        self._rest = np.empty(0, np.float32)  # fewer than CHUNK samples, not yet heard
        self._next_ns = 0  # when the next sample fed is due
        self._before: deque[_Chunk] = deque(maxlen=PADDING)
        self._body: list[_Chunk] = []  # the utterance under way; empty between utterances
        self._continues = False  # whether `_body` is what remained of a long one

    def feed(self, samples: Samples, start_ns: int) -> list[Utterance]:
        """The utterances that end within `samples`, whose first was heard at `start_ns`.

        A block without samples tells that nothing was heard up to `start_ns`.
        """
        done: list[Utterance] = []
        slack = SLACK_WITHIN_NS if self._body else SLACK_NS
        if abs(start_ns - self._next_ns) > slack:
            done += self.finish()
            self._next_ns = start_ns
        first_ns = self._next_ns - len(self._rest) * SAMPLE_NS
        self._next_ns += len(samples) * SAMPLE_NS
        waiting = np.concatenate((self._rest, samples))
        whole = len(waiting) // CHUNK * CHUNK
        self._rest = waiting[whole:]
        for offset in range(0, whole, CHUNK):
            done += self._hear(waiting[offset : offset + CHUNK], first_ns + offset * SAMPLE_NS)
        return done

    def finish(self) -> list[Utterance]:
        """End the utterance under way, if there is one, and start afresh."""
        done = self._close()
        self.drop()
        return done

    def drop(self) -> None:
        """Forget everything under way."""
        self._voice.reset()
        self._before.clear()
        self._body = []
        self._rest = self._rest[:0]
        self._continues = False

    def _hear(self, samples: Samples, start_ns: int) -> Iterator[Utterance]:
        chunk = _Chunk(start_ns, samples, self._is_speech(samples))
        if not self._body and not chunk.speech:
            self._before.append(chunk)
            return
        if not self._body:
            self._body = list(self._before)
            self._before.clear()
        self._body.append(chunk)
        silent = len(self._body) - self._spoken() >= SILENCE
        if silent and len(self._body) >= LEAST:
            yield from self._close()
        elif len(self._body) >= LONGEST:
            yield self._cut()

    def _is_speech(self, samples: Samples) -> bool:
        if self._body:
            return self._voice.probability(samples) >= HOLD
        if not samples.any():  # a computer that plays nothing gives zeros: they cost nothing
            self._voice.reset()
            return False
        return self._voice.probability(samples) >= ONSET

    def _spoken(self) -> int:
        """How many chunks of the body reach up to the end of its last speech."""
        return next(i for i in range(len(self._body), -1, -1) if not i or self._body[i - 1].speech)

    def _close(self) -> list[Utterance]:
        """End the utterance under way; the silence after its padding may pad the next one."""
        body, end = self._body, max(self._spoken() + PADDING, LEAST)
        enough = 1 if self._continues else SHORTEST
        self._body, self._continues = [], False
        if sum(chunk.speech for chunk in body) < enough:
            self._before.extend(body)
            return []
        self._before.extend(body[end:])
        return [_utterance(body[:end])]

    def _cut(self) -> Utterance:
        """Cut a long utterance after the quietest chunk near its end; the remainder goes on."""
        near_end = self._body[-CUT_WITHIN:-1]
        energies = [float(np.square(chunk.samples).sum()) for chunk in near_end]
        cut = len(self._body) - CUT_WITHIN + int(np.argmin(energies)) + 1
        first, self._body = self._body[:cut], self._body[cut:]
        self._continues = True
        return _utterance(first)


def _utterance(chunks: list[_Chunk]) -> Utterance:
    samples = np.concatenate([chunk.samples for chunk in chunks])
    start_ns = chunks[0].start_ns
    return Utterance(start_ns, start_ns + len(samples) * SAMPLE_NS, samples)
