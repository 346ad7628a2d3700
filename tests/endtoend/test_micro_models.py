"""A sentence is spoken, heard through the loopback, written down by Whisper-micro, and found.

Reader-micro answers with it.

Everything between the loudspeaker and the citation is the product's own way, and all defaults.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import pytest

from mirrordesk import clock, status
from mirrordesk.demo.household import wait_until
from mirrordesk.demo.virtual_desktop import VirtualDesktop
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, Kind, Moment, State
from tests.endtoend.conftest import Shell

pytestmark = [pytest.mark.desktop, pytest.mark.timeout(600)]

SENTENCE = "The Heron meeting is on Thursday at ten fifteen."
OTHER = "The budget for Willow was nine hundred pounds."


PAUSE_S = 3.0  # between two sentences, so that they are two


def _hears(profile: Profile) -> bool:
    beat = status.recorder(profile.recorder_heartbeat)
    return beat is not None and beat.sources.get("loopback") == "recording"


@dataclass(frozen=True, slots=True)
class Heard:
    """A profile in which two sentences were recorded, and the span of the first."""

    shell: Shell
    profile: Profile
    from_ns: int
    to_ns: int

    def moment(self) -> Moment:
        """The recording of the first sentence."""
        found = Store(self.profile).moments(self.from_ns, self.to_ns)
        return next(moment for moment in found if moment.kind is Kind.SPEECH)


@pytest.fixture(scope="module")
def heard(desktop: VirtualDesktop, tmp_path_factory: pytest.TempPathFactory) -> Heard:
    """Two sentences come out of the loudspeakers while somebody works in a terminal."""
    profile = Profile.open(tmp_path_factory.mktemp("heard") / "profile")
    shell = Shell(profile, desktop.env)
    desktop.launch(["xterm", "-T", "Errands", "-fa", "DejaVu Sans Mono", "-fs", "12"])
    desktop.wait_for_window("Errands")
    desktop.place("Errands", Box(20, 40, 600, 300))
    recorder = shell.start("record", "--for", "45")
    desktop.focus("Errands")
    desktop.type_text("echo the printer of the blue room is broken\n")
    wait_until(lambda: _hears(profile), 60, "The recorder does not hear the loudspeakers.")
    began = clock.now_ns()
    desktop.speak(SENTENCE)
    ended = clock.now_ns()
    time.sleep(PAUSE_S)
    desktop.speak(OTHER)
    _out, error = recorder.communicate(timeout=500)
    assert recorder.returncode == 0, error.decode()
    return Heard(shell, profile, began, ended)


def test_what_was_said_is_written_down(heard: Heard) -> None:
    moment = heard.moment()
    assert moment.speech is State.PROVISIONAL  # a real model writes it down anew
    wanted = SENTENCE.lower().strip(".").split()
    got = moment.text.lower().replace(".", "").split()
    assert len(set(wanted) & set(got)) >= 0.85 * len(set(wanted)), moment.text


def test_the_answer_cites_the_moment_it_was_said(heard: Heard) -> None:
    answer: dict[str, Any] = heard.shell.json("ask", "When is the Heron meeting?")
    assert not answer["abstained"], answer
    assert answer["engine"] == "Reader-micro", answer
    assert "Thursday at ten fifteen" in answer["claims"][0]["text"]
    assert [cited["id"] for cited in answer["citations"]] == [heard.moment().id]


def test_what_nobody_said_has_no_answer(heard: Heard) -> None:
    answer = heard.shell.json("ask", "What is the budget for Saturn?")
    assert answer["abstained"], answer
