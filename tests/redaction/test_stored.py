"""A real screen through real OCR into a real store: only the spool ever holds a secret."""

from __future__ import annotations

import dataclasses
import io
import re
import wave
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from mirrordesk import clock, config, control, weights
from mirrordesk.capture.spool import Spool
from mirrordesk.control import Span
from mirrordesk.errors import WeightsMissing
from mirrordesk.memory.media import Media
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from mirrordesk.perception.base import Encoder, Samples, SpeechEncoder
from mirrordesk.perception.encoders import Encoders
from mirrordesk.perception.perceiver import Perceiver
from mirrordesk.perception.rapid import RapidOcr
from mirrordesk.pipeline import Pipeline
from mirrordesk.records import (
    Box,
    Channel,
    FrameWindow,
    Kind,
    Moment,
    SpoolEntry,
    State,
    moment_id,
)
from mirrordesk.redaction import chance
from tests.redaction.samples import drawn

NOW = clock.now_ns() - clock.HOUR
KEY = "sk_" + "live_" + drawn(24)
PASSWORD = "Hf7kQ2mzt9"
SHOWN = (
    "Deploy notes for the Falcon project",
    f"rotated key: {KEY} today",
    f"the demo is on Thursday, password: {PASSWORD}",
    "Bring 12 copies of the budget",
)


def screen() -> SpoolEntry:
    """A capture of a window that shows SHOWN and whose title holds the password."""
    picture = Image.new("RGB", (760, 240), "white")
    font = ImageFont.truetype("DejaVuSans.ttf", 17)
    for number, text in enumerate(SHOWN):
        ImageDraw.Draw(picture).text((24, 20 + 50 * number), text, "black", font)
    file = io.BytesIO()
    picture.save(file, "PNG")
    payload = file.getvalue()
    title, url = f"sudo {PASSWORD}", f"https://ci.example/job?token={KEY}"
    windows = (FrameWindow("xterm", title, Box(0, 0, 760, 240), url),)
    return SpoolEntry(
        moment_id(Kind.FRAME, NOW, "monitor-1", payload), Kind.FRAME, NOW, NOW, "UTC", "monitor-1",
        "xterm", title, url, payload, windows,
    )  # fmt: skip


def work(profile: Profile) -> None:
    pipeline = Pipeline(profile)
    while pipeline.step():
        pass


def the_moment(profile: Profile) -> Moment:
    (moment,) = Store(profile).moments(0, clock.now_ns(), light=False)
    return moment


def bears(text: str) -> bool:
    """Whether half of a secret can be read."""
    folded = chance.folded(text)
    return any(
        run[at : at + 8] in folded
        for run in map(chance.folded, (KEY, PASSWORD))
        for at in range(len(run) - 7)
    )


def files_outside_the_spool(profile: Profile) -> list[Path]:
    return [
        path
        for path in profile.root.rglob("*")
        if path.is_file() and profile.spool not in path.parents
    ]


def assert_clean(profile: Profile) -> None:
    moment = the_moment(profile)
    assert not bears(" ".join((moment.text, moment.title, moment.url or "")))
    assert not bears(str(moment.windows))
    assert "[key]" in moment.text
    assert "[password]" in moment.text
    assert "Thursday" in moment.text
    assert moment.media is not None
    seen = " ".join(line.text for line in RapidOcr().read(Media(profile).frame(moment.media)))
    assert not bears(seen)
    assert "Deploy notes" in seen
    for path in files_outside_the_spool(profile):
        assert not bears(_readable(path.read_bytes())), path


def _readable(data: bytes) -> str:
    """The characters of a file; those of compressed streams within it, too."""
    found = [data]
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            found.append(zlib.decompressobj().decompress(data[start.start() :]))
        except zlib.error:
            continue
    return " ".join(each.decode("ascii", "ignore") for each in found)


def test_neither_row_nor_picture_nor_file_holds_a_secret_of_the_screen(reading: Profile) -> None:
    Spool(reading).put(screen())
    work(reading)
    assert Spool(reading).waiting() == []
    assert_clean(reading)


def test_a_frame_waits_in_the_spool_until_it_can_be_read(
    reading: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise WeightsMissing("The OCR models are not here.")

    spool = Spool(reading)
    spool.put(screen())
    pipeline = Pipeline(reading)
    with monkeypatch.context() as absent:
        absent.setattr(weights, "ocr", missing)
        while pipeline.step():
            pass
        assert len(spool.waiting()) == 1
        assert Store(reading).count() == 0
        assert not any(path.is_file() for path in reading.media.rglob("*"))
        assert not any(bears(_readable(p.read_bytes())) for p in files_outside_the_spool(reading))
    while pipeline.step():
        pass
    assert spool.waiting() == []
    assert_clean(reading)


def kept_unread(profile: Profile) -> str:
    """A frame that stands in memory as it came; gives its media."""
    entry = screen()
    media, width, height = Media(profile).put_frame(entry.id, NOW, "UTC", entry.payload)
    common = {
        f.name: getattr(entry, f.name)
        for f in dataclasses.fields(SpoolEntry)
        if f.name not in ("payload", "title", "url", "windows")
    }
    unread = Moment(**common, media=media, width=width, height=height, ocr=State.PENDING)
    Store(profile).add([unread])
    return media


def test_a_frame_that_was_kept_unread_is_painted_over_when_it_is_read(reading: Profile) -> None:
    """As an earlier version left it, or somebody who had redaction switched off."""
    media = kept_unread(reading)
    work(reading)
    assert the_moment(reading).media == media
    assert_clean(reading)


def test_what_is_forgotten_while_it_is_painted_over_stays_gone(
    reading: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    media = kept_unread(reading)
    remove = Media.remove

    def forgotten_just_now(self: Media, relative: str) -> bool:
        control.remember_forgetting(reading, Span(NOW - 1, NOW + 1))
        return remove(self, relative)

    monkeypatch.setattr(Media, "remove", forgotten_just_now)
    work(reading)
    assert not (reading.media / media).exists()


def test_a_picture_that_ocr_gives_up_on_is_put_aside_and_not_kept(
    reading: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: object) -> None:
        raise RuntimeError("too large")

    monkeypatch.setattr(RapidOcr, "find", give_up)
    spool = Spool(reading)
    spool.put(screen())
    work(reading)
    assert spool.waiting() == []
    assert len(spool.quarantined()) == 1
    assert not any(path.is_file() for path in reading.media.rglob("*"))


def test_all_is_kept_where_the_person_asks_for_it(reading: Profile) -> None:
    config.change(reading, "privacy.redact_secrets", "false")
    Spool(reading).put(screen())
    work(reading)
    assert bears(the_moment(reading).text)


class Says(SpeechEncoder):
    """Hears the same whatever is said."""

    name, device, why = "says", "cpu", "for a test"

    def transcribe_all(self, sounds: Sequence[Samples]) -> list[str]:
        return [f"the password is {PASSWORD}, write it down" for _ in sounds]

    def transcribe(self, samples: Samples) -> str:
        return self.transcribe_all([samples])[0]


class OnlySpeech(Encoders):
    """Has nothing but `Says`."""

    def find(self, channel: Channel) -> Encoder | None:
        return Says() if channel is Channel.SPEECH else None


def test_what_is_said_loses_its_secrets_before_it_is_handed_back(reading: Profile) -> None:
    perceiver = Perceiver(OnlySpeech(lambda: config.load(reading)), Media(reading))
    spoken = Moment("a" * 32, Kind.SPEECH, NOW, NOW + clock.SECOND, "UTC", "microphone")
    spoken = dataclasses.replace(spoken, speech=State.PENDING, title=f"pw: {PASSWORD}")
    (heard,) = perceiver.fill([spoken], {spoken.id: silence()}, lambda: None).moments
    assert heard.text == "the password is [password], write it down"
    assert heard.title == "pw: [password]"


def silence() -> bytes:
    """A second of it."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(bytes(32_000))
    return file.getvalue()
