"""States of evidence: found again by the same text alone, kept sealed, gone when forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from mirrordesk import control, kv_files
from mirrordesk.control import Span
from mirrordesk.kv_files import About, KvFiles, Source
from mirrordesk.llm.evidence_cache import EvidenceCache
from mirrordesk.memory.forget import forget_moments
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.seal import files, holding

MANY = 1 << 20  # bytes: room for everything here
STATE = b"\x07what the dentist said\x00" * 5_000  # longer than a sealed chunk
ANA = Source("ana", 100, 200)
BOB = Source("bob", 300, 300)


def cache(
    profile: Profile | None, identity: str = "model q8_0", memory: int = MANY
) -> EvidenceCache:
    return EvidenceCache(identity, memory=memory, disk=MANY, profile=profile)


def filled(profile: Profile) -> tuple[EvidenceCache, str, str]:
    """Two states on the disk, of which only the second tells of Bob."""
    made = cache(profile)
    first = made.key([1, 2, 3])
    second = made.key([4, 5], first)
    made.put(first, STATE, cost_s=1.0, sources=[ANA])
    made.put(second, b"second", cost_s=1.0, sources=[ANA, BOB], parent=first)
    made.save()
    return made, first, second


def test_a_state_outlives_the_process_that_computed_it(profile: Profile) -> None:
    _made, first, second = filled(profile)
    later = cache(profile)
    assert later.key([1, 2, 3]) == first
    assert later.key([4, 5], first) == second
    assert later.get(first) == STATE
    assert later.get(second) == b"second"


def test_without_a_profile_states_live_in_memory_alone() -> None:
    made = cache(None)
    made.put(made.key([1]), b"one", cost_s=1.0, sources=[])
    made.save()
    assert made.get(made.key([1])) == b"one"
    assert cache(None).key([1]) != made.key([1])  # and nobody else can know their keys


def test_another_model_or_type_never_hits(profile: Profile) -> None:
    _made, first, _second = filled(profile)
    other = cache(profile, "model q4_0")
    assert other.key([1, 2, 3]) != first
    assert other.get(other.key([1, 2, 3])) is None


def test_the_same_text_after_other_text_is_another_state(profile: Profile) -> None:
    made, first, second = filled(profile)
    assert len({first, second, made.key([4, 5]), made.key([4, 5], second), made.key([4])}) == 5


def test_nothing_is_readable_on_the_disk(profile: Profile) -> None:
    filled(profile)
    content = b"".join(path.read_bytes() for path in profile.kv.iterdir())
    assert len(content) > len(STATE)
    assert b"dentist" not in content
    assert b"ana" not in content


def test_what_leaves_memory_is_read_from_the_disk(profile: Profile) -> None:
    filled(profile)
    narrow = cache(profile, memory=10)
    first = narrow.key([1, 2, 3])
    assert narrow.get(first) == STATE
    assert narrow.get(first) == STATE


def test_the_disk_keeps_to_its_budget(profile: Profile) -> None:
    made = EvidenceCache("model", memory=MANY, disk=3 * len(STATE), profile=profile)
    for number in range(6):
        made.put(made.key([number]), STATE, cost_s=1.0 + number, sources=[])
        made.save()
    kept = sorted(profile.kv.iterdir())
    assert 1 <= len(kept) <= 2
    assert sum(path.stat().st_size for path in kept) <= 3 * len(STATE)
    assert cache(profile, "model").get(made.key([5])) == STATE


def test_processes_that_do_not_know_of_one_another_keep_to_the_budget_together(
    profile: Profile,
) -> None:
    budget = 3 * len(STATE)
    both = [
        EvidenceCache(f"model {n}", memory=MANY, disk=budget, profile=profile) for n in range(2)
    ]
    for number, made in enumerate((*both, *both)):
        made.put(made.key([number]), STATE, cost_s=1.0, sources=[])
        made.save()
    assert sum(path.stat().st_size for path in profile.kv.iterdir()) <= budget
    assert cache(profile, "model 1").get(both[1].key([3])) == STATE  # what was written last


@pytest.mark.parametrize("torn", [b"", b"MDX1", b"no file of ours" * 9, None])
def test_a_torn_file_is_ignored_and_deleted(profile: Profile, torn: bytes | None) -> None:
    _made, first, _second = filled(profile)
    path = profile.kv / f"{first}.kv"
    path.write_bytes(path.read_bytes()[:-9] if torn is None else torn)
    later = cache(profile)
    assert later.get(first) is None
    assert not path.exists()


def test_a_file_that_ends_within_its_header_is_ignored_and_deleted(profile: Profile) -> None:
    _made, first, _second = filled(profile)
    later = cache(profile)
    path = profile.kv / f"{first}.kv"
    for cut_off in (b"", b"\x09", b"\x09\x00\x00\x00{}"):
        files.write(path, cut_off)
        assert KvFiles(profile).read(first) is None
        assert not path.exists()
    assert later.get(first) is None


def test_a_file_under_anothers_name_is_ignored_and_deleted(profile: Profile) -> None:
    _made, first, second = filled(profile)
    paths = [profile.kv / f"{key}.kv" for key in (first, second)]
    paths[0].replace(paths[1])
    assert cache(profile).get(second) is None
    assert not paths[1].exists()


def test_states_under_a_key_that_was_renewed_go(profile: Profile) -> None:
    _made, first, _second = filled(profile)
    holding.begin_renewal(profile)
    assert cache(profile).get(first) is None
    assert list(profile.kv.iterdir()) == []


def left(profile: Profile) -> set[str]:
    return {path.stem for path in profile.kv.iterdir()}


def test_forgetting_a_moment_removes_every_state_that_tells_of_it(profile: Profile) -> None:
    made, first, second = filled(profile)
    control.remember_forgetting_moments(profile, ["bob"])
    assert KvFiles(profile).forget() == 1
    assert left(profile) == {first}
    made.forget()
    assert made.get(second) is None
    assert made.get(first) == STATE


def test_forgetting_a_span_removes_every_state_that_tells_of_it(profile: Profile) -> None:
    filled(profile)
    control.remember_forgetting(profile, Span(150, 160))
    KvFiles(profile).forget()
    assert left(profile) == set()


def test_the_memory_takes_the_states_along_when_it_forgets(profile: Profile) -> None:
    _made, first, _second = filled(profile)
    forget_moments(Store(profile), Media(profile), profile, ["bob"])
    assert left(profile) == {first}
    control.remember_forgetting(profile, Span(100, 101))
    Store(profile)  # finishes what a crash cut off
    assert left(profile) == set()


def test_a_running_process_cannot_write_back_what_was_forgotten(profile: Profile) -> None:
    made = cache(profile)
    key = made.key([1])
    made.put(key, b"of Bob", cost_s=1.0, sources=[BOB])
    control.remember_forgetting_moments(profile, ["bob"])
    KvFiles(profile).forget()
    made.save()
    assert not profile.kv.exists() or left(profile) == set()


def test_what_was_forgotten_is_not_read_even_if_its_file_is_there(profile: Profile) -> None:
    _made, _first, second = filled(profile)
    later = cache(profile)
    control.remember_forgetting_moments(profile, ["bob"])
    assert later.get(second) is None
    assert second not in left(profile)


def test_a_half_written_file_of_a_killed_process_goes(profile: Profile) -> None:
    filled(profile)
    scratch = profile.kv / ".abc.kv.999999999-1.part"
    scratch.write_bytes(b"half")
    cache(profile)
    assert not scratch.exists()


def test_an_empty_span_forgets_nothing(profile: Profile) -> None:
    control.remember_forgetting(profile, Span(100, 100))
    assert not kv_files.is_forgotten(profile, [ANA, BOB])


def test_writing_where_the_disk_keeps_nothing_is_no_error(profile: Profile, tmp_path: Path) -> None:
    about = About("key", "", 1.0, (BOB,))
    control.remember_forgetting_moments(profile, ["bob"])
    assert KvFiles(profile).write(about, b"state") == 0
