"""The kernel's side of the widget: what it tells the page, and what it never puts in a notebook."""

from __future__ import annotations

import dataclasses
import io
import subprocess
import sys
import threading

import pytest
from PIL import Image

from mirrordesk.errors import ProfileError, UsageError, WorkerError
from mirrordesk.notebook import MirrorDesk
from mirrordesk.paths import Profile
from mirrordesk.records import Progress
from tests.notebook.conftest import Show
from tests.notebook.fakedesk import CHAT, QUESTION, FakeDesk, forgotten, remembered

SMALL = 40_000  # bytes; a thumbnail must not weigh more


def _finish(desk: FakeDesk, *steps: Progress) -> None:
    for step in (*steps, None):
        desk.answers[-1].steps.put(step)


def _asking_threads() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name == "mirrordesk-ask"]


def test_the_package_is_light_until_a_name_is_taken() -> None:
    code = (
        "import sys, mirrordesk.notebook as n; assert 'anywidget' not in sys.modules; "
        "n.MirrorDesk; assert 'anywidget' in sys.modules; "
        "heavy = {'torch', 'lancedb', 'PySide6', 'onnxruntime', 'llama_cpp'} & set(sys.modules); "
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_steps_and_text_are_told_as_they_come(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    comm.page_sends(type="ask", question=f"  {QUESTION} ", view="page")
    assert comm.wait_for("asked")[0]["question"] == QUESTION
    desk.answers[-1].steps.put(Progress("recall"))
    assert comm.wait_for("stage")[0]["words"] == "Looking through your memory"
    desk.answers[-1].steps.put(Progress("text", "Launch "))
    assert comm.wait_for("piece")[0]["text"] == "Launch "
    assert widget.answer is None
    _finish(desk, Progress("text", "moves"))
    comm.wait_for("answer")
    assert [m["text"] for m in comm.wait_for("piece")] == ["Launch ", "moves"]


def test_the_answer_is_readable_from_python_afterwards(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, _ = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    assert widget.wait(20) == desk.final
    assert widget.answer == desk.final


def test_claims_name_their_citations_by_number_in_order(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    (answer,) = comm.wait_for("answer")
    assert [claim["sources"] for claim in answer["claims"]] == [[1, 2], [3]]
    assert [card["app"] for card in answer["citations"]] == ["Chromium", "Text editor", "Meet"]
    assert answer["citations"][0]["text"] == CHAT[2][1]
    assert answer["label"] == "Found text · 0.8 s"
    assert answer["note"] == "12 captures are still being read."


def test_an_answer_of_a_model_names_the_model(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, dataclasses.replace(remembered(profile), engine="qwen3-4b"))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    assert comm.wait_for("answer")[0]["label"] == "Written by qwen3-4b · 0.8 s"


def test_thumbnails_travel_as_small_buffers(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    assert [m["number"] for m in comm.wait_for("picture", 2)] == [1, 2]
    for _, (buffer,) in comm.told("picture"):
        assert len(buffer) < SMALL
        assert Image.open(io.BytesIO(buffer)).format == "WEBP"


def test_what_was_said_can_be_heard(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    comm.wait_for("sound")
    ((message, (sound,)),) = comm.told("sound")
    assert message["number"] == 3
    assert sound == (profile.media / "call.ogg").read_bytes()


def test_enlarging_sends_the_stored_frame_to_the_view_that_asked(
    profile: Profile, show: Show
) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    comm.wait_for("answer")
    comm.page_sends(type="enlarge", number=2, view="page")
    ((message, (frame,)),) = comm.told("frame")
    assert message == {"type": "frame", "number": 2, "view": "page"}
    assert frame == (profile.media / "notes.webp").read_bytes()
    comm.page_sends(type="enlarge", number=9, view="page")
    assert len(comm.told("frame")) == 1


def test_evidence_that_was_forgotten_meanwhile_is_said_to_be_gone(
    profile: Profile, show: Show
) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    for path in profile.media.iterdir():
        path.unlink()
    widget.ask(QUESTION)
    _finish(desk)
    gone = comm.wait_for("gone", 3)
    assert all("gone" in m["words"] or "forgotten" in m["words"] for m in gone)
    comm.page_sends(type="enlarge", number=1, view="page")
    assert "forgotten" in comm.wait_for("lost")[0]["words"]


def test_no_memory_is_said_calmly(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, forgotten())
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    (answer,) = comm.wait_for("answer")
    assert answer["nothing"] == "I have no memory of that."
    assert not answer["claims"]
    assert not answer["note"]


def test_a_failure_is_one_sentence_and_the_thread_ends(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, WorkerError("The desk process ended with status 1."))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    assert comm.wait_for("failed")[0]["words"] == "The desk process ended with status 1."
    with pytest.raises(WorkerError, match="status 1"):
        widget.wait(20)
    assert widget.answer is None
    widget.close()
    assert not _asking_threads()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_bug_ends_the_wait_and_is_not_hidden(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, RuntimeError("a bug"))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    assert "unexpectedly" in comm.wait_for("failed")[0]["words"]
    with pytest.raises(RuntimeError, match="a bug"):
        widget.wait(20)


def test_stopping_keeps_what_was_supported_so_far(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    desk.answers[-1].steps.put(Progress("text", "Launch"))
    comm.wait_for("piece")
    comm.page_sends(type="stop", view="page")
    assert comm.wait_for("answer")[0]["label"].startswith("Stopped · Found text")
    comm.wait_for("picture", 2)


def test_stopping_before_anything_was_found_does_not_claim_an_absence(
    profile: Profile, show: Show
) -> None:
    desk = FakeDesk(profile, forgotten())
    widget, comm = show(desk)
    widget.ask(QUESTION)
    widget.stop()
    assert comm.wait_for("answer")[0]["nothing"] == "Stopped before anything was found."


def test_a_second_question_waits_for_the_first(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    comm.page_sends(type="ask", question="And then?", view="page")
    assert comm.wait_for("refused")[0]["view"] == "page"
    with pytest.raises(UsageError, match="being answered"):
        widget.ask("And then?")
    _finish(desk)
    widget.wait(20)
    widget.ask("And then?")
    assert comm.wait_for("asked", 2)[1]["question"] == "And then?"


def test_a_question_follows_on_from_those_before_it(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    for question in (QUESTION, "And who told Anna?"):
        widget.ask(question)
        _finish(desk)
        widget.wait(20)
    first, second = comm.wait_for("asked", 2)
    assert first["earlier"] == []
    (turn,) = second["earlier"]
    assert turn["question"] == QUESTION
    assert turn["text"].startswith(CHAT[2][1])
    assert len(set(desk.conversations)) == 1
    assert desk.conversations[0]


def test_a_new_conversation_starts_empty_and_under_another_name(
    profile: Profile, show: Show
) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    comm.page_sends(type="begin", view="page")
    assert "being answered" in comm.wait_for("refused")[0]["words"]
    _finish(desk)
    widget.wait(20)
    comm.page_sends(type="begin", view="page")
    comm.wait_for("begun")
    comm.page_sends(type="hello", view="later")
    assert [m["type"] for m in comm.wait_for("replay", 2)[1]["messages"]] == ["begun"]
    assert widget.answer is None
    widget.ask("And then?")
    assert comm.wait_for("asked", 2)[1]["earlier"] == []
    _finish(desk)
    assert len(set(desk.conversations)) == 2


def test_what_failed_is_no_part_of_the_conversation(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, WorkerError("The desk process ended with status 1."))
    widget, comm = show(desk)
    for question in (QUESTION, "And now?"):
        widget.ask(question)
        _finish(desk)
        with pytest.raises(WorkerError):
            widget.wait(20)
    assert comm.wait_for("asked", 2)[1]["earlier"] == []


@pytest.mark.parametrize("question", ["", "  \n"])
def test_an_empty_question_is_refused(profile: Profile, show: Show, question: str) -> None:
    widget, _ = show(FakeDesk(profile, forgotten()))
    with pytest.raises(UsageError):
        widget.ask(question)
    with pytest.raises(UsageError):
        widget.wait()


def test_a_view_opened_later_is_told_everything_at_once(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    for word in ("Launch ", "moves"):
        desk.answers[-1].steps.put(Progress("text", word))
    comm.wait_for("piece", 2)
    comm.page_sends(type="hello", view="second")
    early = comm.wait_for("replay", 2)[1]
    assert early["view"] == "second"
    assert [m["type"] for m in early["messages"]] == ["asked", "piece"]
    assert early["messages"][-1]["text"] == "Launch moves"
    _finish(desk)
    comm.wait_for("sound")
    comm.page_sends(type="hello", view="third")
    late, buffers = comm.told("replay")[2]
    assert [m["type"] for m in late["messages"]] == [
        "asked",
        "answer",
        "picture",
        "picture",
        "sound",
    ]
    assert [m["buffer"] for m in late["messages"][2:]] == [0, 1, 2]
    assert len(buffers) == 3


def test_nothing_recorded_is_in_the_state_that_a_notebook_may_save(
    profile: Profile, show: Show
) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    _finish(desk)
    comm.wait_for("sound")
    kept = [s for s in comm.sent if s.data.get("method") != "custom"]
    assert not any(s.buffers for s in kept)
    for secret in (QUESTION, CHAT[2][1], "Team chat", "Maya"):
        assert secret not in str(kept)
        assert secret not in str(widget.get_state())
        assert secret not in str(widget._repr_mimebundle_())


def test_closing_ends_the_answer_and_the_desk_once(profile: Profile, show: Show) -> None:
    desk = FakeDesk(profile, remembered(profile))
    widget, comm = show(desk)
    widget.ask(QUESTION)
    widget.close()
    widget.close()
    assert desk.answers[-1].cancelled.is_set()
    assert desk.closed == 1
    assert not _asking_threads()
    assert comm.sent[-1].kind == "comm_close"


def test_a_folder_that_is_no_profile_is_refused(profile: Profile) -> None:
    profile.marker.unlink()
    with pytest.raises(ProfileError):
        MirrorDesk(profile.root)
