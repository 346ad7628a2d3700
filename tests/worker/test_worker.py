"""A child process over its pipes: what comes back, what happens when either side dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk.errors import WeightsMissing, WorkerError
from mirrordesk.worker import Worker

PATIENCE_S = 60.0


def eventually(condition: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(["tests.worker.serving"], name="serving", log=tmp_path / "serving.log")
    yield worker
    worker.close()


@pytest.fixture(scope="module")
def shared() -> Iterator[Worker]:
    worker = Worker(["tests.worker.serving"], name="serving")
    yield worker
    worker.close()


def test_a_call_returns_what_the_handler_returned(worker: Worker) -> None:
    assert worker.call("echo", a=1, b=[None, "x"]).result(PATIENCE_S) == {"a": 1, "b": [None, "x"]}


def test_no_process_runs_before_the_first_call(worker: Worker) -> None:
    assert worker.pid is None
    assert worker.call("pid").result(PATIENCE_S) == worker.pid


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_json_value_comes_back_as_it_went(shared: Worker, value: object) -> None:
    assert shared.call("echo", value=value).result(PATIENCE_S) == {"value": value}


def test_a_lone_surrogate_and_line_separators_pass(shared: Worker) -> None:
    text = "caf\udce9 \u2028 \r\n \x85 \x00 end"
    assert shared.call("echo", text=text).result(PATIENCE_S) == {"text": text}


def test_a_message_far_larger_than_the_pipe_passes(shared: Worker) -> None:
    text = "line\n" * 500_000
    assert shared.call("echo", text=text).result(PATIENCE_S) == {"text": text}


def test_events_come_in_order_before_the_result(worker: Worker) -> None:
    call = worker.call("count", n=500)
    assert list(call.events()) == list(range(500))
    assert call.result() == 500


def test_calls_side_by_side_do_not_mix(worker: Worker) -> None:
    waiting = worker.call("wait")
    assert next(waiting.events()) == "started"
    with ThreadPoolExecutor(8) as pool:
        calls = list(pool.map(lambda n: worker.call("count", n=n), range(40)))
    assert [list(call.events()) for call in calls] == [list(range(n)) for n in range(40)]
    waiting.cancel()
    assert waiting.result(PATIENCE_S) == "cancelled"


def test_cancel_reaches_only_its_call(worker: Worker) -> None:
    first, second = worker.call("wait"), worker.call("wait")
    assert (next(first.events()), next(second.events())) == ("started", "started")
    first.cancel()
    assert first.result(PATIENCE_S) == "cancelled"
    assert not second.future.done()
    second.cancel()
    assert second.result(PATIENCE_S) == "cancelled"


def test_an_event_cancels_a_call_that_tells_nothing(worker: Worker) -> None:
    call, cancelled = worker.call("wait"), threading.Event()
    events = call.events(cancelled)
    assert next(events) == "started"
    threading.Timer(0.1, cancelled.set).start()
    assert list(events) == []
    assert call.result() == "cancelled"


def test_cancelling_a_call_that_has_ended_does_no_harm(worker: Worker) -> None:
    call = worker.call("echo")
    call.result(PATIENCE_S)
    call.cancel()
    assert worker.call("echo").result(PATIENCE_S) == {}


def test_our_errors_keep_their_class_and_sentence(worker: Worker) -> None:
    call = worker.call("lack", sentence="There is no such file.")
    with pytest.raises(WeightsMissing, match="There is no such file"):
        list(call.events())


def test_a_bug_in_a_handler_fails_its_call_and_nothing_else(worker: Worker, tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="IndexError"):
        worker.call("bug").result(PATIENCE_S)
    with pytest.raises(WorkerError, match="TypeError"):
        worker.call("unsendable").result(PATIENCE_S)
    with pytest.raises(WorkerError, match="nonsense"):
        worker.call("nonsense").result(PATIENCE_S)
    assert worker.call("echo").result(PATIENCE_S) == {}
    assert "IndexError" in (tmp_path / "serving.log").read_text()


def test_what_the_child_prints_goes_to_the_log_and_not_into_the_protocol(
    worker: Worker, tmp_path: Path
) -> None:
    assert worker.call("chatter").result(PATIENCE_S) == "said"
    assert worker.call("echo").result(PATIENCE_S) == {}
    worker.close()
    log = (tmp_path / "serving.log").read_text()
    assert "a C puts" in log
    assert "a write to descriptor 1" in log
    assert "a Python print" in log


def test_killing_the_child_fails_its_calls_and_the_next_call_starts_another(worker: Worker) -> None:
    calls = [worker.call("wait"), worker.call("wait")]
    for call in calls:
        assert next(call.events()) == "started"
    first = worker.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    for call in calls:
        with pytest.raises(WorkerError, match="signal 9"):
            call.result(PATIENCE_S)
    assert worker.call("echo", again=True).result(PATIENCE_S) == {"again": True}
    assert worker.pid not in (None, first)


def test_a_child_that_ends_by_itself_is_told_with_its_status_and_log(
    worker: Worker, tmp_path: Path
) -> None:
    with pytest.raises(WorkerError, match=r"ended with status 3.*serving\.log"):
        list(worker.call("die").events())


def test_calls_while_children_keep_dying_all_end(worker: Worker) -> None:
    def one(number: int) -> str:
        try:
            return str(worker.call("die" if number % 3 == 0 else "echo").result(PATIENCE_S))
        except WorkerError:
            return "failed"

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(one, range(12)))
    assert set(outcomes) <= {"failed", "{}"}
    assert worker.call("echo").result(PATIENCE_S) == {}


def test_a_module_that_cannot_start_fails_the_call(tmp_path: Path) -> None:
    worker = Worker(["tests.worker.no_such_module"], name="absent", log=tmp_path / "absent.log")
    with pytest.raises(WorkerError, match="absent process ended with status 1"):
        worker.call("echo").result(PATIENCE_S)
    worker.close()


def test_a_log_that_cannot_be_opened_is_one_sentence(tmp_path: Path) -> None:
    worker = Worker(["tests.worker.serving"], name="serving", log=tmp_path / "no" / "such.log")
    with pytest.raises(WorkerError, match="cannot be started"):
        worker.call("echo")


def test_closing_ends_the_child_and_a_later_call_starts_anew(worker: Worker) -> None:
    first = worker.call("pid").result(PATIENCE_S)
    worker.close()
    assert not psutil.pid_exists(first)
    assert worker.pid is None
    assert worker.call("pid").result(PATIENCE_S) != first


def test_closing_cancels_what_is_under_way(worker: Worker) -> None:
    call = worker.call("wait")
    next(call.events())
    worker.close()
    assert call.result(PATIENCE_S) == "cancelled"


def test_a_child_that_does_not_end_is_killed_on_close(worker: Worker) -> None:
    call = worker.call("deaf")
    next(call.events())
    worker.close(timeout=0.2)
    with pytest.raises(WorkerError, match="signal 9"):
        call.result(PATIENCE_S)


def test_a_stopped_child_that_reads_nothing_can_still_be_closed(worker: Worker) -> None:
    pid = worker.call("pid").result(PATIENCE_S)
    os.kill(pid, signal.SIGSTOP)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(lambda: worker.call("echo", text="x" * 1_000_000))
        eventually(lambda: sending.running(), "the call never began")
        worker.close(timeout=0.5)
        with pytest.raises(WorkerError):
            sending.result(PATIENCE_S).result(PATIENCE_S)
    assert not psutil.pid_exists(pid)


def test_the_keyboard_interrupt_of_the_terminal_does_not_reach_the_child(worker: Worker) -> None:
    assert worker.call("session").result(PATIENCE_S) == worker.pid != os.getsid(0)


_PARENT = """
import sys
from mirrordesk.worker import Worker
worker = Worker(["tests.worker.serving"], name="serving")
call = worker.call(sys.argv[1])
next(call.events())
print(worker.pid, flush=True)
call.result()
"""


@pytest.mark.parametrize("method", ["wait", "deaf"])
def test_no_child_outlives_a_parent_that_was_killed(method: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _PARENT, method], stdout=subprocess.PIPE, encoding="ascii"
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert psutil.pid_exists(child)
        parent.kill()
    eventually(lambda: not _running(child), "the child goes on without its parent")


def _running(pid: int) -> bool:
    """A zombie that nobody has waited for yet runs no more."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
