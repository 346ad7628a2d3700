"""The film of a segment: photographs and videos, and small pictures of old frames (AV1 by PyAV).

A film is Matroska with attachments, the key frame never far away. Decoding follows the order of
display, so that any picture is reached by decoding forward from the key frame before it.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from mirrordesk.errors import StoreError

Pixels = npt.NDArray[np.uint8]  # (height, width, 3), RGB

KEY_EVERY = 2  # pictures: what one decodes at most to reach any; with 4 one waits a third longer
LEAST_SIDE = 64  # pixels: the encoder takes no less
_PRESET = 8  # of 13: one up or down changes time by half
_SECOND = 1000  # Matroska counts in milliseconds; a film shows one picture a second
_MIME = "application/octet-stream"


def size_of(width: int, height: int) -> tuple[int, int]:
    """The size of film that holds pictures of that size: even, and large enough."""
    return max(width + width % 2, LEAST_SIDE), max(height + height % 2, LEAST_SIDE)


def film(
    pictures: Iterable[Pixels], width: int, height: int, crf: int, beside: Mapping[str, bytes]
) -> bytes:
    """Pictures of one size as a film with files attached; at least one picture.

    Raises StoreError where the encoder refuses.
    """
    import av

    os.environ.setdefault("SVT_LOG", "1")  # errors alone; read when the encoder starts
    try:
        return _encoded(pictures, size_of(width, height), crf, beside)
    except av.error.FFmpegError as error:
        raise StoreError(f"Pictures of {width}x{height} could not be encoded.") from error


def _encoded(
    pictures: Iterable[Pixels], size: tuple[int, int], crf: int, beside: Mapping[str, bytes]
) -> bytes:
    import av

    data = io.BytesIO()
    wide, high = size
    with av.open(data, "w", format="matroska") as container:
        for name, content in beside.items():
            container.add_attachment(name, _MIME, content)
        stream = container.add_stream("libsvtav1", rate=1, options=_options(crf))
        stream.width, stream.height, stream.pix_fmt = wide, high, "yuv420p"
        stream.codec_context.color_range, stream.codec_context.colorspace = 2, 1  # full, BT.709
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(_grown(picture, wide, high), "rgb24")
            coded = frame.reformat(
                format="yuv420p", dst_colorspace="ITU709", dst_color_range="JPEG"
            )
            coded.pts, coded.time_base = number, Fraction(1)
            container.mux(stream.encode(coded))
        container.mux(stream.encode(None))
    return data.getvalue()


def _options(crf: int) -> dict[str, str]:
    special = f"scm=1:pred-struct=1:keyint={KEY_EVERY}:scd=0:lp=1"  # screen content, one thread
    return {"preset": str(_PRESET), "crf": str(crf), "svtav1-params": special}


def _grown(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture on a ground of that size."""
    below, right = height - picture.shape[0], width - picture.shape[1]
    grown: Pixels = np.pad(picture, ((0, below), (0, right), (0, 0)), mode="edge")
    return grown


@dataclass(frozen=True, slots=True)
class Projector:
    """An open film. Raises FFmpegError or ValueError where it is damaged."""

    container: Any

    def attached(self) -> dict[str, bytes]:
        """The files that are attached."""
        return {each.name: bytes(each.data) for each in self.container.streams.attachments}

    def picture(self, number: int, width: int, height: int) -> Pixels:
        """One picture."""
        from av.codec.context import Flags

        stream = self.container.streams.video[0]
        # else its threads decode what follows, which nobody asked for
        stream.codec_context.flags |= Flags.low_delay
        self.container.seek(number * _SECOND, stream=stream)
        for frame in self.container.decode(stream):
            if frame.pts == number * _SECOND:
                return _pixels(frame, width, height)
        raise ValueError(f"The film has no picture {number}.")

    def pictures(self, width: int, height: int) -> Iterator[Pixels]:
        """Every picture in order."""
        for frame in self.container.decode(self.container.streams.video[0]):
            yield _pixels(frame, width, height)


def _pixels(frame: Any, width: int, height: int) -> Pixels:
    shown = frame.reformat(format="rgb24", src_colorspace="ITU709", src_color_range="JPEG")
    pixels: Pixels = shown.to_ndarray()
    return pixels[:height, :width]
