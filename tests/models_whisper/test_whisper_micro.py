"""Whisper-micro: the committed checkpoint hears office talk, and the script that made it works."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from whisper.tokenizer import get_tokenizer

from mirrordesk.config import SpeechSettings
from mirrordesk.perception.whisper import Whisper
from mirrordesk.weights import speech as speech_weights
from models.micro.whisper import corpus, evaluate, speech, train, words
from models.micro.whisper.batches import Lesson
from models.micro.whisper.model import Vocabulary

MOST_BYTES = 10_000_000
FEW = 12


@pytest.fixture(scope="module")
def micro() -> Whisper:
    return Whisper(speech_weights(SpeechSettings(model="whisper-micro")).path, provisional=True)


def test_the_committed_file_is_small() -> None:
    assert evaluate.CHECKPOINT.stat().st_size <= MOST_BYTES


def test_sentences_and_voices_it_never_heard_are_written_down(micro: Whisper) -> None:
    assert evaluate.generated(micro, FEW) <= 0.25


def test_noise_without_speech_gives_no_words(micro: Whisper) -> None:
    chance = np.random.default_rng(5)
    heard = [micro.transcribe(speech.silence(chance)) for _ in range(8)]
    assert heard.count("") >= 7, heard


def test_no_held_out_sentence_and_no_held_out_voice_is_learnt_from() -> None:
    held_out = {said.text for said in corpus.held_out(FEW)}
    assert held_out.isdisjoint(said.text for said in corpus.known(60))
    assert set(speech.VARIANTS).isdisjoint(speech.HELD_OUT_VARIANTS)


@pytest.mark.parametrize(
    ("wanted", "got", "edits"),
    [
        ("Call Nina at ten.", "call nina at ten", 0),
        ("Call Nina at ten.", "call Tina ten", 2),
        ("Call Nina.", "", 2),
        ("", "invented words", 2),
    ],
)
def test_words_put_in_left_out_or_changed_count_as_errors(
    wanted: str, got: str, edits: int
) -> None:
    assert words.edits(wanted, got) == edits


def test_a_run_of_two_steps_writes_a_checkpoint_that_loads(tmp_path: Path) -> None:
    lesson = Lesson(1, corpus.scraps(40, 2), clean=True)
    vocabulary = Vocabulary(get_tokenizer(multilingual=False))
    train.train([lesson, lesson], vocabulary, tmp_path)
    assert (tmp_path / "training.jsonl").exists()
    heard = Whisper(tmp_path / evaluate.CHECKPOINT.name).transcribe(np.zeros(16_000, np.float32))
    assert isinstance(heard, str)
