"""Utterances are given to the speech model several at a time; each gets its own words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mirrordesk.config import Settings
from mirrordesk.errors import StoreError
from mirrordesk.perception.base import Pixels, Samples, SpeechEncoder
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.perceiver import Perceiver
from mirrordesk.records import Channel, Kind, Moment, State

LOUD = 9.0


class Counts(SpeechEncoder):
    """Writes how long a sound is; one that is too loud defeats it, and all given with it."""

    name, device, why, together = "counts", "cpu", "a test", 3

    def __init__(self) -> None:
        self.portions: list[int] = []

    def transcribe(self, samples: Samples) -> str:
        return self.transcribe_all([samples])[0]

    def transcribe_all(self, sounds: Sequence[Samples]) -> list[str]:
        self.portions.append(len(sounds))
        if any(sound.max(initial=0) >= LOUD for sound in sounds):
            raise ValueError("too loud")
        return [f"{len(sound)} samples" for sound in sounds]


class Sounds:
    """The sound of a moment is as long as its media's name says; "gone" is gone."""

    def frame(self, relative: str) -> Pixels:
        raise StoreError(relative)

    def speech(self, relative: str) -> Samples:
        if relative == "gone":
            raise StoreError("It is gone.")
        return np.full(int(relative), LOUD if relative == "13" else 0.1, np.float32)


class Only(Encoders):
    """Has the speech encoder alone."""

    def __init__(self, speech: SpeechEncoder) -> None:
        super().__init__(Settings)
        self._only = speech

    def find(self, channel: Channel) -> SpeechEncoder | None:  # type: ignore[override]
        return self._only if channel is Channel.SPEECH else None


def heard(media: str) -> Moment:
    fields = {"media": media, "speech": State.PENDING}
    return Moment(media, Kind.SPEECH, 0, 1, "UTC", "microphone", **fields)  # type: ignore[arg-type]


def test_each_utterance_of_a_portion_gets_its_own_words() -> None:
    counts = Counts()
    moments = [heard(str(length)) for length in range(1, 8)]
    breaths: list[int] = []
    filled = Perceiver(Only(counts), Sounds()).fill(moments, {}, lambda: breaths.append(1))
    assert [m.text for m in filled.moments] == [f"{n} samples" for n in range(1, 8)]
    assert {m.speech for m in filled.moments} == {State.DONE}
    assert counts.portions == [3, 3, 1]
    assert len(breaths) == 3


def test_one_that_cannot_be_read_takes_nothing_from_the_others() -> None:
    moments = [heard(media) for media in ("1", "gone", "3", "4", "13", "6")]
    filled = Perceiver(Only(Counts()), Sounds()).fill(moments, {}, lambda: None)
    found = {m.media: (m.speech, m.text) for m in filled.moments}
    assert found["gone"] == (State.FAILED, "")
    assert found["13"] == (State.FAILED, "")
    for media in ("1", "3", "4", "6"):
        assert found[media] == (State.DONE, f"{media} samples")
