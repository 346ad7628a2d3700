"""A profile's folder: created whole, refused when it is half."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from mirrordesk import paths
from mirrordesk.errors import ProfileError
from mirrordesk.paths import Profile


def test_a_new_profile_is_for_its_owner_only(tmp_path: Path) -> None:
    profile = Profile.open(tmp_path / "deep" / "profile")
    assert stat.S_IMODE(profile.root.stat().st_mode) == 0o700


def test_opening_twice_gives_the_same_profile(profile: Profile) -> None:
    born = profile.marker.read_bytes()
    (profile.media / "frame").write_bytes(b"x")
    assert Profile.open(profile.root) == profile
    assert profile.marker.read_bytes() == born
    assert (profile.media / "frame").exists()


def test_the_environment_names_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "named"))
    assert Profile.open().root == tmp_path / "named"


def test_an_empty_folder_becomes_a_profile(tmp_path: Path) -> None:
    assert Profile.open(tmp_path).root == tmp_path
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


@pytest.mark.parametrize("leftover", ["media", "store", ".profile.json.77-1.part"])
def test_a_creation_that_was_interrupted_is_completed(tmp_path: Path, leftover: str) -> None:
    place = tmp_path / leftover
    place.touch() if leftover.endswith(".part") else place.mkdir()
    assert Profile.open(tmp_path).marker.exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(ProfileError, match="not a complete MirrorDesk profile"):
        Profile.open(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("folder", ["media", "store"])
def test_a_half_deleted_profile_is_refused_and_not_patched_up(
    profile: Profile, folder: str
) -> None:
    shutil.rmtree(profile.root / folder)
    with pytest.raises(ProfileError, match=f"{folder}/ is missing"):
        Profile.open(profile.root)
    assert not (profile.root / folder).exists()


@pytest.mark.parametrize("marker", [None, "", "{", "[]", "{}", '{"format": "one"}'])
def test_a_missing_or_damaged_marker_is_refused(profile: Profile, marker: str | None) -> None:
    profile.marker.unlink()
    if marker is not None:
        profile.marker.write_text(marker)
    with pytest.raises(ProfileError, match=r"profile\.json is missing or damaged"):
        Profile.open(profile.root)


def test_a_profile_of_a_newer_program_is_refused(profile: Profile) -> None:
    profile.marker.write_text(json.dumps({"format": paths.FORMAT + 1}))
    with pytest.raises(ProfileError, match="newer MirrorDesk"):
        Profile.open(profile.root)


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProfileError, match="cannot be used"):
        Profile.open(tmp_path / "file")


def test_light_folders_that_are_gone_are_made_again(profile: Profile) -> None:
    for folder in (profile.spool, profile.state, profile.logs):
        shutil.rmtree(folder)
    Profile.open(profile.root)
    assert profile.quarantine.is_dir()
    assert profile.state.is_dir()
    assert profile.logs.is_dir()
