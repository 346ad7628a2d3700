"""From the spool to memory: complete, idempotent, and ready for what arrives later."""

from __future__ import annotations

import pytest

from mirrordesk import clock, config, control, status
from mirrordesk.attempts import MOST, Attempts
from mirrordesk.capture.spool import Spool
from mirrordesk.control import Span
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Gap, GapReason, Kind, State, Watch
from tests.perception import tiny_models
from tests.pipeline.making import NOW, drain, entry, frame, moments, utterance


def test_a_frame_is_read_stored_and_leaves_the_spool(profile: Profile) -> None:
    Spool(profile).put(frame("The demo is on Thursday", NOW))
    drain(profile)
    (moment,) = moments(profile)
    assert moment.text == "The demo is on Thursday"
    assert moment.lines[0].text == moment.text
    assert (moment.ocr, moment.text_state, moment.image) == (State.DONE, State.DONE, State.PENDING)
    assert moment.text_vector is not None
    assert (moment.width, moment.height) == (500, 120)
    assert moment.media is not None
    assert (profile.media / moment.media).is_file()
    assert Spool(profile).waiting() == []


def test_the_same_entry_twice_is_one_moment(profile: Profile) -> None:
    for _ in range(2):
        Spool(profile).put(frame("once", NOW))
        drain(profile)
    assert len(moments(profile)) == 1


def test_the_ledger_goes_into_memory(profile: Profile) -> None:
    start, end = clock.day_span(clock.at(NOW).date())
    middle = (start + end) // 2
    spool = Spool(profile)
    spool.put(Watch(start, middle))
    spool.put(Gap(middle, end, GapReason.PAUSED))
    drain(profile)
    day = Store(profile).day(clock.at(NOW).date())
    assert day.watches == (Watch(start, middle),)
    assert day.gaps == (Gap(middle, end, GapReason.PAUSED),)
    assert spool.waiting() == []


def test_speech_waits_for_its_model_and_is_caught_up_when_it_arrives(profile: Profile) -> None:
    Spool(profile).put(utterance(NOW))
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass
    (before,) = moments(profile)
    assert (before.speech, before.text_state) == (State.PENDING, State.NONE)
    checkpoint = tiny_models.whisper_checkpoint(profile.root / "tiny.pt")
    config.change(profile, "speech.model", str(checkpoint))
    while pipeline.step():
        pass
    (after,) = moments(profile)
    assert after.speech is State.DONE
    assert (after.id, after.media, after.start_ns) == (before.id, before.media, before.start_ns)


def test_pictures_wait_for_their_model_and_keep_what_was_read(profile: Profile) -> None:
    Spool(profile).put(frame("a picture", NOW))
    drain(profile)
    _configuration, checkpoint = tiny_models.clip_model(profile.root)
    config.change(profile, "image.model", str(checkpoint))
    drain(profile)
    (moment,) = moments(profile)
    assert moment.image is State.DONE
    assert moment.image_vector is not None
    assert len(moment.image_vector.numbers) == tiny_models.CLIP_WIDTH
    assert moment.text == "a picture"


def test_a_corrupt_entry_is_put_aside_and_the_rest_goes_on(profile: Profile) -> None:
    spool = Spool(profile)
    spool.put(frame("bad", NOW))
    (handle,) = spool.waiting()
    data = bytearray(handle.path.read_bytes())
    data[-20] ^= 0xFF
    handle.path.write_bytes(bytes(data))
    spool.put(frame("good", NOW + clock.SECOND))
    drain(profile)
    assert [m.text for m in moments(profile)] == ["good"]
    assert [path.name for path in spool.quarantined()] == [handle.path.name]
    beat = status.perception(profile.perception_heartbeat)
    assert beat is not None
    assert beat.quarantined == 1


def test_what_was_forgotten_while_it_waited_is_not_stored(profile: Profile) -> None:
    Spool(profile).put(frame("secret", NOW))
    control.remember_forgetting(profile, Span(NOW - 1, NOW + 1))
    drain(profile)
    assert moments(profile) == []
    assert [path for path in profile.media.rglob("*") if path.is_file()] == []
    assert Spool(profile).waiting() == []


def test_what_a_running_recorder_notes_as_forgotten_leaves_memory(profile: Profile) -> None:
    """As by its hot key: the recorder may not open the memory itself."""
    Spool(profile).put(frame("secret", NOW))
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass
    assert len(moments(profile)) == 1
    control.remember_forgetting(profile, Span(NOW - 1, NOW + 1))
    pipeline.step()
    assert pipeline._store.count() == 0
    assert [path for path in profile.media.rglob("*") if path.is_file()] == []


def test_a_picture_that_is_none_fails_its_channel_and_not_the_worker(profile: Profile) -> None:
    spool = Spool(profile)
    spool.put(entry(Kind.FRAME, NOW, NOW, "monitor-1", b"no picture"))
    spool.put(frame("after it", NOW + clock.SECOND))
    drain(profile)
    assert [m.text for m in moments(profile)] == ["after it"]
    assert len(spool.quarantined()) == 1


def test_a_capture_that_takes_the_worker_down_is_put_aside(profile: Profile) -> None:
    """What is under way when the process dies stays counted in the file."""
    spool = Spool(profile)
    spool.put(frame("deadly", NOW))
    (handle,) = spool.waiting()
    record = profile.attempts
    for _ in range(MOST):
        with pytest.raises(SystemExit), Attempts(record).portion([handle.path.name]):
            raise SystemExit
    drain(profile)
    assert spool.waiting() == []
    assert [path.name for path in spool.quarantined()] == [handle.path.name]
    assert moments(profile) == []
