"""Files that are whole or absent, and locks that end with their holder."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mirrordesk import durable
from mirrordesk.errors import DiskFull, ProfileLocked


def test_a_write_replaces_the_file_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    place = tmp_path / "file"
    durable.write(place, b"first")
    durable.write(place, b"second", sync=False)
    assert place.read_bytes() == b"second"
    assert list(tmp_path.iterdir()) == [place]


def test_threads_that_write_one_file_leave_one_whole_version(tmp_path: Path) -> None:
    place = tmp_path / "beat.json"
    versions = [{"number": n, "padding": "x" * 5_000} for n in range(60)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda value: durable.write_json(place, value, sync=False), versions))
    assert durable.read_json(place) in versions
    assert list(tmp_path.iterdir()) == [place]


_ON_A_TINY_DISK = """
import resource, signal, sys
from pathlib import Path
from mirrordesk import durable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
place = Path(sys.argv[1])
durable.write(place, b"small")
try:
    durable.write(place, b"x" * 5000)
except OSError as error:
    print(error.errno)
print(place.read_bytes(), [p.name for p in place.parent.iterdir()])
"""


def test_a_write_that_fails_leaves_the_former_content(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", _ON_A_TINY_DISK, str(tmp_path / "file")],
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout
    assert said.split("\n")[:2] == [str(errno.EFBIG), "b'small' ['file']"]


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.symlink_to("/dev/full")
    with pytest.raises(DiskFull, match="No space is left"):
        durable.append_line(full, "a line")


def test_a_full_disk_under_a_write_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    durable.write(tmp_path / "file", b"former")
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(DiskFull):
        durable.write(tmp_path / "file", b"later")
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"former"]


@pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe"])
def test_what_is_no_json_reads_as_none(tmp_path: Path, content: bytes | None) -> None:
    place = tmp_path / "value.json"
    if content is not None:
        place.write_bytes(content)
    assert durable.read_json(place) is None


def test_a_lock_shuts_others_out_until_it_is_given_back(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    assert not durable.is_locked(place)
    with durable.lock(place, holder="Someone records already."):
        assert durable.is_locked(place)
        with (
            pytest.raises(ProfileLocked, match="Someone records already"),
            durable.lock(place, holder="Someone records already."),
        ):
            pass
    assert not durable.is_locked(place)


def test_a_waiting_lock_comes_after_the_holder(tmp_path: Path) -> None:
    place, order = tmp_path / "lock", []

    def second() -> None:
        with durable.lock(place, holder="", wait=True):
            order.append("second")

    with durable.lock(place, holder=""):
        thread = threading.Thread(target=second)
        thread.start()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_looking_whether_a_lock_is_free_never_shuts_its_taker_out(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    place.touch()
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            durable.is_locked(place)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(200):
            with durable.lock(place, holder="nobody holds it"):
                pass
    finally:
        done.set()
        thread.join()


_HOLDER = """
import sys, time
from pathlib import Path
from mirrordesk import durable
with durable.lock(Path(sys.argv[1]), holder=""):
    print("held", flush=True)
    time.sleep(600)
"""


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    place = tmp_path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(place)], stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert durable.is_locked(place)
        holder.kill()
    with durable.lock(place, holder="still held"):
        pass


def test_what_a_killed_writer_left_half_written_is_swept_up(tmp_path: Path) -> None:
    mine = tmp_path / f".here.{os.getpid()}-1.part"
    dead = tmp_path / ".gone.4194305-1.part"  # above the largest process id there is
    for path in (mine, dead, tmp_path / "whole"):
        path.write_bytes(b"pixels")
    durable.sweep(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name, "whole"]
