"""Where nobody speaks no word is written: the way from the sound to the words, in simulated time.

`python -m benchmarks quiet` does the same with ten minutes of each sound.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks import quiet
from mirrordesk.config import SpeechSettings
from mirrordesk.perception.whisper import Whisper
from mirrordesk.weights import speech as speech_weights
from models.micro.whisper import corpus, speech, words

SHORT = 20 / 60  # minutes


@pytest.fixture(scope="module")
def micro() -> Whisper:
    return Whisper(speech_weights(SpeechSettings(model="whisper-micro")).path, provisional=True)


@pytest.mark.parametrize("name", quiet.SOUNDS)
def test_sound_without_speech_gives_no_words(name: str, micro: Whisper) -> None:
    passed = quiet.heard(quiet.SOUNDS[name], SHORT)
    assert "".join(micro.transcribe_all([one.samples for one in passed])) == ""


@pytest.mark.parametrize("name", ["fan", "chords", "melody", "drums"])
def test_what_voice_detection_would_let_through_the_speech_model_does_not_believe(
    name: str, micro: Whisper
) -> None:
    chance = np.random.default_rng(2)
    assert micro.transcribe(quiet.SOUNDS[name](5 * 16_000, chance)) == ""


def test_several_utterances_at_once_are_written_down_as_one_by_one(micro: Whisper) -> None:
    chance = np.random.default_rng(corpus.SEED)
    said = corpus.held_out(3)
    sounds = [speech.heard(one.samples, chance) for one in said]
    sounds[1] = 0.05 * sounds[1]  # faint beside the others
    sounds.append(np.zeros(0, np.float32))
    together = micro.transcribe_all(sounds)
    assert together == [micro.transcribe(sound) for sound in sounds]
    assert together[-1] == ""
    assert words.error_rate((one.text, got) for one, got in zip(said, together, strict=False)) < 0.3
