"""Frames and sound beside the tables: media/YYYY/MM/DD/<start>_<end>_<id>.webp or .ogg."""

from __future__ import annotations

import io
import wave
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from mirrordesk import clock, durable
from mirrordesk.control import Span
from mirrordesk.errors import SpoolCorrupt, StoreError
from mirrordesk.paths import Profile

if TYPE_CHECKING:
    from PIL.Image import Image

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB
Samples = npt.NDArray[np.float32]  # (n,), mono, 16 kHz, -1 to 1

FRAME_QUALITY = 85  # of 100
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
        path = self._path(id, Span(start_ns, start_ns), zone, ".webp")
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
        """The pixels of a frame. Raises StoreError where it is missing or damaged."""
        from PIL import Image

        try:
            with Image.open(self._root / relative) as picture:
                return np.asarray(picture.convert("RGB"))
        except OSError as error:
            raise _unreadable(relative, error) from error

    def speech(self, relative: str) -> Samples:
        """The samples of an utterance. Raises StoreError where it is missing or damaged."""
        import av

        try:
            return _samples(self._root / relative)
        except (OSError, av.error.FFmpegError) as error:
            raise _unreadable(relative, error) from error

    def remove(self, relative: str) -> bool:
        """Delete a file; returns whether it was there."""
        path = self._root / relative
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        durable.sync_folder(path.parent)
        return True

    def within(self, span: Span) -> list[str]:
        """The files captured in `span`, by their names; half-written ones too."""
        first = clock.at(span.start_ns, "UTC").date() - timedelta(days=1)  # zones differ by a day
        last = clock.at(span.end_ns, "UTC").date() + timedelta(days=1)
        return [
            self._relative(path)
            for folder in self._root.glob("*/*/*")
            if first <= _day_of(folder) <= last
            for path in folder.iterdir()
            if (times := _times_of(path)) and span.overlaps(*times)
        ]

    def _path(self, id: str, span: Span, zone: str, suffix: str) -> Path:  # noqa: A002
        folder = self._root / f"{clock.at(span.start_ns, zone):%Y/%m/%d}"
        return folder / f"{span.start_ns}_{span.end_ns}_{id}{suffix}"

    def _relative(self, path: Path) -> str:
        return path.relative_to(self._root).as_posix()

    def _write(self, path: Path, data: bytes) -> None:
        for folder in self._missing_folders(path.parent):
            folder.mkdir(mode=0o700, exist_ok=True)
            durable.sync_folder(folder.parent)
        durable.write(path, data)

    def _missing_folders(self, folder: Path) -> Iterator[Path]:
        if not folder.exists():
            yield from self._missing_folders(folder.parent)
            yield folder


def _unreadable(relative: str, error: Exception) -> StoreError:
    why = "is missing" if isinstance(error, FileNotFoundError) else "cannot be read"
    return StoreError(f"The media file {relative} {why}.")


def _day_of(folder: Path) -> date:
    """The day a folder is named after; one with another name counts as far away."""
    try:
        return date(*map(int, folder.parts[-3:]))
    except ValueError:
        return date.max


def _times_of(path: Path) -> tuple[int, int] | None:
    """Start and end of the capture a file is named after, the scratch file of one included."""
    start, _, rest = path.name.lstrip(".").partition("_")
    end = rest.partition("_")[0]
    return (int(start), int(end)) if start.isdigit() and end.isdigit() else None


def _webp(picture: Image) -> bytes:
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=FRAME_QUALITY)
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
    with av.open(str(path)) as container:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
        for frame in container.decode(audio=0):
            blocks.extend(out.to_ndarray()[0] for out in resampler.resample(frame))
        blocks.extend(out.to_ndarray()[0] for out in resampler.resample(None))
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
