"""`mirrordesk rules`: short words in, plain sentences out, and nothing forgotten unasked."""

from __future__ import annotations

import json

import pytest

from mirrordesk import config
from mirrordesk.cli import main
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, FrameWindow
from tests.remembering import remember


def rules(
    capsys: pytest.CaptureFixture[str], profile: Profile, *words: str
) -> tuple[int, str, str]:
    """Status, output and errors of a command."""
    status = main(["rules", *words, "--profile", str(profile.root)])
    out, err = capsys.readouterr()
    return status, out, err


def test_a_rule_is_added_listed_and_removed(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "no rules yet" in rules(capsys, profile, "list")[1]
    rules(capsys, profile, "add", "app=firefox", "title=pay", "slip")
    rules(capsys, profile, "add", "hours=Sat,Sun")
    rules(capsys, profile, "add", "hours=Sat,Sun")
    wanted = ("app=firefox title=pay slip", "hours=Sat,Sun")
    assert config.load(profile).privacy.rules == wanted
    told = json.loads(rules(capsys, profile, "list", "--json")[1])
    assert told["rules"] == list(wanted)
    assert told["shipped"]["banking"] is True
    assert "  2  hours=Sat,Sun" in rules(capsys, profile, "list")[1]
    rules(capsys, profile, "remove", "1")
    rules(capsys, profile, "remove", "hours=Sat,Sun")
    assert config.load(profile).privacy.rules == ()


def test_a_rule_by_address_comes_with_a_word_about_browsers(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "Only some browsers" in rules(capsys, profile, "add", "url=example.com")[1]
    assert "Only some browsers" not in rules(capsys, profile, "add", "app=slack")[1]


@pytest.mark.parametrize(
    "words", [("add", "slack"), ("preview", "x=1"), ("apply", "y"), ("remove", "1")]
)
def test_a_wrong_word_is_told_in_one_sentence(
    profile: Profile, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    status, _, err = rules(capsys, profile, *words)
    assert status == 2
    assert err.startswith("mirrordesk: ")
    assert len(err.splitlines()) == 1


def test_a_wrong_rule_in_the_file_is_told_where_settings_are_read(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    profile.config.write_text("[privacy]\nrules = ['slack']\n")
    status, _, err = rules(capsys, profile, "list")
    assert (status, "`slack`" in err) == (2, True)


def test_preview_tells_how_much_a_rule_covers(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    remember(profile)
    out = rules(capsys, profile, "preview", "app=mousepad")[1]
    assert "covers 1 stored moment." in out
    assert "mousepad · notes" in out
    told = json.loads(rules(capsys, profile, "preview", "title=notes", "--json")[1])
    assert (told["moments"], told["waiting"], told["undecided"]) == (1, 0, 0)
    assert told["examples"][0]["title"] == "notes"


def test_preview_says_that_frames_go_on_which_a_window_stood_beside(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = FrameWindow("slack", "general", Box(0, 0, 300, 200))
    remember(profile, windows=(chat,))
    out = rules(capsys, profile, "preview", "app=slack")[1]
    assert "On 1 of them it could be seen beside the window" in out
    told = json.loads(rules(capsys, profile, "preview", "app=slack", "--json")[1])
    assert (told["moments"], told["beside"]) == (1, 1)


def test_apply_forgets_only_when_that_was_confirmed(
    profile: Profile, capsys: pytest.CaptureFixture[str]
) -> None:
    remember(profile)
    status, _, err = rules(capsys, profile, "apply", "app=mousepad")
    assert (status, "Nothing was forgotten" in err) == (2, True)
    assert Store(profile).count() == 1
    assert "Forgot 1 moments" in rules(capsys, profile, "apply", "app=mousepad", "--yes")[1]
    assert Store(profile).count() == 0
    assert "covers 0 stored moments" in rules(capsys, profile, "apply", "app=mousepad")[1]
