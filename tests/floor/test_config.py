"""Settings: declared once, read strictly, written so that they read back."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mirrordesk import config
from mirrordesk.config import Settings
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile


def value_of(chosen: Settings, key: str) -> Any:
    section, _, name = key.partition(".")
    return asdict(chosen)[section][name]


def test_a_fresh_profile_has_the_defaults(profile: Profile) -> None:
    assert config.load(profile) == Settings()


def test_every_setting_is_declared_with_a_help_and_a_default_of_its_type() -> None:
    declared = list(config.declared())
    assert len({setting.key for setting in declared}) == len(declared) > 10
    for setting in declared:
        assert setting.help
        assert isinstance(setting.default, setting.type)
        assert value_of(Settings(), setting.key) == setting.default


SHARED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(text=TEXT)
@SHARED
def test_any_text_reads_back_as_it_was_set(profile: Profile, text: str) -> None:
    assert config.change(profile, "llm.model", text).llm.model == text
    assert config.load(profile).llm.model == text


@given(items=st.lists(TEXT))
@SHARED
def test_a_list_reads_back_without_its_blanks(profile: Profile, items: list[str]) -> None:
    wanted = [part.strip() for item in items for part in item.split(",") if part.strip()]
    config.change(profile, "privacy.excluded_apps", ",".join(items))
    assert config.load(profile).privacy.excluded_apps == tuple(wanted)


@given(number=st.floats(allow_nan=False, allow_infinity=False))
@SHARED
def test_any_finite_number_reads_back(profile: Profile, number: float) -> None:
    config.change(profile, "capture.interval_s", repr(number))
    assert config.load(profile).capture.interval_s == number


def test_changes_of_several_sections_stand_side_by_side(profile: Profile) -> None:
    config.change(profile, "capture.microphone", "off")
    config.change(profile, "llm.context", "4096")
    chosen = config.change(profile, "ui.theme", "dark")
    assert (chosen.capture.microphone, chosen.llm.context, chosen.ui.theme) == (False, 4096, "dark")
    assert chosen == config.load(profile)


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("capture.nonsense", "1"),
        ("capture.interval_s", "soon"),
        ("capture.interval_s", "nan"),
        ("capture.interval_s", "inf"),
        ("capture.microphone", "perhaps"),
        ("llm.context", "4.5"),
        ("llm.model", "caf\udce9.gguf"),
        ("privacy.excluded_apps", "a,\udce9"),
    ],
)
def test_a_wrong_change_is_refused_and_leaves_the_file(
    profile: Profile, key: str, text: str
) -> None:
    config.change(profile, "ui.theme", "dark")
    before = profile.config.read_bytes()
    with pytest.raises(UsageError, match=key):
        config.change(profile, key, text)
    assert profile.config.read_bytes() == before


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("[capture]\nspeed = 1\n", "capture.speed"),
        ("[capture]\ninterval_s = 'slow'\n", "capture.interval_s"),
        ("[capture]\ninterval_s = nan\n", "capture.interval_s"),
        ("[capture]\nmicrophone = 1\n", "true or false"),
        ("[llm]\ncontext = true\n", "whole number"),
        ("[privacy]\nexcluded_apps = [1]\n", "a list"),
        ("theme = 'dark'\n", "outside any section"),
        ("[capture", "not valid TOML"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(profile: Profile, written: str, said: str) -> None:
    profile.config.write_text(written)
    with pytest.raises(UsageError, match=said):
        config.load(profile)


def test_a_whole_number_will_do_where_a_fraction_is_meant(profile: Profile) -> None:
    profile.config.write_text("[capture]\ninterval_s = 2\n")
    interval = config.load(profile).capture.interval_s
    assert interval == 2.0
    assert isinstance(interval, float)


def test_a_change_over_a_wrong_file_leaves_it_alone(profile: Profile) -> None:
    profile.config.write_text("[capture]\nspeed = 1\n")
    with pytest.raises(UsageError, match=r"capture\.speed"):
        config.change(profile, "ui.theme", "dark")
    assert profile.config.read_text() == "[capture]\nspeed = 1\n"


def test_a_change_mends_the_very_setting_that_was_wrong(profile: Profile) -> None:
    profile.config.write_text("[capture]\ninterval_s = 'slow'\n")
    assert config.change(profile, "capture.interval_s", "2").capture.interval_s == 2.0
