"""A cell that is run again does not start another desk."""

from __future__ import annotations

from pathlib import Path

from mirrordesk.client import DeskClient
from mirrordesk.notebook.desks import Desks
from mirrordesk.paths import Profile
from tests.notebook.fakedesk import FakeDesk, forgotten


def _start(profile: Profile) -> DeskClient:
    return FakeDesk(profile, forgotten())


def test_widgets_of_one_profile_share_a_desk_until_the_last_is_closed(profile: Profile) -> None:
    desks = Desks(_start)
    first, second = desks.borrow(profile), desks.borrow(Profile.open(profile.root))
    assert first is second
    assert isinstance(first, FakeDesk)
    desks.give_back(profile)
    assert first.closed == 0
    desks.give_back(profile)
    assert first.closed == 1
    assert desks.borrow(profile) is not first


def test_two_profiles_have_a_desk_each(profile: Profile, tmp_path: Path) -> None:
    desks = Desks(_start)
    assert desks.borrow(profile) is not desks.borrow(Profile.open(tmp_path / "other"))
