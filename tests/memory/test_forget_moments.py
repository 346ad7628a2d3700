"""Single moments that are forgotten are gone down to the bytes; what shares their time stays."""

from __future__ import annotations

import secrets
from datetime import date

import pytest

from mirrordesk import clock, control
from mirrordesk.control import Span
from mirrordesk.memory.forget import forget, forget_moments
from mirrordesk.memory.media import Media
from mirrordesk.memory.recall import Recall
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten, Kind, State, Watch
from tests.memory.made import NOON, ZONE, draft, embedded, frame, heard, png, read, seen
from tests.memory.test_forget import assert_gone, texts


@pytest.fixture
def needle() -> str:
    """A word that no compression can hide and no chance can make."""
    return "x" + secrets.token_hex(20)


def fill(store: Store, media: Media, needle: str) -> list[str]:
    """On two monitors at the same instants something harmless and the needle; ids of the latter."""
    secret = []
    for number in range(6):
        at_ns = NOON + number // 2 * clock.MINUTE
        word = needle if number % 2 else "harmless"
        path, *_ = media.put_frame(f"{number:032x}", at_ns, ZONE, png(word))
        first = draft(
            number, at_ns, app=word, title=f"title {word}", source=f"monitor-{number % 2}",
            media=path,
        )  # fmt: skip
        store.add([first])
        store.complete([seen(embedded(read(first, f"{word} text"), 10), 20)])
        if number % 2:
            secret.append(first.id)
    store.add([heard(9, "what was said meanwhile", State.DONE, at_ns=NOON + clock.MINUTE)])
    store.refresh_episodes(NOON)
    store.add_watches([Watch(NOON, NOON + clock.HOUR)])
    return secret


def test_they_are_in_no_file_afterwards_and_what_shares_their_time_stays(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    secret = fill(store, media, needle)
    others = [m for m in store.moments(0, 1 << 62, light=False) if m.id not in secret]
    assert any(needle in text for text in texts(profile))
    assert forget_moments(store, media, profile, secret) == Forgotten(3, 3, 0)
    assert_gone(profile, needle)
    assert store.moments(0, 1 << 62, light=False) == others
    assert all(media.frame(m.media).shape for m in others if m.media and m.kind is Kind.FRAME)
    assert Recall(store, None).search(needle) == []
    assert Recall(store, None).search("harmless")


def test_episodes_and_the_ledger_tell_nothing_of_them(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    forget_moments(store, media, profile, fill(store, media, needle))
    day = store.day(date(2026, 11, 21))
    assert not any(needle in (*e.apps, e.title) for e in day.episodes)
    assert sum(len(e.moments) for e in day.episodes) == len(day.moments) == 4
    assert day.watches == (Watch(NOON, NOON + clock.HOUR),)
    assert day.gaps == ()


def test_what_a_crash_cut_off_is_finished_when_the_store_opens(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    secret = fill(store, media, needle)
    control.remember_forgetting_moments(profile, secret)  # and then the power went
    assert Store(profile).count() == 4
    assert_gone(profile, needle)


def test_rows_that_were_deleted_but_not_yet_rewritten_are_finished_too(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    secret = fill(store, media, needle)
    control.remember_forgetting_moments(profile, secret)
    moments = store.tables["moments"]
    moments.delete(moments.having("app", needle))  # and then the power went
    Store(profile)
    assert not any(needle in e.title for e in store.episodes_since(0))
    assert_gone(profile, needle)


def test_one_that_comes_only_afterwards_is_not_stored(
    profile: Profile, store: Store, media: Media
) -> None:
    late, other = frame(1, "late"), frame(2, "other")
    forget_moments(store, media, profile, [late.id])
    store.add([late, other])
    assert [m.id for m in store.moments(0, 1 << 62)] == [other.id]


def test_spans_and_single_moments_are_told_apart_in_one_list(
    profile: Profile, store: Store, media: Media, needle: str
) -> None:
    secret = fill(store, media, needle)
    forget_moments(store, media, profile, secret[:1])
    last = NOON + 2 * clock.MINUTE
    assert forget(store, media, profile, Span(last, last + 1)).moments == 2
    assert control.forgotten_moments(profile) == {secret[0]}
    assert control.forgotten_spans(profile) == (Span(last, last + 1),)
    assert forget_moments(store, media, profile, secret).moments == 1
    assert forget_moments(store, media, profile, []) == Forgotten(0, 0, 0)
    assert store.count() == 3
