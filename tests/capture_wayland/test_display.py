"""The wire: what goes over the socket, and what a compositor may do to us."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirrordesk.capture.wayland import display as wire
from mirrordesk.capture.wayland.display import Display, packed, unpacked
from mirrordesk.errors import CaptureUnavailable

WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)
NUMBERS = st.integers(0, 2**32 - 1)
SIGNED = st.integers(-(2**31), 2**31 - 1)


@given(NUMBERS, WORDS, SIGNED, WORDS)
def test_what_is_packed_is_unpacked_again(
    number: int, first: str, signed: int, second: str
) -> None:
    body, descriptors = packed("usis", (number, first, signed, second))
    assert len(body) % 4 == 0
    assert descriptors == []
    assert list(unpacked("usis", body)) == [number, first, signed, second]


def test_a_descriptor_goes_beside_the_words() -> None:
    assert packed("nhi", (5, 77, -1)) == (b"\x05\0\0\0\xff\xff\xff\xff", [77])


@pytest.fixture
def deaf(tmp_path: Path) -> Iterator[socket.socket]:
    """A socket at which somebody listens."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "wayland-7"))
        listening.listen()
        yield listening


def environment(folder: Path) -> dict[str, str]:
    return {"XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "wayland-7"}


def test_a_compositor_that_hangs_is_not_waited_for_forever(
    deaf: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "PATIENCE_S", 0.05)
    with pytest.raises(CaptureUnavailable, match=r"wayland-7 cannot be read: .* does not answer"):
        Display(environment(tmp_path))


def test_a_compositor_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaptureUnavailable, match="wayland-7 cannot be read: No such file"):
        Display(environment(tmp_path))


def test_what_the_compositor_refuses_is_told_in_its_words(
    deaf: socket.socket, tmp_path: Path
) -> None:
    body, _ = packed("ous", (1, 0, "no such thing"))
    error = struct.pack("=IHH", 1, 0, 8 + len(body)) + body
    with ThreadPoolExecutor() as pool:
        connecting = pool.submit(Display, environment(tmp_path))
        with deaf.accept()[0] as connection:
            connection.sendall(error)
            with pytest.raises(CaptureUnavailable, match="refused a request: no such thing"):
                connecting.result()
