"""A profile in which a word stands in every place that recorded text comes to."""

from __future__ import annotations

import base64
import dataclasses
import os
from collections.abc import Iterator
from pathlib import Path

from mirrordesk import clock
from mirrordesk.capture.spool import Spool
from mirrordesk.knowledge import Author, Fact, Source
from mirrordesk.memory import schema
from mirrordesk.memory.archive import shelf
from mirrordesk.memory.archive.binding import Binder
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.records import Box, FrameWindow, Kind, Moment, SpoolEntry
from mirrordesk.seal import files
from tests.memory.archive.drawn import SIZE, png, screen
from tests.memory.made import NOON, ZONE, embedded, frame, seen, tone

FRAMES = 4


def moment(number: int, word: str) -> Moment:
    """A frame in whose every text the word stands."""
    window = FrameWindow(
        f"app{word}", f"in front {word}", Box(0, 0, 9, 9), f"https://{word}.example/"
    )
    named = frame(
        number,
        f"text {word} number {number}",
        app=f"app{word}",
        title=f"title {word}",
        url=f"https://{word}.example/",
        windows=(window,),
    )
    return seen(embedded(named, 10 * number), 20 * number)


def entry(number: int, word: str) -> SpoolEntry:
    """A capture that waits, named after the word and with it in what was captured."""
    return SpoolEntry(
        id=f"{number:032x}",
        kind=Kind.FRAME,
        start_ns=NOON + clock.HOUR + number,
        end_ns=NOON + clock.HOUR + number,
        zone=ZONE,
        source="screen",
        app=f"app{word}",
        title=f"title {word}",
        payload=word.encode() + os.urandom(70_000),
    )


def remember(store: Store, word: str) -> None:
    """Moments, an episode and a fact that tell the word."""
    moments = [moment(number, word) for number in range(FRAMES)]
    store.add(moments)
    store.refresh_episodes(NOON)
    source = Source(moments[0].id, NOON, NOON, f"text {word}")
    fact = Fact("1", word, "is", word, f"{word} is {word}", NOON, (source,))
    store.learn([fact], [], Author.RULES)
    for name in (schema.MOMENTS, schema.NOTES):
        store.tables[name].compact()


def capture(profile: Profile, word: str) -> dict[Path, bytes]:
    """Sound, frames, a segment of the archive and the spool: what each file holds."""
    media, spool = Media(profile), Spool(profile)
    path, *_ = media.put_frame("a" * 32, NOON, ZONE, png(screen(1)))
    media.put_speech("b" * 32, NOON, ZONE, tone(0.5)[1])
    binder = Binder(*SIZE)
    for number in range(3):
        binder.add(f"{number}_{number}_{number:032x}.webp", screen(number))
    names = [f"{number}_{number}_{number:032x}.webp" for number in range(3)]
    shelf.put((profile.media / path).parent, names, binder.bind())
    for number in range(20):
        spool.put(entry(number, word))
    return contents(profile)


def contents(profile: Profile) -> dict[Path, bytes]:
    """What the files of media and spool hold, in the clear."""
    return {path: files.read(path) for path in captured(profile)}


def captured(profile: Profile) -> list[Path]:
    """The files of media and spool."""
    folders = (profile.media, profile.spool)
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def forms(word: str) -> Iterator[bytes]:
    """A word as bytes, in the ways in which programs write words."""
    raw = word.encode()
    yield from (raw, raw.upper(), raw[::-1], raw.hex().encode())
    yield from (word.encode("utf-16-le"), word.encode("utf-16-be"), word.encode("utf-32-le"))
    for shift in range(3):  # of three bytes base64 makes four letters, wherever they begin
        whole = base64.b64encode(bytes(shift) + raw)
        yield whole[4 : 4 * (len(raw) // 3)]


def bearing(profile: Profile, word: str) -> list[Path]:
    """The files of a profile that hold the word in one of its forms."""
    wanted = list(forms(word))
    return [
        path
        for path in profile.root.rglob("*")
        if path.is_file() and any(form in data for data in [path.read_bytes()] for form in wanted)
    ]


def without_vectors(moments: list[Moment]) -> list[Moment]:
    """Moments to compare: vectors come back but for rounding."""
    return [dataclasses.replace(m, text_vector=None, image_vector=None) for m in moments]
