"""Video codecs by themselves on the frames that an archive holds, for comparison."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from benchmarks.legibility import Legibility
from mirrordesk.tiles import Pixels

KEY_EVERY = 64  # frames
WORKDAY_S = 8 * 3600
CODECS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("libsvtav1", "yuv420p", {"preset": "8", "crf": "38", "svtav1-params": "scm=1"}),
    ("libsvtav1", "yuv420p", {"preset": "8", "crf": "28", "svtav1-params": "scm=1"}),
    ("libx264", "yuv444p", {"preset": "medium", "crf": "26"}),
    ("libx265", "yuv444p", {"preset": "medium", "crf": "28", "x265-params": "log-level=0"}),
    ("libx264rgb", "rgb24", {"preset": "medium", "qp": "0"}),
)


class Frame(Protocol):
    """Something that has pixels."""

    def pixels(self) -> Pixels: ...


def compared(
    frames: Sequence[Frame], chosen: Sequence[int], seconds: float, reader: Legibility
) -> list[dict[str, Any]]:
    """One row a codec; `chosen` are the numbers of the frames that `reader` knows."""
    shape = frames[0].pixels().shape
    if any(frame.pixels().shape != shape for frame in frames):
        return []  # a film has one size
    rows = []
    for name, layout, options in CODECS:
        began = time.process_time()
        film = _film((frame.pixels() for frame in frames), shape, name, layout, options)
        spent = time.process_time() - began
        row: dict[str, Any] = {"codec": name, "layout": layout, "options": options}
        row["mb_per_8h"] = len(film) / 1e6 * WORKDAY_S / seconds
        row["cpu_s_per_frame"] = spent / len(frames)
        rows.append(row | reader.against(_picked(film, set(chosen))))
        print(rows[-1], file=sys.stderr)
    return rows


def _film(
    frames: Iterable[Pixels], shape: Sequence[int], name: str, layout: str, options: dict[str, str]
) -> bytes:
    import av

    data = io.BytesIO()
    with av.open(data, "w", format="matroska") as container:
        stream = container.add_stream(name, rate=1, options=options)
        stream.height, stream.width, stream.pix_fmt = shape[0], shape[1], layout
        stream.codec_context.gop_size = KEY_EVERY
        for number, pixels in enumerate(frames):
            frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
            if layout != "rgb24":
                frame = frame.reformat(
                    format=layout, dst_colorspace="ITU709", dst_color_range="JPEG"
                )
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return data.getvalue()


def _picked(film: bytes, numbers: set[int]) -> Iterator[Pixels]:
    import av

    with av.open(io.BytesIO(film)) as container:
        for number, frame in enumerate(container.decode(video=0)):
            if number in numbers:
                is_rgb = "rgb" in frame.format.name or "gbr" in frame.format.name
                colours = {} if is_rgb else {"src_colorspace": "ITU709", "src_color_range": "JPEG"}
                yield frame.reformat(format="rgb24", **colours).to_ndarray()
