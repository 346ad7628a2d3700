"""Another model is chosen: the worker encodes anew in the background, and search goes on."""

from __future__ import annotations

import dataclasses
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mirrordesk import clock, config, status, weights
from mirrordesk.attempts import MOST, Attempts
from mirrordesk.capture.spool import Spool
from mirrordesk.config import TextSettings
from mirrordesk.desk import Desk
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.renewal import Renewal
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Channel, Kind, Moment, State, Vector
from mirrordesk.registry import registering
from tests.llm import tiny_gguf
from tests.perception import tiny_models
from tests.pipeline.making import NOW, drain, frame, moments, utterance

MINILM = "all-minilm-l6-v2@53aa5117"
TEXTS = ("the falcon budget", "a heron by the pond", "minutes of the meeting")


def read(number: int, text: str) -> Moment:
    """A frame that OCR has read and that has no vector yet."""
    at_ns = NOW + number * clock.SECOND
    return Moment(
        f"{number:032x}", Kind.FRAME, at_ns, at_ns, "UTC", "monitor-1", "xterm", f"shell {number}",
        text=text, ocr=State.DONE, text_state=State.PENDING,
    )  # fmt: skip


@pytest.fixture
def remembered(profile: Profile) -> list[Moment]:
    """Texts that MiniLM has encoded."""
    Store(profile).add([read(number, text) for number, text in enumerate(TEXTS)])
    drain(profile)
    return moments(profile)


@pytest.fixture
def gguf(tmp_path: Path) -> Path:
    """Another text model, which the registry does not know."""
    return tiny_gguf.make(tmp_path / "tiny.gguf", context=256)


def makers(found: list[Moment]) -> list[str | None]:
    return [m.text_vector.model if m.text_vector else None for m in found]


def left(profile: Profile) -> dict[str, int]:
    beat = status.perception(profile.perception_heartbeat)
    assert beat is not None
    return beat.reencoding


def dense(profile: Profile, question: str) -> dict[str, float]:
    """By text, what a new desk finds by its meaning."""
    with Desk(profile) as desk:
        hits = desk.search(question)
    return {h.moment.text: h.scores["dense"] for h in hits if "dense" in h.scores}


def test_the_old_vectors_serve_until_the_new_are_complete(
    profile: Profile, remembered: list[Moment], gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = dense(profile, "money")
    monkeypatch.setattr("mirrordesk.catchup.TOGETHER", 2)  # so that there is a middle
    config.change(profile, "text.model", str(gguf))
    pipeline = Pipeline(profile)
    pipeline.report()
    assert left(profile) == {"text": 3}
    assert pipeline.step()
    assert left(profile) == {"text": 1}
    assert moments(profile) == remembered
    assert dense(profile, "money") == before
    while pipeline.step():
        pass
    assert left(profile) == {}
    after = moments(profile)
    assert makers(after) == [weights.text(TextSettings(model=str(gguf))).identity] * 3
    assert [dataclasses.replace(m, text_vector=None) for m in after] == [
        dataclasses.replace(m, text_vector=None) for m in remembered
    ]
    assert set(dense(profile, "money")) == set(TEXTS)
    assert dense(profile, "money") != before


def test_the_new_vectors_do_not_pile_up_in_small_pieces(
    profile: Profile, remembered: list[Moment], gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirrordesk.catchup.TOGETHER", 1)
    monkeypatch.setattr("mirrordesk.pipeline.MAINTAIN_EVERY", 1)
    monkeypatch.setattr("mirrordesk.memory.upkeep.MOST_FRAGMENTS", 1)
    config.change(profile, "text.model", str(gguf))
    pipeline = Pipeline(profile)
    identity = weights.text(TextSettings(model=str(gguf))).identity
    for _ in remembered:
        assert pipeline.step()
        table = Store(profile).spaces.table(Channel.TEXT, identity)
        assert table is not None
        assert table.fragments() == 1


def test_what_is_new_during_the_change_is_found_by_the_old_model(
    profile: Profile, remembered: list[Moment], gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mirrordesk.catchup.TOGETHER", 1)
    config.change(profile, "text.model", str(gguf))
    pipeline = Pipeline(profile)
    pipeline.step()
    Store(profile).add([read(9, "fresh news")])
    pipeline.step()  # encodes it with the new model, as any other
    pipeline.step()  # and with the one that serves, before anything older
    assert left(profile) == {"text": 2}
    assert makers(moments(profile)) == [MINILM] * 4
    assert dense(profile, "what is new")["fresh news"] > 0.2
    while pipeline.step():
        pass
    assert len(set(makers(moments(profile)))) == 1
    assert MINILM not in makers(moments(profile))


def test_without_the_old_model_words_find_until_the_new_one_has_taken_over(
    profile: Profile, gguf: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config.change(profile, "text.model", str(gguf))
    Store(profile).add([read(number, text) for number, text in enumerate(TEXTS)])
    drain(profile)
    assert dense(profile, "heron").keys() == set(TEXTS)
    gguf.unlink()
    config.change(profile, "text.model", "all-minilm-l6-v2")
    with Desk(profile) as desk:
        (hit,) = desk.search("heron")
    assert hit.moment.text == TEXTS[1]
    assert "dense" not in hit.scores
    Store(profile).add([read(9, "a fresh heron")])
    drain(profile)
    assert makers(moments(profile)) == [MINILM] * 4
    assert len(dense(profile, "heron")) == 4


def test_a_model_that_was_registered_serves_a_worker_and_a_desk_that_start_later(
    profile: Profile, gguf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registering.register(gguf, weights.Role.TEXT)
    config.change(profile, "text.model", "tiny")
    Store(profile).add([read(0, TEXTS[0])])
    drain(profile)
    config.change(profile, "text.model", "all-minilm-l6-v2")
    monkeypatch.setattr(Renewal, "settle", lambda *_: False)  # the change is not over
    Store(profile).add([read(9, "fresh news")])
    drain(profile)
    assert dense(profile, "news").keys() == {TEXTS[0], "fresh news"}
    assert MINILM not in makers(moments(profile))


def test_a_desk_that_is_open_follows_the_change(
    profile: Profile, remembered: list[Moment], gguf: Path
) -> None:
    with Desk(profile) as desk:
        before = desk.search("money")
        assert all("dense" in hit.scores for hit in before)
        config.change(profile, "text.model", str(gguf))
        drain(profile)
        after = desk.search("money")
        assert all("dense" in hit.scores for hit in after)
        assert [h.scores["dense"] for h in after] != [h.scores["dense"] for h in before]


def test_a_worker_that_is_killed_goes_on_where_it_was(
    profile: Profile, remembered: list[Moment], gguf: Path
) -> None:
    more = [read(10 + n, f"page {n} of a long book") for n in range(77)]
    Store(profile).add(more)
    drain(profile)
    config.change(profile, "text.model", str(gguf))
    command = [sys.executable, "-m", "mirrordesk.pipeline", "--profile", str(profile.root)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as worker:
        while worker.poll() is None and not 0 < left(profile).get("text", 0) < 80:
            time.sleep(0.02)
        worker.send_signal(signal.SIGKILL)
    pipeline = Pipeline(profile)
    pipeline.report()
    assert 0 < left(profile)["text"] < 80
    assert makers(moments(profile)) == [MINILM] * 80
    while pipeline.step():
        pass
    assert len(set(makers(moments(profile)))) == 1
    assert MINILM not in makers(moments(profile))


def looked_at(profile: Profile, tmp_path: Path, count: int) -> tuple[list[Moment], Path]:
    """Frames with vectors of 32 numbers by one image model, and another model of 16 numbers."""
    _, first = tiny_models.clip_model(tmp_path, "first", 32)
    _, second = tiny_models.clip_model(tmp_path, "second", 16)
    config.change(profile, "image.model", str(first))
    for number in range(count):
        Spool(profile).put(frame(f"picture {number}", NOW + number * clock.SECOND))
    drain(profile)
    return moments(profile), second


def test_pictures_are_encoded_anew_from_what_is_stored(profile: Profile, tmp_path: Path) -> None:
    """One of them is gone and another one damaged, which does not hold the others up."""
    before, second = looked_at(profile, tmp_path, 4)
    assert {len(m.image_vector.numbers) for m in before if m.image_vector} == {32}
    for gone in (before[1], before[3]):
        assert Media(profile).remove(str(gone.media))
    (profile.media / str(before[3].media)).write_bytes(b"no picture")
    config.change(profile, "image.model", str(second))
    drain(profile)
    after = moments(profile)
    lengths = [len(m.image_vector.numbers) if m.image_vector else None for m in after]
    assert lengths == [16, None, 16, None]
    assert [m.text for m in after] == [m.text for m in before]
    with Desk(profile) as desk:
        hits = desk.search_pictures("a terminal")
    assert {hit.moment.id for hit in hits} == {before[0].id, before[2].id}


def test_a_picture_that_takes_the_worker_down_is_given_up(profile: Profile, tmp_path: Path) -> None:
    """What is under way when the process dies stays counted in the file."""
    (_, deadly), second = looked_at(profile, tmp_path, 2)
    config.change(profile, "image.model", str(second))
    identity = weights.image(config.load(profile).image).identity
    for _ in range(MOST):
        attempts = Attempts(profile.attempts)
        with pytest.raises(SystemExit), attempts.portion([f"{identity} {deadly.id}"]):
            raise SystemExit
    drain(profile)
    assert Renewal(Store(profile)).serving(Channel.IMAGE) == identity
    assert [m.image_vector is not None for m in moments(profile)] == [True, False]


def tried(profile: Profile, number: int, words: str, *, sound: bool = True) -> Moment:
    """An utterance that a model for trying things out has written down."""
    heard = utterance(NOW + number * clock.MINUTE)
    media = Media(profile).put_speech(heard.id, heard.start_ns, "UTC", heard.payload)
    if not sound:
        (profile.media / media).unlink()
    vector = Vector(MINILM, (1.0, *[0.0] * 383))
    return Moment(
        heard.id, Kind.SPEECH, heard.start_ns, heard.end_ns, "UTC", "loopback", text=words,
        media=media, speech=State.PROVISIONAL, text_state=State.DONE, text_vector=vector,
    )  # fmt: skip


def test_speech_that_was_only_tried_out_is_written_down_by_a_real_model(
    profile: Profile, tmp_path: Path
) -> None:
    before = [tried(profile, 0, "oh tours"), tried(profile, 1, "lost sound", sound=False)]
    Store(profile).add(before)
    drain(profile)
    assert moments(profile) == before  # there is no real model yet
    checkpoint = tiny_models.whisper_checkpoint(tmp_path / "tiny.pt")
    config.change(profile, "speech.model", str(checkpoint))
    pipeline = Pipeline(profile)
    pipeline.report()
    assert left(profile) == {"speech": 2}
    while pipeline.step():
        pass
    heard, lost = moments(profile)
    assert heard.speech is State.DONE
    assert heard.text != "oh tours"
    assert heard.text_vector != before[0].text_vector
    assert (heard.text_vector is None) == (heard.text == "")
    assert lost == dataclasses.replace(before[1], speech=State.DONE)
    assert left(profile) == {}
    assert Recall(Store(profile)).search("tours") == []


def test_what_our_small_model_writes_down_is_provisional(profile: Profile, tmp_path: Path) -> None:
    config.change(profile, "speech.model", "whisper-micro")
    Spool(profile).put(utterance(NOW))
    drain(profile)
    (before,) = moments(profile)
    assert before.speech is State.PROVISIONAL
    config.change(
        profile, "speech.model", str(tiny_models.whisper_checkpoint(tmp_path / "tiny.pt"))
    )
    drain(profile)
    (after,) = moments(profile)
    assert after.speech is State.DONE
    config.change(profile, "speech.model", "whisper-micro")
    drain(profile)
    assert moments(profile) == [after]  # and nothing goes back
