"""Silero VAD on real and on synthetic sound; no sound server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mirrordesk.capture import vad
from mirrordesk.capture.base import Samples
from mirrordesk.capture.utterance import Utterances
from mirrordesk.capture.vad import SileroVad
from mirrordesk.errors import CaptureUnavailable
from tests.capture_sound.conftest import samples_of, spoken

SECOND = 16_000  # samples
SENTENCES = (
    "The budget of project Falcon was raised to forty eight thousand euros.",
    "Yes, please send it to me tomorrow.",
)


def _noise(loudness: float) -> Samples:
    return np.random.default_rng(7).normal(0, loudness, 8 * SECOND).astype(np.float32)


def _tone(hertz: float) -> Samples:
    return (0.3 * np.sin(2 * np.pi * hertz * np.arange(8 * SECOND) / SECOND)).astype(np.float32)


@pytest.mark.parametrize(
    "samples",
    [np.zeros(8 * SECOND, np.float32), _noise(0.1), _noise(0.003), _tone(440), _tone(150)],
    ids=["silence", "noise", "faint noise", "tone", "hum"],
)
def test_what_is_no_voice_gives_no_utterance(samples: Samples) -> None:
    utterances = Utterances(SileroVad())
    assert utterances.feed(samples, 0) + utterances.finish() == []


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("loudness", [1.0, 0.1])
def test_a_sentence_among_faint_noise_is_one_utterance(
    sentence: str, loudness: float, tmp_path: Path
) -> None:
    speech = loudness * samples_of(spoken(sentence, tmp_path))
    quiet = _noise(0.001)[: 2 * SECOND]
    samples = np.concatenate((quiet, speech, quiet)).astype(np.float32)
    utterances = Utterances(SileroVad())
    (one,) = utterances.feed(samples, 0) + utterances.finish()
    start, end = one.start_ns / 62_500, one.end_ns / 62_500
    assert abs(start - 2 * SECOND) < SECOND / 2
    assert abs(end - 2 * SECOND - len(speech)) < SECOND / 2


def test_a_missing_package_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vad, "find_spec", lambda _name: None)
    with pytest.raises(CaptureUnavailable, match="silero-vad is not installed"):
        SileroVad()


def test_listening_needs_no_torch() -> None:
    code = (
        "import sys; from mirrordesk.capture import sound, vad; vad.SileroVad();"
        "assert not {'torch', 'silero_vad', 'soundcard'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
