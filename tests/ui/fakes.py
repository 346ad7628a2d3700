"""A desk with a made-up memory: the real client's shape, no process behind it."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from dataclasses import replace

from mirrordesk import clock, control
from mirrordesk.client import DeskClient, PendingAnswer
from mirrordesk.errors import MirrorDeskError, StoreError
from mirrordesk.paths import Profile
from mirrordesk.records import (
    Answer,
    Check,
    Citation,
    Claim,
    Day,
    Episode,
    Forgotten,
    Gap,
    GapReason,
    Hit,
    Kind,
    Moment,
    Progress,
    State,
    Summary,
    Watch,
)
from mirrordesk.status import PerceptionStatus, RecorderStatus, Report
from tests.ui.pictures import SIZE, draw_screen

SCREENS = (
    (
        "Terminal",
        "build",
        [
            "$ make test",
            "collected 214 items",
            "FAILED test_export.py::test_totals - AssertionError: 1190.00 != 1210.00",
            "1 failed, 213 passed in 41.20s",
            "$ git status",
            "On branch invoice-rounding",
        ],
    ),
    (
        "Editor",
        "invoice.py",
        [
            "def total(lines: list[Line]) -> Decimal:",
            '    """Sum before rounding, as agreed with Marta."""',
            "    return sum((line.net for line in lines), Decimal()).quantize(CENT)",
            "",
            "def vat(net: Decimal, rate: Decimal) -> Decimal:",
            "    return (net * rate).quantize(CENT, ROUND_HALF_UP)",
        ],
    ),
    (
        "Browser",
        "Rounding and VAT: the rules",
        [
            "Rounding and VAT: the rules",
            "Amounts are rounded once, on the invoice total, not on each line.",
            "Half a cent is rounded up.",
            "Keep the unrounded amounts for seven years.",
        ],
    ),
    (
        "Mail",
        "Re: Invoice 4711",
        [
            "From: Marta Lindqvist",
            "Subject: Re: Invoice 4711",
            "The total should be 1,210.00. Please send the corrected invoice by Friday.",
            "Could you also check March?",
            "Marta",
        ],
    ),
    (
        "Calendar",
        "Week 47",
        ["Tuesday", "10:00  Stand-up", "14:00  Call with Marta", "16:30  Dentist"],
    ),
    (
        "Chat",
        "billing",
        [
            "Jonas: did the rounding fix go out?",
            "You: after lunch",
            "Jonas: great, I will tell finance",
        ],
    ),
    ("Files", "Invoices 2026", ["4709.pdf", "4710.pdf", "4711.pdf", "4711-corrected.pdf"]),
)
EPISODES = (
    "Fixing the rounding of invoices",
    "Reading about VAT",
    "Answering Marta",
    "Stand-up and planning",
    "Reviewing exports",
    "Sending invoice 4711",
)
SPOKEN = (
    "Let us round once, on the total, and send the corrected one by Friday.",
    "I will check the invoices from March too.",
)


class FakePending(PendingAnswer):
    """An answer that comes step by step; `hold` keeps it from going on after the first words."""

    def __init__(
        self, steps: list[Progress], answer: Answer | MirrorDeskError, hold: threading.Event
    ) -> None:
        self._steps = steps
        self._answer = answer
        self._hold = hold
        self.cancelled = threading.Event()

    def events(self) -> Iterator[Progress]:
        for step in self._steps:
            yield step
            if step.stage == "text":
                self._wait()
                if self.cancelled.is_set():
                    return

    def _wait(self) -> None:
        while not self._hold.wait(0.01):
            if self.cancelled.is_set():
                return

    def result(self, timeout: float | None = None) -> Answer:
        if isinstance(self._answer, MirrorDeskError):
            raise self._answer
        if self.cancelled.is_set():
            return replace(self._answer, claims=self._answer.claims[:1])
        return self._answer

    def cancel(self) -> None:
        self.cancelled.set()


class FakeDesk(DeskClient):
    """`answers` by question, the last one for any other; `failure` makes asking and forgetting
    fail."""

    def __init__(self, profile: Profile, *, busy: int = 40, now_ns: int | None = None) -> None:
        self.profile = profile  # no super().__init__: it would bind a process
        self.now_ns = clock.now_ns() if now_ns is None else now_ns
        self.failure: MirrorDeskError | None = None
        self.go_on = threading.Event()
        self.go_on.set()
        self.asked: list[FakePending] = []
        self.conversations: list[str | None] = []
        self.forgot: list[tuple[int, int]] = []
        self.trouble: str | None = None
        self.summary: Summary | None = None  # of every day
        self.week: Summary | None = None
        self.checks = list(CHECKS)
        self._templates = self._draw()
        self.moments = self._make_moments(busy)
        self.answers: dict[str, Answer] = {"": self.cited_answer()}

    def release(self) -> None:
        """Let a held answer go on."""
        self.go_on.set()

    def ask(self, question: str, conversation: str | None = None) -> PendingAnswer:
        self.conversations.append(conversation)
        answer = self.answers.get(question, self.answers[""])
        steps = [Progress("recall"), Progress("reading")]
        steps += [Progress("text", f"{word} ") for word in answer.text.split()]
        pending = FakePending(steps, self.failure or answer, self.go_on)
        self.asked.append(pending)
        return pending

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        found = [m for m in self.moments if query.lower() in m.text.lower()]
        return [Hit(moment, 1.0, {}) for moment in found[:limit]]

    def days(self) -> list[str]:
        return [clock.at(self.now_ns, "UTC").date().isoformat()]

    def day(self, date: str) -> Day:
        today = clock.at(self.now_ns, "UTC").date()
        start, end = clock.day_span(type(today).fromisoformat(date), "UTC")
        bare = tuple(replace(m, lines=()) for m in self.moments if start <= m.start_ns < end)
        episodes, gaps = self._episodes(bare), self._gaps(bare)
        watches = tuple(Watch(g.start_ns, g.end_ns) for g in _between(bare, gaps))
        return Day(date, "UTC", start, end, bare, episodes, gaps, watches, self.summary, self.week)

    def moment(self, id: str) -> Moment:  # noqa: A002  the client's own name
        for moment in self.moments:
            if moment.id == id:
                return moment
        raise StoreError("That moment was forgotten.")

    def forget(self, start_ns: int, end_ns: int) -> Forgotten:
        if self.failure:
            raise self.failure
        self.forgot.append((start_ns, end_ns))
        before = len(self.moments)
        self.moments = [m for m in self.moments if not start_ns <= m.start_ns < end_ns]
        return Forgotten(before - len(self.moments), 3, 1)

    def report(self) -> Report:
        now = clock.now_ns()
        paused = control.paused(self.profile) is not None
        recorder = RecorderStatus(1, "paused" if paused else "recording", now, now)
        perception = PerceptionStatus(2, now, now, waiting=4, pending={"speech": 3, "image": 0})
        first, last = self.moments[0].start_ns, self.moments[-1].end_ns
        return Report(
            str(self.profile.root),
            recorder,
            True,
            self.trouble,
            paused,
            perception,
            True,
            len(self.moments),
            first,
            last,
            482_300_000,
        )

    def doctor(self) -> list[Check]:
        return self.checks

    def close(self) -> None:
        self.release()

    def cited_answer(self) -> Answer:
        """Two sentences seen and one heard."""
        mail, page, call = self._latest("Mail"), self._latest("Browser"), self._speech()
        cited = (_cite(mail, 2), _cite(page, 1), _heard(call))
        claims = (
            Claim(
                "The total should be 1,210.00, and Marta asks for the corrected invoice by Friday.",
                (mail.id,),
            ),
            Claim(
                "Amounts are rounded once, on the invoice total, not on each line.",
                (page.id, call.id),
            ),
        )
        return Answer(
            "",
            claims,
            cited,
            "extractive",
            False,
            "3 spoken moments are not read yet.",
            {"recall": 0.21, "reading": 0.4},
        )

    def _latest(self, app: str) -> Moment:
        return next(m for m in reversed(self.moments) if m.app == app)

    def _speech(self) -> Moment:
        return next(m for m in reversed(self.moments) if m.kind is Kind.SPEECH)

    def _draw(self) -> list[Moment]:
        made = []
        for number, (app, title, text) in enumerate(SCREENS):
            media = f"frames/{number}.webp"
            lines = draw_screen(self.profile.media / media, app, title, text)
            made.append(
                Moment(
                    "",
                    Kind.FRAME,
                    0,
                    0,
                    "UTC",
                    "eDP-1",
                    app,
                    title,
                    text="\n".join(line.text for line in lines),
                    lines=lines,
                    media=media,
                    width=SIZE[0],
                    height=SIZE[1],
                    ocr=State.DONE,
                )
            )
        sound = self.profile.media / "sound" / "0.ogg"
        sound.parent.mkdir(parents=True, exist_ok=True)
        sound.write_bytes(b"OggS")
        return made

    def _make_moments(self, busy: int) -> list[Moment]:
        """`busy` frames over the seven hours before now (kept within the day), a few spoken."""
        day_start, _ = clock.day_span(clock.at(self.now_ns, "UTC").date(), "UTC")
        start = max(self.now_ns - 7 * clock.HOUR, day_start)
        step = max((self.now_ns - start) // busy, 1)
        moments: list[Moment] = []
        for number in range(busy):
            at = start + number * step
            if _lunch(number, busy):
                continue
            look = self._templates[
                (number * 7 // busy * 3 + number // max(busy // 60, 1) * 5 % 3) % len(SCREENS)
            ]
            moments.append(replace(look, id=f"frame{number:06d}", start_ns=at, end_ns=at))
            if number % max(busy // 12, 1) == 1:
                moments.append(
                    Moment(
                        f"speech{number:06d}",
                        Kind.SPEECH,
                        at,
                        at + 7 * clock.SECOND,
                        "UTC",
                        "microphone",
                        text=SPOKEN[number % 2],
                        media="sound/0.ogg",
                        speech=State.DONE,
                    )
                )
        return moments

    def _episodes(self, moments: tuple[Moment, ...]) -> tuple[Episode, ...]:
        frames = [m for m in moments if m.kind is Kind.FRAME]
        size = max(len(frames) // len(EPISODES), 1)
        made = []
        for number, title in enumerate(EPISODES):
            part = frames[number * size : (number + 1) * size]
            if part:
                ids, apps = tuple(m.id for m in part), tuple({m.app for m in part})
                made.append(
                    Episode(
                        f"e{number}", part[0].start_ns, part[-1].end_ns, "UTC", title, apps, ids
                    )
                )
        return tuple(made)

    def _gaps(self, moments: tuple[Moment, ...]) -> tuple[Gap, ...]:
        frames = [m for m in moments if m.kind is Kind.FRAME]
        pairs = itertools.pairwise(frames)
        wide = [(a, b) for a, b in pairs if b.start_ns - a.start_ns > 25 * clock.MINUTE]
        return tuple(Gap(a.start_ns + clock.MINUTE, b.start_ns, GapReason.IDLE) for a, b in wide)


def _lunch(number: int, busy: int) -> bool:
    return busy * 0.46 < number < busy * 0.56


def _between(moments: tuple[Moment, ...], gaps: tuple[Gap, ...]) -> list[Gap]:
    """The spans from the first moment to the last that no gap covers."""
    if not moments:
        return []
    edges = [
        moments[0].start_ns,
        *(e for g in gaps for e in (g.start_ns, g.end_ns)),
        moments[-1].end_ns,
    ]
    return [Gap(a, b, GapReason.IDLE) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _cite(moment: Moment, line: int) -> Citation:
    box = moment.lines[line].box
    return Citation(
        moment.id,
        moment.kind,
        moment.start_ns,
        moment.end_ns,
        moment.zone,
        moment.app,
        moment.title,
        moment.lines[line].text,
        moment.media,
        box,
        (box,),
    )


def _heard(moment: Moment) -> Citation:
    return Citation(
        moment.id,
        moment.kind,
        moment.start_ns,
        moment.end_ns,
        moment.zone,
        "",
        "",
        moment.text,
        moment.media,
    )


CHECKS = (
    Check("Screen", "ok", "mss on X11, 1 monitor of 1600×1000"),
    Check("Windows", "ok", "X11 (EWMH): titles, processes and positions are known"),
    Check("Microphone", "ok", "PulseAudio, Built-in Audio Analog Stereo"),
    Check("Screen text", "ok", "RapidOCR with PP-OCRv6 small on the CPU"),
    Check(
        "Speech",
        "missing",
        "No Whisper checkpoint is set; speech is kept and read when there is one.",
        "mirrordesk models recommend",
    ),
    Check(
        "Language model",
        "missing",
        "No GGUF file is set; answers quote found text.",
        "mirrordesk models recommend",
    ),
    Check(
        "Disk",
        "problem",
        "Only 1.8 GB are left on the disk of the profile.",
        "Free some space, or move the folder and set MIRRORDESK_HOME",
    ),
)
