"""What the spool acknowledged reads back, or is put aside; it never stops the rest."""

from __future__ import annotations

import multiprocessing
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.capture.spool import Handle, Spool, Spooled
from mirrordesk.control import Span
from mirrordesk.errors import DiskFull, SpoolCorrupt
from mirrordesk.paths import Profile
from mirrordesk.records import Gap, GapReason, Kind, SpoolEntry, Watch

TIMES = st.integers(1, 2**62)
TEXTS = st.text(max_size=40)


def entry(number: int = 1, payload: bytes = b"pixels", span_ns: int = 0) -> SpoolEntry:
    return SpoolEntry(
        id=f"{number:032x}",
        kind=Kind.FRAME,
        start_ns=number,
        end_ns=number + span_ns,
        zone="UTC",
        source="monitor-1",
        app="xterm",
        title="une fenêtre – ✓",
        payload=payload,
    )


@st.composite
def spooled(draw: st.DrawFn) -> Spooled:
    start, end = sorted((draw(TIMES), draw(TIMES)))
    kind = draw(st.sampled_from(("entry", "gap", "watch")))
    if kind == "gap":
        return Gap(start, end, draw(st.sampled_from(GapReason)))
    if kind == "watch":
        return Watch(start, end)
    return SpoolEntry(
        id=draw(st.binary(min_size=16, max_size=16)).hex(),
        kind=draw(st.sampled_from(Kind)),
        start_ns=start,
        end_ns=end,
        zone=draw(TEXTS),
        source=draw(TEXTS),
        app=draw(TEXTS),
        title=draw(TEXTS),
        url=draw(st.none() | TEXTS),
        payload=draw(st.binary(max_size=300)),
    )


@pytest.fixture(scope="module")
def shared() -> Iterator[Profile]:
    """A profile for the property tests, which clean up behind every example."""
    with tempfile.TemporaryDirectory() as folder:
        yield Profile.open(Path(folder) / "profile")


def only(spool: Spool) -> Handle:
    (handle,) = spool.waiting()
    return handle


@settings(max_examples=60, deadline=None)
@given(item=spooled())
def test_whatever_was_put_reads_back_the_same(shared: Profile, item: Spooled) -> None:
    spool = Spool(shared)
    spool.put(item)
    handle = only(spool)
    assert spool.read(handle) == item
    assert (handle.start_ns, handle.end_ns) == (item.start_ns, item.end_ns)
    spool.done(handle)
    assert spool.waiting() == []


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_anywhere_is_noticed(shared: Profile, data: st.DataObject) -> None:
    spool = Spool(shared)
    spool.put(entry(payload=b"some pixels"))
    handle = only(spool)
    raw = bytearray(handle.path.read_bytes())
    bit = data.draw(st.integers(0, 8 * len(raw) - 1))
    raw[bit // 8] ^= 1 << (bit % 8)
    handle.path.write_bytes(raw)
    with pytest.raises(SpoolCorrupt):
        spool.read(handle)
    spool.done(handle)


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_an_entry_that_was_cut_off_is_noticed(shared: Profile, share: float) -> None:
    spool = Spool(shared)
    spool.put(entry())
    handle = only(spool)
    raw = handle.path.read_bytes()
    handle.path.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(SpoolCorrupt):
        spool.read(handle)
    spool.done(handle)


def test_entries_wait_in_the_order_of_their_times(profile: Profile) -> None:
    spool = Spool(profile)
    for number in (3, 1, 2):
        spool.put(entry(number))
    assert [handle.start_ns for handle in spool.waiting()] == [1, 2, 3]


def test_putting_an_entry_twice_keeps_one(profile: Profile) -> None:
    spool = Spool(profile)
    spool.put(entry())
    spool.put(entry())
    assert len(spool.waiting()) == 1


def test_a_corrupt_entry_is_put_aside_unharmed_and_the_others_go_on(profile: Profile) -> None:
    spool = Spool(profile)
    for number in (1, 2, 3):
        spool.put(entry(number))
    broken = spool.waiting()[1]
    broken.path.write_bytes(b"MDS1 but nonsense after that")
    with pytest.raises(SpoolCorrupt):
        spool.read(broken)
    place = spool.quarantine(broken)
    assert place.read_bytes() == b"MDS1 but nonsense after that"
    assert spool.quarantined() == [place]
    read = [spool.read(handle) for handle in spool.waiting()]
    assert read == [entry(1), entry(3)]


def test_a_torn_write_is_no_entry(profile: Profile) -> None:
    (profile.spool / ".00000000000000000001_00000000000000000001_x.entry.99.part").write_bytes(b"M")
    assert Spool(profile).waiting() == []


def test_a_file_with_a_strange_name_is_found_corrupt(profile: Profile) -> None:
    (profile.spool / "holiday.entry").write_bytes(b"not one of ours")
    spool = Spool(profile)
    with pytest.raises(SpoolCorrupt):
        spool.read(only(spool))


def test_forgetting_takes_what_touches_the_span_and_leaves_the_ledger(profile: Profile) -> None:
    spool = Spool(profile)
    for number in (10, 20, 30):
        spool.put(entry(number))
    spool.put(entry(5, span_ns=15))  # an utterance from 5 to 20
    spool.put(Watch(0, 40))
    spool.put(Gap(40, 50, GapReason.PAUSED))
    assert spool.forget(Span(15, 25)) == 2
    left = [spool.read(handle) for handle in spool.waiting()]
    assert left == [Watch(0, 40), entry(10), entry(30), Gap(40, 50, GapReason.PAUSED)]


def test_forgetting_takes_quarantined_captures_too(profile: Profile) -> None:
    spool = Spool(profile)
    spool.put(entry(10))
    spool.quarantine(only(spool))
    (profile.quarantine / "of unknown time.entry").write_bytes(b"secret")
    assert spool.forget(Span(9, 11)) == 2
    assert spool.quarantined() == []


def _put_until_killed(root: Path, told: int) -> None:
    spool = Spool(Profile(root))
    for number in range(1, 10_000):
        spool.put(entry(number, payload=os.urandom(20_000)))
        os.write(told, b".")


def test_a_writer_killed_at_any_moment_leaves_every_acknowledged_entry(profile: Profile) -> None:
    reading, writing = os.pipe()
    child = multiprocessing.get_context("fork").Process(
        target=_put_until_killed, args=(profile.root, writing)
    )
    child.start()
    os.close(writing)
    acknowledged = len(os.read(reading, 1)) + len(os.read(reading, 1))
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    child.join()
    while more := os.read(reading, 4096):
        acknowledged += len(more)
    os.close(reading)
    spool = Spool(profile)
    read = [spool.read(handle) for handle in spool.waiting()]
    assert len(read) >= acknowledged >= 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting a small disk needs root")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_full_disk_is_told_and_nothing_acknowledged_is_lost(small_disk: Path) -> None:
    profile = Profile.open(small_disk / "profile")
    spool, stored = Spool(profile), []

    def fill() -> None:
        for number in range(1, 100):
            spool.put(entry(number, payload=os.urandom(20_000)))
            stored.append(number)

    with pytest.raises(DiskFull, match=r"^No space is left on the disk of .*spool\.$"):
        fill()
    assert stored
    handles = spool.waiting()
    assert [spool.read(handle).start_ns for handle in handles] == stored
    assert list(profile.spool.glob(".*")) == []  # no scraps that would keep the disk full
    spool.done(handles[0])
    spool.put(entry(100, payload=os.urandom(20_000)))


def test_an_error_of_the_disk_other_than_full_is_not_called_full(profile: Profile) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            Spool(profile).put(entry(payload=bytes(5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, former)
    assert Spool(profile).waiting() == []
