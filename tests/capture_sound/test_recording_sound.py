"""Sound on a real sound server, recorded by a process of its own."""

from __future__ import annotations

import wave
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from mirrordesk import clock
from mirrordesk.capture.base import Samples
from mirrordesk.capture.soundserver import ABSENT, LOST
from tests.capture_sound.conftest import Listening, Server, samples_of, spoken, wait_until

Listen = Callable[[Server], Listening]

SENTENCE = "The invoice was paid on Monday."
NEAR_NS = clock.SECOND // 2


def recording(listen: Listen, server: Server) -> Listening:
    listening = listen(server)
    for label in ("microphone", "loopback"):
        listening.wait_for_state(label, "recording")
    return listening


def test_a_sentence_played_or_spoken_becomes_one_utterance_of_its_source(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    wav = spoken(SENTENCE, tmp_path)
    listening = recording(listen, server)
    for label, sink in (("loopback", "speakers"), ("microphone", "room")):
        start, end = server.play(wav, sink)
        (entry,) = listening.wait_for_entries(label)
        assert abs(entry["start_ns"] - start) < NEAR_NS
        assert abs(entry["end_ns"] - end) < NEAR_NS
        assert entry["kind"] == "speech"
        sound = listening.sound(entry)
        assert entry["end_ns"] - entry["start_ns"] == len(sound) * 62_500
        assert np.abs(sound).max() > 0.1
    report = listening.tell("stop")
    assert report["failed"] is None
    assert report["torch"] is False
    assert [len(listening.kept(label)) for label in ("loopback", "microphone")] == [1, 1]


def test_stopping_keeps_what_is_being_said(server: Server, listen: Listen, tmp_path: Path) -> None:
    cut = tmp_path / "cut.wav"
    _write(cut, samples_of(spoken(SENTENCE, tmp_path))[:16_000])  # mid-sentence
    listening = recording(listen, server)
    server.play(cut)
    listening.tell("stop")
    (entry,) = listening.kept("loopback")
    assert entry["end_ns"] - entry["start_ns"] > clock.SECOND // 2


def test_what_is_said_behind_a_closed_gate_is_dropped_for_good(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    wav = spoken(SENTENCE, tmp_path)
    listening = recording(listen, server)
    listening.tell("close")
    listening.wait_for_state("loopback", "paused")
    server.play(wav)
    listening.tell("open")
    listening.wait_for_state("loopback", "recording")
    start, _ = server.play(wav)
    listening.wait_for_entries("loopback")
    listening.tell("stop")
    (entry,) = listening.kept("loopback")
    assert entry["start_ns"] > start - NEAR_NS


def test_a_full_disk_is_told_and_not_passed_over(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    listening = recording(listen, server)
    listening.tell("fail")
    server.play(spoken(SENTENCE, tmp_path))
    wait_until(lambda: listening.tell("states")["failed"] == "DiskFull", "the failure is told")
    assert "No space" in listening.state("loopback")


def test_without_a_server_it_says_so_until_there_is_one(
    absent_server: Server, listen: Listen, tmp_path: Path
) -> None:
    listening = listen(absent_server)
    for label in ("microphone", "loopback"):
        listening.wait_for_state(label, ABSENT)
    absent_server.start()
    listening.wait_for_state("loopback", "recording")
    listening.wait_for_state("microphone", "There is no microphone.")


def test_it_recovers_when_the_server_dies_and_comes_back(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    wav = spoken(SENTENCE, tmp_path)
    listening = recording(listen, server)
    server.kill()
    for label in ("microphone", "loopback"):
        listening.wait_for_state(label, ABSENT, LOST)
    server.start()
    for label in ("microphone", "loopback"):
        listening.wait_for_state(label, "recording")
    server.play(wav)
    listening.wait_for_entries("loopback")
    assert listening.tell("stop")["failed"] is None


def test_it_follows_the_person_to_another_speaker(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    wav = tmp_path / "pause.wav"
    _write(wav, np.append(samples_of(spoken(SENTENCE, tmp_path)), np.zeros(16_000, np.float32)))
    listening = recording(listen, server)
    server.control("set-default-sink", "room")

    def heard_in_the_room() -> bool:
        server.play(wav, "room")
        return bool(listening.kept("loopback"))

    wait_until(heard_in_the_room, "the other speaker is heard")


def test_what_the_microphone_hears_of_the_speakers_is_not_kept_as_said_by_the_person(
    server: Server, listen: Listen, tmp_path: Path
) -> None:
    theirs = spoken("Marta wants to meet at ten about the printer.", tmp_path)
    mine = spoken("Please send me the budget tomorrow.", tmp_path, "en+f4")
    server.let_the_room_hear_the_speakers()
    listening = recording(listen, server)
    server.play(theirs)
    listening.wait_for_entries("loopback")
    with ThreadPoolExecutor() as both:
        both.submit(server.play, theirs)
        start, end = both.submit(server.play, mine, "room").result()
    (entry,) = listening.wait_for_entries("microphone")
    listening.tell("stop")
    assert len(listening.kept("loopback")) == 2
    assert listening.kept("microphone") == [entry]
    assert abs(entry["start_ns"] - start) < NEAR_NS
    assert abs(entry["end_ns"] - end) < NEAR_NS
    assert _likeness(listening.sound(entry), samples_of(mine)) > 0.9
    assert _likeness(listening.sound(entry), samples_of(theirs)) < 0.2


def _likeness(heard: Samples, said: Samples) -> float:
    """Their correlation where it is highest."""
    size = len(heard) + len(said)
    both = np.fft.irfft(np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size)), size)
    return float(np.abs(both).max() / np.sqrt((heard @ heard) * (said @ said)))


def _write(path: Path, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes((samples * 32767).astype("<i2").tobytes())
