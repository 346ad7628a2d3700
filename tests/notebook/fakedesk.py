"""A desk with a scripted memory: real pictures and real sound in a real profile, no models."""

from __future__ import annotations

import functools
import io
import queue
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction

import av
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mirrordesk import clock
from mirrordesk.client import DeskClient, PendingAnswer
from mirrordesk.errors import MirrorDeskError
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Box, Citation, Claim, Kind, Progress

FRAME = (1600, 1000)  # pixels
QUESTION = "When do we launch, and what did Maya decide?"
HOSTILE = '<img src=x onerror="document.title=1"> see https://elsewhere.example/steal'
CHAT = (
    ("Maya Okafor", "Morning! I went through the feedback from the pilot group last night."),
    ("Jonas", "And? Do we keep the date?"),
    ("Maya Okafor", "Launch moves to Tuesday 8 December, so that payments get a full test week."),
    ("Jonas", "Works for me. Who tells the print shop?"),
    ("Maya Okafor", "I do. Anna holds the leaflets back until Friday."),
)


class FakeAnswer(PendingAnswer):
    """Gives the steps it is fed until the end comes; `cancel` ends it early."""

    def __init__(self, final: Answer | MirrorDeskError | RuntimeError) -> None:
        self.steps: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        self.cancelled = threading.Event()
        self._final = final

    def events(self) -> Iterator[Progress]:
        while (step := self.steps.get()) is not None:
            yield step
        if isinstance(self._final, Exception):
            raise self._final

    def result(self, timeout: float | None = None) -> Answer:
        assert isinstance(self._final, Answer)
        return self._final

    def cancel(self) -> None:
        self.cancelled.set()
        self.steps.put(None)


class FakeDesk(DeskClient):
    """Answers each question with `final`; a test feeds the steps of `answers[-1]`."""

    def __init__(self, profile: Profile, final: Answer | MirrorDeskError | RuntimeError) -> None:
        super().__init__(profile)
        self.final = final
        self.answers: list[FakeAnswer] = []
        self.conversations: list[str | None] = []
        self.closed = 0

    def ask(self, question: str, conversation: str | None = None) -> PendingAnswer:
        self.conversations.append(conversation)
        self.answers.append(FakeAnswer(self.final))
        return self.answers[-1]

    def close(self) -> None:
        self.closed += 1
        super().close()


class TalkingDesk(FakeDesk):
    """A desk that answers by itself, at the pace of a small model, until it is stopped."""

    def ask(self, question: str, conversation: str | None = None) -> PendingAnswer:
        answer = FakeAnswer(self.final)
        threading.Thread(target=self._talk, args=(answer,), daemon=True).start()
        return answer

    def _talk(self, answer: FakeAnswer) -> None:
        assert isinstance(self.final, Answer)
        steps = [Progress("recall"), Progress("reading")]
        steps += [Progress("text", f"{word} ") for word in self.final.text.split()]
        for step in steps:
            answer.steps.put(step)
            if answer.cancelled.wait(0.12):
                return
        answer.steps.put(None)


def remembered(profile: Profile, note: str = "launch: Tuesday 8 December") -> Answer:
    """An answer with two frames and a sentence that was spoken, whose media lie in `profile`.

    `note` is what one of the frames says, and a part of its window's title.
    """
    (chat, boxes), (notes, note_boxes) = chat_frame(), notes_frame()
    for name, content in (("chat.webp", chat), ("notes.webp", notes), ("call.ogg", speech())):
        (profile.media / name).write_bytes(content)
    start = clock.now_ns() - 26 * clock.HOUR
    citations = (
        _citation("notes", start + clock.HOUR, "Text editor", f"plan.md {note}", note_boxes, note),
        _citation("chat", start, "Chromium", "Team chat: launch", boxes[2:3], CHAT[2][1]),
        Citation(
            id="call",
            kind=Kind.SPEECH,
            start_ns=start + 2 * clock.HOUR,
            end_ns=start + 2 * clock.HOUR + 3 * clock.SECOND,
            zone="UTC",
            app="Meet",
            title="Weekly with the print shop",
            text="We hold the leaflets until Friday, then print with the new date.",
            media="call.ogg",
        ),
    )
    claims = (
        Claim(CHAT[2][1], ("chat", "notes")),
        Claim("The leaflets are held until Friday, then printed with the new date.", ("call",)),
    )
    waiting = "12 captures are still being read."
    return Answer(QUESTION, claims, citations, "extractive", False, waiting, {"total_s": 0.84})


def _citation(
    name: str, start_ns: int, app: str, title: str, boxes: Sequence[Box], text: str
) -> Citation:
    return Citation(
        id=name,
        kind=Kind.FRAME,
        start_ns=start_ns,
        end_ns=start_ns,
        zone="UTC",
        app=app,
        title=title,
        text=text,
        media=f"{name}.webp",
        box=boxes[0],
        boxes=tuple(boxes),
    )


def forgotten(question: str = QUESTION) -> Answer:
    """An answer that abstains."""
    return Answer(question, (), (), "extractive", True, "I have no memory of that.")


@functools.cache
def chat_frame() -> tuple[bytes, list[Box]]:
    """A chat in a browser, and the box of each message's text."""
    image, draw = _window("Team chat: launch", (58, 84, 160))
    draw.rectangle((100, 134, 340, 920), (238, 240, 246))
    for row, channel in enumerate(("launch", "payments", "print shop", "random")):
        draw.text((124, 160 + 40 * row), f"# {channel}", (70, 76, 92), ImageFont.load_default(19))
    boxes = []
    for row, (who, said) in enumerate(CHAT):
        top = 170 + 130 * row
        draw.ellipse((372, top, 416, top + 44), (120 + 20 * row, 140, 190))
        draw.text((436, top - 4), who, (30, 34, 44), ImageFont.load_default(20))
        boxes.append(_text(draw, (436, top + 24), said, 22, (50, 54, 66)))
    return _webp(image), boxes


@functools.cache
def notes_frame() -> tuple[bytes, list[Box]]:
    """A plan in an editor, and the boxes of the two lines with the date."""
    image, draw = _window("plan.md", (40, 44, 52))
    lines = ("# Launch plan", "", "- payments: full test week", "- launch: Tuesday 8 December")
    found = [
        _text(draw, (150, 190 + 46 * row), line, 26, (44, 48, 60))
        for row, line in enumerate(lines)
        if line
    ]
    return _webp(image), found[1:]


def _webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=90)
    return out.getvalue()


def _window(title: str, bar: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", FRAME, (86, 108, 122))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((100, 90, 1500, 920), 12, (252, 252, 253))
    draw.rounded_rectangle((100, 90, 1500, 150), 12, bar)
    draw.rectangle((100, 134, 1500, 150), (252, 252, 253))
    draw.text((124, 98), title, (255, 255, 255), ImageFont.load_default(20))
    return image, draw


def _text(
    draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, ink: tuple[int, int, int]
) -> Box:
    font = ImageFont.load_default(size)
    draw.text(at, text, ink, font)
    left, top, right, bottom = map(round, draw.textbbox(at, text, font))
    return Box(left, top, right - left, bottom - top)


@functools.cache
def speech() -> bytes:
    """Three seconds of a rising tone as Ogg Opus."""
    rate = 48_000
    t = np.arange(3 * rate) / rate
    samples = (0.2 * np.sin(2 * np.pi * (220 + 60 * t) * t) * 32767).astype(np.int16)
    out = io.BytesIO()
    with av.open(out, "w", format="ogg") as file:
        stream = file.add_stream("libopus", rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
        frame.sample_rate, frame.time_base, frame.pts = rate, Fraction(1, rate), 0
        file.mux([*stream.encode(frame), *stream.encode(None)])
    return out.getvalue()
