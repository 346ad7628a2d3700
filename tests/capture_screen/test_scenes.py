"""Scenes begin where the view becomes another one, and large new regions are told."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.capture.scenes import CALM_S, LARGE, LOW, NEARLY_ALL, RESTLESS_S, Scenes
from mirrordesk.records import Box
from mirrordesk.terms import wording
from mirrordesk.tiles import Grid

ROWS, COLUMNS, SIDE = 10, 20, 64
SHAPE = (ROWS * SIDE, COLUMNS * SIDE)
SIZE = Box(0, 0, COLUMNS * SIDE, ROWS * SIDE)
EDITOR, BROWSER = wording("editor", "notes.txt"), wording("browser", "Herons")


def tiles(x: int = 0, y: int = 0, w: int = COLUMNS, h: int = ROWS) -> Grid:
    grid = np.zeros((ROWS, COLUMNS), np.bool_)
    grid[y : y + h, x : x + w] = True
    return grid


class Session:
    """Frames that are kept one after another."""

    def __init__(self) -> None:
        self.scenes = Scenes()
        self.now_s = 0.0
        self.number = 0

    def see(
        self, changed: Grid, name: str = EDITOR, after_s: float = 20.0
    ) -> tuple[bool, Box | None]:
        """Whether the next frame begins a scene, and its region."""
        self.now_s += after_s
        self.number += 1
        place = self.scenes.place(f"frame {self.number}", changed, SHAPE, name, self.now_s)
        self.scenes.kept()
        return place.scene == f"frame {self.number}", place.region


def started() -> Session:
    session = Session()
    assert session.see(tiles()) == (True, None)
    return session


def test_typing_belongs_to_the_scene_until_half_of_the_screen_is_new() -> None:
    session = started()
    begun = [session.see(tiles(y=row, h=1))[0] for row in range(10)]
    assert begun.index(True) == 4  # the fifth of ten rows


def test_another_window_begins_a_scene_but_a_mark_in_its_title_does_not() -> None:
    session = started()
    assert session.see(tiles(w=8, h=4), BROWSER)[0]
    assert not session.see(tiles(w=4, h=1), EDITOR)[0]  # two hundredths: a password prompt
    assert wording("editor", "● notes.txt (3)") == EDITOR


def test_a_picture_that_appears_within_a_window_is_told_as_a_region() -> None:
    begins, region = started().see(tiles(x=4, y=2, w=8, h=6))
    assert not begins
    assert region == Box(4 * SIDE, 2 * SIDE, 8 * SIDE, 6 * SIDE)


def test_neither_a_typed_line_nor_two_corners_nor_the_whole_screen_is_a_region() -> None:
    corners = tiles(w=2, h=2) | tiles(x=10, y=6, w=2, h=2) | tiles(x=2, y=2, w=8, h=1)
    for changed in (tiles(y=3, h=1, w=12), corners, tiles()):
        assert started().see(changed)[1] is None


def test_a_film_begins_a_scene_now_and_then_and_a_burst_of_scrolling_at_each_step() -> None:
    session = started()
    film = [session.see(tiles(), after_s=1.0)[0] for _ in range(60)]
    assert all(film[: int(RESTLESS_S) - 1])
    assert sum(film[20:]) == 40 // RESTLESS_S
    assert session.see(tiles(), after_s=CALM_S + 1)[0]  # it has come to rest


def test_what_was_not_stored_begins_no_scene() -> None:
    session = started()
    place = session.scenes.place("lost", tiles(), SHAPE, EDITOR, 100.0)
    assert place.scene == "lost"
    assert session.see(tiles(w=1, h=1)) == (False, None)


parts = st.builds(
    lambda x, y, w, h: tiles(x, y, w, h),
    st.integers(0, 19), st.integers(0, 9), st.integers(1, 20), st.integers(1, 10),
)  # fmt: skip
days = st.lists(
    st.tuples(parts, st.sampled_from([EDITOR, BROWSER]), st.sampled_from([0.5, 1.0, 5.0, 60.0])),
    max_size=40,
)


@settings(deadline=None)
@given(day=days)
def test_every_scene_is_one_that_a_frame_began_and_small_changes_never_begin_one(day) -> None:
    session, current = started(), "frame 1"
    for changed, name, after_s in day:
        session.now_s += after_s
        session.number += 1
        key = f"frame {session.number}"
        place = session.scenes.place(key, changed, SHAPE, name, session.now_s)
        session.scenes.kept()
        assert place.scene in (key, current)
        current = place.scene
        if place.region:
            share = place.region.w * place.region.h / (SIZE.w * SIZE.h)
            assert LARGE <= share < NEARLY_ALL
            assert SIZE.intersection(place.region) == place.region


@settings(deadline=None)
@given(day=days)
def test_less_than_the_low_threshold_in_all_never_begins_a_scene(day) -> None:
    session = started()
    few = tiles(w=int(LOW * COLUMNS * ROWS) - 1, h=1)
    for changed, name, after_s in day:
        assert not session.see(changed & few, name, after_s)[0]
