"""The command line: stable shapes, one clear sentence and a status for whatever is wrong."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from mirrordesk import clock, config, durable, status
from mirrordesk.cli import main
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.registry import places
from mirrordesk.status import PerceptionStatus
from tests.remembering import ID, LINE, remember


@pytest.fixture(autouse=True)
def nothing_pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(places.MODELS_VARIABLE, str(tmp_path / "pulled"))


@pytest.fixture
def remembered(profile: Profile) -> Profile:
    """A profile that has seen one line, and answers without a language model."""
    remember(profile)
    config.change(profile, "llm.model", "")
    return profile


class Result:
    """What a command in this process printed, and its status."""

    def __init__(self, capsys: pytest.CaptureFixture[str], profile: Profile, *words: str) -> None:
        self.status = main([*words, "--profile", str(profile.root)])
        self.out, self.err = capsys.readouterr()


def test_ask_prints_the_promised_shape(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(capsys, remembered, "ask", "What is the Falcon budget?", "--json")
    answer = json.loads(result.out)
    assert {"answer", "abstained", "engine", "citations", "timings"} <= set(answer)
    assert answer["answer"] == LINE
    assert answer["engine"] == "extractive"
    (citation,) = answer["citations"]
    assert citation["id"] == ID
    assert citation["kind"] == "frame"
    assert citation["box"] == [10, 20, 300, 18]
    assert {"time", "app", "title", "text", "media"} <= set(citation)


def test_found_text_is_labelled_as_such(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    out = Result(capsys, remembered, "ask", "What is the Falcon budget?").out
    assert out.startswith("Found text")
    assert f"{LINE} [1]" in out
    assert "[1] " in out.partition("\n\n")[2]


def test_what_is_not_remembered_is_said_plainly(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(capsys, remembered, "ask", "Who won the chess championship?")
    assert result.status == 0
    assert "no memory of that" in result.out


def test_search_lists_hits_with_scores_by_channel(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    (hit,) = json.loads(Result(capsys, remembered, "search", "budget", "--json").out)
    assert hit["id"] == ID
    assert {"bm25", "fused"} <= set(hit["scores"])  # without a text vector there is no "dense"


def test_search_is_narrowed_to_an_app_a_source_or_a_time(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(*words: str) -> bool:
        return Result(capsys, remembered, "search", "budget", *words).out != "Nothing fits.\n"

    assert found("--app", "mousepad", "--kind", "frame", "--since", "2020-01-01")
    assert not found("--app", "firefox")
    assert not found("--source", "microphone")
    assert not found("--until", "2020-01-01")


@pytest.mark.parametrize("words", [[], ["--like", "x", "budget"], ["--like", "x", "--app", "y"]])
def test_a_search_says_what_it_lacks(
    remembered: Profile, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    result = Result(capsys, remembered, "search", *words)
    assert result.status == 2
    assert result.err.count("\n") == 1


def test_searching_pictures_without_an_image_model_says_what_to_do(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    config.change(remembered, "image.model", "")
    result = Result(capsys, remembered, "search", "--pictures", "a chart")
    assert result.status != 0
    assert "mirrordesk models" in result.err


def test_status_tells_how_much_a_new_model_has_still_to_do(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    beat = PerceptionStatus(pid=1, updated_ns=1, started_ns=1, reencoding={"text": 3, "image": 0})
    status.beat(remembered.perception_heartbeat, beat)
    out = Result(capsys, remembered, "status").out
    assert "3 moments still to go through with the new model for meaning of text" in out
    assert "pictures" not in out


def test_status_tells_how_many_minutes_wait_and_why(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    beat = PerceptionStatus(
        pid=1, updated_ns=1, started_ns=1, waiting=200, waiting_min=12, resting=True
    )
    status.beat(remembered.perception_heartbeat, beat)
    out = Result(capsys, remembered, "status").out
    assert "12 min of screen and sound wait to be read" in out
    assert "when its share of the processor allows" in out


def test_timeline_status_and_config_print_json(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    day = json.loads(Result(capsys, remembered, "timeline", "--json").out)
    assert {"date", "episodes", "gaps", "watched", "moments"} <= set(day)
    report = json.loads(Result(capsys, remembered, "status", "--json").out)
    assert report["moments"] == 1
    assert report["trouble"] == "nothing is recording"
    changed = Result(capsys, remembered, "config", "ui.theme", "dark", "--json")
    assert json.loads(changed.out) == {"ui.theme": "dark"}


def test_doctor_names_parts_and_remedies(
    profile: Profile, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    config.change(profile, "llm.model", "qwen3-4b")
    result = Result(capsys, profile, "doctor", "--json")
    by_part = {check["part"]: check for check in json.loads(result.out)}
    assert by_part["screen"]["state"] == "problem"
    assert by_part["text"]["state"] == "ok"
    assert by_part["answers"]["remedy"] == "mirrordesk models pull qwen3-4b"
    assert result.status == 1


def test_forget_removes_and_reports(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(capsys, remembered, "forget", "--last", "10m", "--yes", "--json")
    assert json.loads(result.out) == {"moments": 1, "media": 0, "spooled": 0}
    assert Store(remembered).count() == 0


def test_forget_asks_first(remembered: Profile, capsys: pytest.CaptureFixture[str]) -> None:
    result = Result(capsys, remembered, "forget", "--last", "10m")
    assert result.status == 2
    assert "Nothing was forgotten" in result.err
    assert Store(remembered).count() == 1


def test_pause_and_resume_leave_and_remove_a_mark(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    Result(capsys, profile, "pause")
    assert profile.pause_mark.exists()
    assert json.loads(Result(capsys, profile, "status", "--json").out)["paused"]
    Result(capsys, profile, "resume")
    assert not profile.pause_mark.exists()


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["nonsense"], 2, "nonsense"),
        (["ask"], 2, "question"),
        (["ask", "x", "--unknown"], 2, "--unknown"),
        (["timeline", "--day", "someday"], 2, "day"),
        (["forget", "--last", "soon"], 2, "duration"),
        (["forget", "--from", "2026-01-02", "--to", "2026-01-01", "--yes"], 2, "ends before"),
        (["config", "no.such"], 2, "llm.model"),
        (["config", "llm.context", "many"], 2, "whole number"),
        (["record", "--for", "-3"], 2, "seconds"),
        (["models"], 2, "VERB"),
        (["models", "pull"], 2, "NAME"),
        (["models", "pull", "no-such"], 2, "qwen3-4b"),
        (["models", "use", "no-such"], 2, "whisper-small"),
        (["models", "use", "silero-vad"], 2, "no choice"),
        (["models", "use", "qwen3-4b", "--role", "text"], 2, "path of a file"),
        (["models", "remove", "clip-micro"], 2, "comes with MirrorDesk"),
        (["models", "remove", "qwen3-4b"], 2, "not here"),
    ],
)
def test_wrong_words_get_one_sentence_and_status_2(
    profile: Profile, capsys: pytest.CaptureFixture[str], words: list[str], status: int, says: str
) -> None:
    result = Result(capsys, profile, *words)
    assert result.status == status
    assert result.err.startswith("mirrordesk: ")
    assert result.err.count("\n") == 1
    assert says in result.err


def _run(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
    desktop = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    clean = {k: v for k, v in os.environ.items() if k not in desktop}
    return subprocess.run(
        [sys.executable, "-m", "mirrordesk", *words],
        env=clean | env,
        capture_output=True,
        text=True,
        timeout=200,
    )


def _is_one_sentence(text: str) -> bool:
    return text.startswith("mirrordesk: ") and text.count("\n") == 1


def test_recording_without_a_display_ends_with_one_sentence(profile: Profile) -> None:
    done = _run("record", "--for", "5", "--json", "--profile", str(profile.root))
    assert done.returncode == 4
    assert "no display" in done.stderr
    assert _is_one_sentence(done.stderr)


def test_the_app_without_a_display_ends_with_one_sentence(profile: Profile) -> None:
    done = _run("run", "--profile", str(profile.root))
    assert done.returncode == 4
    assert _is_one_sentence(done.stderr)


def test_a_second_recorder_is_refused(profile: Profile) -> None:
    with durable.lock(profile.recorder_lock, holder=""):
        done = _run("record", "--for", "5", "--json", "--profile", str(profile.root), DISPLAY=":x")
    assert done.returncode == 3
    assert "Another recorder" in done.stderr
    assert _is_one_sentence(done.stderr)


def test_a_half_deleted_profile_is_refused_and_left_alone(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(remembered.store)
    before = sorted(path.name for path in remembered.root.rglob("*"))
    result = Result(capsys, remembered, "ask", "anything")
    assert result.status == 3
    assert "half deleted" in result.err
    assert sorted(path.name for path in remembered.root.rglob("*")) == before


def test_a_file_that_is_no_gguf_is_refused_by_name(
    remembered: Profile, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.gguf"
    wrong.write_bytes(b"no model")
    result = Result(
        capsys, remembered, "ask", "What is the Falcon budget?", "--model", str(wrong), "--json"
    )
    assert result.status == 5
    assert "wrong.gguf is not a GGUF" in result.err


def test_a_model_is_named_for_one_question(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(capsys, remembered, "ask", "anything", "--model", "qwen3-4b")
    assert result.status == 5
    assert "mirrordesk models pull qwen3-4b" in result.err


def test_the_environment_names_the_profile(tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = _run("status", "--json", MIRRORDESK_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["profile"] == str(home)


def test_status_of_a_day_accounts_for_all_of_it(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    day = clock.at(clock.now_ns()).date()
    start_ns, end_ns = clock.day_span(day)
    printed = Result(capsys, remembered, "status", "--day")
    assert printed.out.splitlines()[-1].endswith("in all")
    told = json.loads(Result(capsys, remembered, "status", "--day", f"{day}", "--json").out)
    assert told["date"] == day.isoformat()
    assert told["seconds"] == (end_ns - start_ns) / clock.SECOND
    assert sum(told["sums"].values()) == pytest.approx(told["seconds"])
    assert {"time", "end", "what", "stored"} <= set(told["stretches"][0])


def test_status_of_what_is_no_day_is_told_in_one_sentence(
    remembered: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    result = Result(capsys, remembered, "status", "--day", "someday")
    assert result.status == 2
    assert "invalid day value: 'someday'" in result.err


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(profile: Profile) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mirrordesk", "config", "--profile", str(profile.root)]
    with os.fdopen(writing, "wb") as closed:
        ended = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, check=False)
    assert ended.returncode == 128 + signal.SIGPIPE
    assert ended.stderr == b""


def test_a_worker_that_dies_does_not_take_the_process_with_it(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    """Writing to a dead process must raise an error that can be handled."""
    assert Result(capsys, profile, "config").status == 0
    assert signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN
