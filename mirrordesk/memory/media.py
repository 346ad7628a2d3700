"""Frames and sound beside the tables: media/YYYY/MM/DD/<start>_<end>_<id>.webp or .ogg.

A frame is a file of its own while it is fresh; later it lies in a segment of the same folder and
keeps its name (`archive/`). All files are sealed (`seal/files.py`): no other program reads them.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mirrordesk import clock, durable
from mirrordesk.control import Span
from mirrordesk.errors import SpoolCorrupt, StoreError
from mirrordesk.memory import naming
from mirrordesk.memory.archive import segment, shelf
from mirrordesk.memory.archive.segment import Level
from mirrordesk.memory.archive.shelf import Kept
from mirrordesk.paths import Profile
from mirrordesk.seal import files

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Samples = npt.NDArray[np.float32]  # (n,), mono, 16 kHz, -1 to 1

FRAME = ".webp"
# Lossless: on screens smaller than at quality 85 (70 KB, not 103) and made three times as fast
_LOSSLESS = {"lossless": True, "method": 1, "quality": 20}
SPEECH_BITS = 24_000  # per second
SAMPLE_RATE = 16_000  # samples per second
_SECONDS = clock.SECOND / SAMPLE_RATE  # nanoseconds per sample


class Media:
    """The media folder of a profile. Paths are relative to it, with slashes.

    Putting the same thing twice changes nothing. What is put is on the disk when the call returns;
    raises DiskFull where there is no space, SpoolCorrupt where the bytes are no picture or sound.
    """

    def __init__(self, profile: Profile) -> None:
        self._root = profile.media

    def put_frame(
        self,
        id: str,  # noqa: A002  the field's own name
        start_ns: int,
        zone: str,
        png: bytes,
    ) -> tuple[str, int, int]:
        """Store a frame as WebP; gives its path, width and height in pixels."""
        from PIL import Image

        try:
            with Image.open(io.BytesIO(png)) as opened:
                picture = opened.convert("RGB")
        except (OSError, SyntaxError, EOFError) as error:  # what Pillow raises of bytes in memory
            raise SpoolCorrupt(f"The frame {id} is not a picture that can be read.") from error
        path = self._path(id, Span(start_ns, start_ns), zone, FRAME)
        if not path.exists():
            self._write(path, _webp(picture))
        return self._relative(path), picture.width, picture.height

    def put_speech(
        self,
        id: str,  # noqa: A002  the field's own name
        start_ns: int,
        zone: str,
        wav: bytes,
    ) -> str:
        """Store an utterance (WAV, 16 kHz, mono, PCM16) as Opus; gives its path."""
        try:
            with wave.open(io.BytesIO(wav)) as sound:
                pcm = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")
        except (wave.Error, EOFError) as error:
            raise SpoolCorrupt(f"The utterance {id} is not sound that can be read.") from error
        end_ns = start_ns + round(len(pcm) * _SECONDS)
        path = self._path(id, Span(start_ns, end_ns), zone, ".ogg")
        if not path.exists():
            self._write(path, _opus(pcm))
        return self._relative(path)

    def frame(self, relative: str) -> Pixels:
        """The pixels of a frame. Raises StoreError where it is missing, damaged or let go."""
        return self.kept(relative).pixels

    def kept(self, relative: str) -> Kept:
        """A frame and how much of its pixels is left. Raises StoreError as `frame` does."""
        return kept(self._root / relative)

    def speech(self, relative: str) -> Samples:
        """The samples of an utterance. Raises StoreError where it is missing or damaged."""
        import av

        try:
            return _samples(self._root / relative)
        except (OSError, av.error.FFmpegError) as error:
            raise _unreadable(relative, error) from error

    def remove(self, relative: str) -> bool:
        """Delete a file, or take a frame out of its segment; returns whether it was there."""
        return self.remove_all([relative]) > 0

    def remove_all(self, relatives: Collection[str]) -> int:
        """`remove` of many, each segment written anew but once; how many were there."""
        folders: dict[Path, set[str]] = {}
        for relative in relatives:
            path = self._root / relative
            folders.setdefault(path.parent, set()).add(path.name)
        return sum(shelf.clear(folder, names) for folder, names in folders.items())

    def forget(self, span: Span, named: Collection[str]) -> int:
        """Remove what was captured in `span`, and the files `named`; how many they were.

        A segment that is damaged is deleted whole: nobody can tell what is in it.
        """
        within = [self._root / relative for relative in self.within(span)]
        segments = [path for path in within if segment.level_of(path)]
        files = {self._relative(path) for path in within} - set(map(self._relative, segments))
        taken = sum(shelf.take_out(path, lambda name: _captured(name, span)) for path in segments)
        return taken + self.remove_all(files.union(named))

    def within(self, span: Span) -> list[str]:
        """The files captured in `span`, by their names; half-written ones and segments too."""
        first = clock.at(span.start_ns, "UTC").date() - timedelta(days=1)  # zones differ by a day
        last = clock.at(span.end_ns, "UTC").date() + timedelta(days=1)
        return [
            self._relative(path)
            for folder in self._root.glob("*/*/*")
            if first <= naming.day(folder) <= last
            for path in folder.iterdir()
            if _captured(path.name, span)
        ]

    def _path(self, id: str, span: Span, zone: str, suffix: str) -> Path:  # noqa: A002
        folder = self._root / f"{clock.at(span.start_ns, zone):%Y/%m/%d}"
        return folder / naming.name(span.start_ns, span.end_ns, id, suffix)

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _write(self, path: Path, data: bytes) -> None:
        for folder in self._missing_folders(path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            durable.sync_folder(folder.parent)
        files.write(path, data)

    def _missing_folders(self, folder: Path) -> Iterator[Path]:
        if not folder.exists():
            yield from self._missing_folders(folder.parent)
            yield folder


def kept(path: Path) -> Kept:
    """The frame of that name, be it a file or in a segment. Raises StoreError."""
    from PIL import Image

    try:
        with files.opened(path) as file, Image.open(file) as picture:
            return Kept(np.asarray(picture.convert("RGB")), Level.FULL)
    except FileNotFoundError as error:  # packed, perhaps just now
        found = shelf.frame(path)
        if found is None:
            raise _unreadable(path.name, error) from error
        return found
    except OSError as error:
        raise _unreadable(path.name, error) from error


def _unreadable(relative: str, error: Exception) -> StoreError:
    why = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
    return StoreError(f"The media file {relative} {why}.")


def _captured(name: str, span: Span) -> bool:
    times = naming.times(name)
    return times is not None and span.overlaps(*times)


def _webp(picture: Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "WEBP", **_LOSSLESS)
    return data.getvalue()


def _opus(pcm: npt.NDArray[np.int16]) -> bytes:
    """PCM16 samples, shape (n,), as Opus in Ogg."""
    import av

    data = io.BytesIO()
    with av.open(data, "w", format="ogg") as container:
        stream = container.add_stream("libopus", rate=SAMPLE_RATE, bit_rate=SPEECH_BITS)
        stream.layout = "mono"
        block = av.AudioFrame.from_ndarray(pcm[np.newaxis, :], format="s16", layout="mono")
        block.sample_rate = SAMPLE_RATE
        container.mux(stream.encode(block))
        container.mux(stream.encode(None))
    return data.getvalue()


def _samples(path: Path) -> Samples:
    import av

    blocks: list[Samples] = []
    with files.opened(path) as file, av.open(file) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        for frame in container.decode(audio=0):
            blocks.extend(out.to_ndarray()[0] for out in resampler.resample(frame))
        blocks.extend(out.to_ndarray()[0] for out in resampler.resample(None))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
