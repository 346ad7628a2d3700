"""What survives of labelled secrets in stored text and in the OCR of stored pixels.

Every picture goes the product's own way, from the spool into a profile of its own. A secret leaks
where 8 of its letters and digits in a row (all, of a shorter one) can be read afterwards, with what
OCR confuses taken as the same. Of an address, what counts is what opens something: password, query,
fragment and made-up parts of the path. False positives are the marks on pictures that hold nothing
labelled: those of DIR, and ordinary screens.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from benchmarks import data, recordings
from mirrordesk import clock, config
from mirrordesk.capture.spool import Spool
from mirrordesk.errors import UsageError
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import Moment
from mirrordesk.redaction import chance
from mirrordesk.redaction.spans import Secret

ANNOTATIONS = ("annotations.jsonl", "annotations_sample.jsonl")
RUN = 8  # letters and digits in a row that may not survive
LEAST_SEGMENT = 16  # letters and digits of a part of a path that is taken for made up
_MARK = re.compile("|".join(re.escape(secret.mark) for secret in Secret))


@dataclass(frozen=True, slots=True)
class Picture:
    """A screen, and what of it must not survive."""

    path: Path
    app: str
    secrets: tuple[str, ...]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The labelled pictures, the ordinary ones, and how many of each."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="pictures with annotations.jsonl")
    parser.add_argument("--frames", type=int, metavar="N", help="of each kind at most")
    data.add_argument(parser)


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """How much leaks, and how much was painted over in vain."""
    pictures = _labelled(options.folder)[: options.frames]
    ordinary = _ordinary(data.folder(options, "screens"))[: options.frames]
    labelled = sum(len(picture.secrets) for picture in pictures)
    text_leaks = pixel_leaks = vain = 0
    with tempfile.TemporaryDirectory() as folder:
        profile = Profile.open(Path(folder))
        for channel in ("image", "speech", "text"):
            config.change(profile, f"{channel}.model", "")
        ocr = RapidOcr()
        for picture, moment in _stored(profile, [*pictures, *ordinary]):
            if picture.secrets:
                pixels = Media(profile).frame(moment.media or "")
                seen = [line.text for line in ocr.read(pixels)]
                text_leaks += _leaks(picture.secrets, _texts(moment))
                pixel_leaks += _leaks(picture.secrets, seen)
            else:
                vain += _marks(picture, moment)
    return {
        "labelled": labelled,
        "text_leaks": text_leaks,
        "pixel_leaks": pixel_leaks,
        "false_positives": vain,
        "pictures": len(pictures),
        "ordinary_pictures": sum(not p.secrets for p in pictures) + len(ordinary),
    }


def _labelled(folder: Path) -> list[Picture]:
    index = next((folder / name for name in ANNOTATIONS if (folder / name).is_file()), None)
    if index is None:
        raise UsageError(f"{folder} holds no {ANNOTATIONS[0]}.")
    rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines() if line]
    return [
        Picture(
            _image(folder, row["image_path"]),
            row.get("app", ""),
            tuple(part for span in row["spans"] for part in _secret_parts(span)),
        )
        for row in rows
    ]


def _image(folder: Path, written: str) -> Path:
    path = folder / written
    return path if path.is_file() else folder / "images" / path.name


def _secret_parts(span: dict[str, Any]) -> list[str]:
    """The part of a label's text that may not survive: one, or none."""
    if span["label"] == "secret":
        return [span["text"]]
    if span["label"] != "private_url":
        return []
    url = urlsplit(span["text"])
    values = [value for _, value in parse_qsl(url.query) + parse_qsl(url.fragment)]
    segments = [s for s in url.path.split("/") if chance.is_random(s, LEAST_SEGMENT)]
    parts = "".join(filter(None, [url.password, *values, *segments]))
    return [parts] if len(chance.folded(parts)) >= RUN else []


def _ordinary(folder: Path | None) -> list[Picture]:
    """The last frame of each session; none where there are no sessions."""
    found = recordings.read(folder) if folder else []
    return [Picture(session.frames[-1].path, session.name, ()) for session in found]


def _stored(profile: Profile, pictures: Sequence[Picture]) -> Iterator[tuple[Picture, Moment]]:
    """Each picture with the moment that it has become."""
    pipeline, store = Pipeline(profile), Store(profile)
    start = clock.now_ns() - len(pictures) * clock.MINUTE
    for number, picture in enumerate(pictures):
        at_ns = start + number * clock.MINUTE
        entry = recordings.captured(picture.path, at_ns, picture.app)
        Spool(profile).put(entry)
        while pipeline.step():
            pass
        print(f"{number + 1} of {len(pictures)}: {picture.path.name}", file=sys.stderr)
        yield picture, store.moment(entry.id)


def _texts(moment: Moment) -> list[str]:
    lines = [line.text for line in moment.lines]
    return [moment.text, *lines, moment.title, moment.url or ""]


def _leaks(secrets: Sequence[str], texts: Sequence[str]) -> int:
    """How many of the secrets can still be read."""
    readable = [chance.folded(text) for text in (*texts, "\n".join(texts))]
    return sum(any(_survives(secret, text) for text in readable) for secret in secrets)


def _survives(secret: str, readable: str) -> bool:
    folded = chance.folded(secret)
    runs = (folded[at : at + RUN] for at in range(max(1, len(folded) - RUN + 1)))
    return any(run in readable for run in runs)


def _marks(picture: Picture, moment: Moment) -> int:
    marked = [line.text for line in moment.lines if _MARK.search(line.text)]
    for line in marked:
        print(f"{picture.path.name}: {line}", file=sys.stderr)
    return sum(len(_MARK.findall(line)) for line in marked)
