"""The language model's process: loading, streaming, cancelling, dying and coming back."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError, WeightsError, WorkerError
from mirrordesk.wire import to_json
from mirrordesk.worker import Call, Worker
from tests.llm import tiny_gguf

PATIENCE_S = 120.0
SMALL = LlmSettings(context=2048)
WORDS = "root ::= [a-z ]{1900}"
LONG = "root ::= line{300}\nline ::= [a-z ]{100}"
LONG_TOKENS = 30_000  # an answer that long outlasts any pause of a busy machine
ROOMY = 32_768  # tokens


def load(host: Worker, path: Path, settings: LlmSettings = SMALL) -> dict[str, Any]:
    result: dict[str, Any] = host.call("load", path=str(path), settings=to_json(settings)).result(
        PATIENCE_S
    )
    return result


def generate(host: Worker, limit: int, grammar: str = WORDS) -> Call:
    return host.call("generate", system="s", user="u", grammar=grammar, limit=limit)


def generate_long(host: Worker, folder: Path) -> Call:
    """An answer that has begun and is far from its end."""
    roomy = tiny_gguf.make(folder / "roomy.gguf", context=ROOMY)
    load(host, roomy, LlmSettings(context=ROOMY))
    call = generate(host, LONG_TOKENS, LONG)
    next(call.events())
    return call


def test_a_model_loads_and_says_where_and_why(host: Worker, model: Path) -> None:
    loaded = load(host, model)
    assert loaded["name"] == tiny_gguf.NAME
    assert (loaded["type_k"], loaded["type_v"]) == ("q8_0", "q8_0")
    assert loaded["device"]
    assert loaded["why"]
    assert loaded["kv_bytes"] == pytest.approx(2048 * 272, abs=2**20 / 100)


def test_pieces_come_as_events_before_the_result(host: Worker, model: Path) -> None:
    load(host, model)
    call = generate(host, 20)
    pieces = list(call.events())
    written = call.result()
    assert "".join(pieces) == written["text"]
    assert written["tokens"] == 20


def test_counting_needs_no_prompt_and_measuring_includes_the_template(
    host: Worker, model: Path
) -> None:
    load(host, model)
    assert host.call("count", texts=["", "abc", "<|im_end|>"]).result(PATIENCE_S) == [0, 3, 10]
    assert host.call("measure", system="abc", user="abc").result(PATIENCE_S) > 6


def test_cancelling_ends_a_long_answer(host: Worker, tmp_path: Path) -> None:
    call, cancelled = generate_long(host, tmp_path), threading.Event()
    cancelled.set()
    list(call.events(cancelled))
    written = call.result(PATIENCE_S)
    assert not written["finished"]
    assert 0 < written["tokens"] < LONG_TOKENS


def test_a_question_that_waits_for_its_turn_can_be_cancelled(host: Worker, tmp_path: Path) -> None:
    first = generate_long(host, tmp_path)
    second = generate(host, 1900)
    ended: list[str] = []
    first.future.add_done_callback(lambda _future: ended.append("first"))
    second.future.add_done_callback(lambda _future: ended.append("second"))
    second.cancel()
    assert second.result(PATIENCE_S)["text"] == ""
    first.cancel()
    first.result(PATIENCE_S)
    assert ended == ["second", "first"]


def test_a_killed_model_fails_its_call_and_the_next_one_works(
    host: Worker, model: Path, tmp_path: Path
) -> None:
    call = generate_long(host, tmp_path)
    assert host.pid is not None
    os.kill(host.pid, signal.SIGKILL)
    with pytest.raises(WorkerError, match=r"language model process was ended by signal 9"):
        list(call.events())
    assert load(host, model)["name"] == tiny_gguf.NAME
    assert generate(host, 5).result(PATIENCE_S)["tokens"] == 5


def test_nothing_is_written_before_a_model_is_loaded(host: Worker) -> None:
    host.close()  # what comes next is a new process
    with pytest.raises(WorkerError, match="No language model is loaded"):
        generate(host, 5).result(PATIENCE_S)


def test_errors_keep_their_class_over_the_pipe(host: Worker, model: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn.gguf"
    torn.write_bytes(model.read_bytes()[:-5_000])
    with pytest.raises(WeightsError, match=r"torn\.gguf"):
        load(host, torn)
    with pytest.raises(UsageError, match="q9"):
        load(host, model, LlmSettings(type_v="q9"))
    assert load(host, model)["context"] == 2048


def test_a_model_that_was_replaced_on_the_disk_is_loaded_anew(host: Worker, tmp_path: Path) -> None:
    path = tiny_gguf.make(tmp_path / "model.gguf")
    assert load(host, path)["context"] == 2048
    new = tiny_gguf.make(tmp_path / "new.gguf", context=512)
    os.utime(new, ns=(1, 1))
    new.replace(path)
    assert load(host, path)["context"] == 512
