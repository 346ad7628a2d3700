"""From pixels and sound on a real desktop to cited answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from mirrordesk import clock
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.records import Box, Kind, Moment
from tests.endtoend.conftest import Shell

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(600)]

TERMINAL = Box(10, 30, 600, 330)
EDITOR = Box(640, 30, 620, 330)
SECRET = Box(10, 420, 600, 300)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A profile that holds one recorded session, and when the sentence in it was spoken."""

    shell: Shell
    profile: Profile
    spoken_from_ns: int
    spoken_to_ns: int


@pytest.fixture(scope="module")
def recorded(desktop: VirtualDesktop, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """Somebody works at the desktop for half a minute while `mirrordesk record` runs."""
    profile = Profile.open(tmp_path_factory.mktemp("recorded") / "profile")
    shell = Shell(profile, desktop.env)
    notes = desktop.home / "notes.txt"
    notes.touch()
    font = ["-fa", "DejaVu Sans Mono", "-fs", "12"]
    desktop.launch(["xterm", "-T", "Work shell", *font])
    desktop.launch(["mousepad", "--disable-server", str(notes)])
    desktop.launch(["xterm", "-T", "Bank - Private Browsing", *font])
    for title, place in (
        ("Work shell", TERMINAL),
        ("notes.txt", EDITOR),
        ("Private Browsing", SECRET),
    ):
        desktop.wait_for_window(title)
        desktop.place(title, place)
    recorder = shell.start("record", "--for", "35")
    desktop.focus("Private Browsing")
    desktop.type_text("pin of the vault is 7741 zebra\n")
    desktop.focus("Work shell")
    desktop.type_text("echo the staging server is called heron\n")
    desktop.focus("notes.txt")
    desktop.type_text("Maria said the Falcon budget is 48500 euros.\nThe demo is on Thursday.\n")
    spoken_from = clock.now_ns()
    desktop.speak("Please send the quarterly report to the finance team before Friday.")
    spoken_to = clock.now_ns()
    _out, err = recorder.communicate(timeout=500)
    assert recorder.returncode == 0, err.decode()
    return Recorded(shell, profile, spoken_from, spoken_to)


def _cited(recorded: Recorded, question: str, word: str) -> dict[str, Any]:
    """The citation of the answer to `question` that carries `word`."""
    answer = recorded.shell.json("ask", question)
    assert not answer["abstained"], answer
    return next(c for c in answer["citations"] if word in c["text"].lower())


def _reads(recorded: Recorded, citation: dict[str, Any]) -> str:
    """What stands in the cited box of the cited frame."""
    pixels = Media(recorded.profile).frame(citation["media"])
    x, y, w, h = citation["box"]
    margin = 12
    crop = pixels[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin]
    return " ".join(line.text for line in RapidOcr().read(np.ascontiguousarray(crop))).lower()


def _inside(citation: dict[str, Any], window: Box) -> bool:
    x, y, w, h = citation["box"]
    middle = Box(x + w // 2, y + h // 2, 1, 1)
    return window.intersection(middle) is not None


def test_text_typed_in_a_terminal_is_found_and_cited_where_it_stood(recorded: Recorded) -> None:
    citation = _cited(recorded, "What is the staging server called?", "heron")
    assert _inside(citation, TERMINAL)
    assert "heron" in _reads(recorded, citation)


def test_text_typed_in_an_editor_is_found_and_cited_where_it_stood(recorded: Recorded) -> None:
    citation = _cited(recorded, "What did Maria say the Falcon budget was?", "48500")
    assert citation["app"] == "mousepad"
    assert _inside(citation, EDITOR)
    assert "48500" in _reads(recorded, citation)


def test_what_was_never_seen_is_not_answered(recorded: Recorded) -> None:
    answer = recorded.shell.json("ask", "Which airline flies to Reykjavik?")
    assert answer["abstained"]
    assert answer["citations"] == []


def _moments(recorded: Recorded) -> list[Moment]:
    store = Store(recorded.profile)
    return store.moments(0, clock.now_ns(), light=False)


def test_a_spoken_sentence_becomes_a_moment_with_its_span(recorded: Recorded) -> None:
    (speech,) = [m for m in _moments(recorded) if m.kind is Kind.SPEECH]
    assert speech.source == "loopback"
    tolerance = 2 * clock.SECOND  # of a machine on which much else runs
    assert recorded.spoken_from_ns - tolerance < speech.start_ns < recorded.spoken_to_ns
    assert speech.start_ns < speech.end_ns < recorded.spoken_to_ns + tolerance
    assert speech.media is not None
    samples = Media(recorded.profile).speech(speech.media)
    assert abs(len(samples) / 16_000 - (speech.end_ns - speech.start_ns) / clock.SECOND) < 0.3


def test_an_excluded_window_is_nowhere_in_the_profile(recorded: Recorded) -> None:
    frames = [m for m in _moments(recorded) if m.kind is Kind.FRAME]
    assert frames
    ocr, media = RapidOcr(), Media(recorded.profile)
    for frame in frames:
        stored = f"{frame.text} {frame.title}".lower()
        seen = " ".join(line.text for line in ocr.read(media.frame(frame.media or ""))).lower()
        for secret in ("7741", "zebra", "private browsing"):
            assert secret not in stored
            assert secret not in seen
    for path in recorded.profile.root.rglob("*"):
        if path.is_file():
            assert b"zebra" not in path.read_bytes(), path


def test_every_second_of_the_session_is_accounted_for(recorded: Recorded) -> None:
    day = recorded.shell.json("timeline")
    assert day["episodes"]
    watched = [(w["time"], w["end"]) for w in day["watched"]]
    assert watched
    assert all(start < end for start, end in watched)
