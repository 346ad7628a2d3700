"""A file that makes llama.cpp abort: it is refused in one sentence, and left alone from then on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk import clock, config
from mirrordesk.config import LlmSettings
from mirrordesk.desk import Desk
from mirrordesk.errors import ChildDied, WeightsError
from mirrordesk.llm import foresee, gguf
from mirrordesk.llm.loading import Loading
from mirrordesk.llm.reader import Reader
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Hit, Kind, Moment
from mirrordesk.worker import Worker
from tests.llm import tiny_gguf
from tests.remembering import ID, LINE, remember

TOO_MANY = 600  # layers; at more than 512 llama.cpp aborts while it reads the header
ENDED = r"fatal\.gguf could not be loaded: llama\.cpp ended while reading it\.$"
NOW = clock.now_ns()
HIT = Hit(Moment("a" * 32, Kind.NOTE, NOW, NOW, "UTC", "note", text="We meet at noon."), 1.0, {})


@pytest.fixture
def fatal(tmp_path: Path) -> Path:
    return tiny_gguf.make(tmp_path / "fatal.gguf", layers=TOO_MANY)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(["mirrordesk.llm.host"], name="language model", log=tmp_path / "llm.log")
    yield worker
    worker.close()


def _ask(process: Worker, path: Path, loading: Loading, answer_tokens: int = 16) -> None:
    settings = LlmSettings(model=str(path), context=2048, answer_tokens=answer_tokens)
    reader = Reader(process, settings, loading=loading)
    reader.answer("When do we meet?", [HIT], lambda _step: None, threading.Event())


def test_a_fatal_file_is_not_tried_again_until_it_or_the_settings_change(
    process: Worker, fatal: Path, tmp_path: Path
) -> None:
    loading, log = Loading(), tmp_path / "llm.log"
    with pytest.raises(WeightsError, match=ENDED):
        _ask(process, fatal, loading)
    assert "debugg" not in log.read_text(errors="replace").lower()
    aborted = log.stat().st_size
    with pytest.raises(WeightsError, match=ENDED):
        _ask(process, fatal, loading)
    assert process.pid is None
    assert log.stat().st_size == aborted
    with pytest.raises(WeightsError, match=ENDED):
        _ask(process, fatal, loading, answer_tokens=17)
    assert log.stat().st_size > aborted
    tiny_gguf.make(fatal)
    _ask(process, fatal, loading, answer_tokens=17)
    assert process.pid


def test_a_process_that_was_ended_from_outside_says_nothing_about_the_file(fatal: Path) -> None:
    loading = Loading()
    for _ in range(2):
        with pytest.raises(ChildDied, match="signal 9"), loading.of(fatal, LlmSettings()):
            raise ChildDied("The language model process was ended by signal 9.")


def test_doctor_outlives_a_fatal_file(fatal: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=ENDED):
        foresee.reasons(fatal, LlmSettings(), tmp_path / "planning.log")


def test_with_a_fatal_model_answers_are_found_text_and_nothing_stored_is_harmed(
    profile: Profile, fatal: Path
) -> None:
    remember(profile)
    settings = config.with_model(config.load(profile), str(fatal))
    with Desk(profile, settings) as desk:
        for _ in range(2):
            answer = desk.ask("What is the Falcon budget?")
            assert answer.engine == "extractive"
            assert answer.claims[0].text == LINE
            assert f"{fatal} could not be loaded: llama.cpp ended" in answer.note
    assert Store(profile).moment(ID).text == LINE


def test_where_the_settings_do_not_fit_the_model_answers_are_found_text_that_says_so(
    profile: Profile, model: Path
) -> None:
    remember(profile)
    config.change(profile, "llm.type_v", "q9_9")
    settings = config.with_model(config.load(profile), str(model))
    with Desk(profile, settings) as desk:
        answer = desk.ask("What is the Falcon budget?")
    assert (answer.engine, answer.claims[0].text) == ("extractive", LINE)
    assert "q9_9" in answer.note


def test_a_model_that_was_trained_on_no_context_is_no_language_model(tmp_path: Path) -> None:
    empty = tiny_gguf.make(tmp_path / "empty.gguf", context=0)
    with pytest.raises(WeightsError, match="is not a language model: it lacks"):
        gguf.read(empty)
