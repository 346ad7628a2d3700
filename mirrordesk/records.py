"""What passes between the parts: frozen dataclasses, `None` for unknown.

Times are UTC nanoseconds; boxes are whole pixels of the frame they belong to, origin top left.
`wire.py` carries them over a pipe and into a file.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import blake2b


class Kind(StrEnum):
    """Where a moment comes from."""

    FRAME = "frame"
    SPEECH = "speech"
    CLIPBOARD = "clipboard"
    NOTE = "note"
    IMPORT = "import"


class Channel(StrEnum):
    """One thing that perception can add to a moment."""

    OCR = "ocr"  # frame -> text and text boxes
    IMAGE = "image"  # frame -> image vector
    SPEECH = "speech"  # sound -> text
    TEXT = "text"  # text -> text vector


class State(StrEnum):
    """How far one channel of one moment has come."""

    PENDING = "pending"  # to be done, when its encoder and the time are there
    PROVISIONAL = "provisional"  # done by a model for trying things out; a real one reads it anew
    DONE = "done"
    NONE = "none"  # this channel does not apply to this moment
    FAILED = "failed"  # the encoder could not read this input; kept apart from an empty result


class GapReason(StrEnum):
    """Why a span was not recorded."""

    PAUSED = "paused"
    LOCKED = "locked"
    IDLE = "idle"
    EXCLUDED = "excluded"
    UNIDENTIFIED = "unidentified"
    CRASHED = "crashed"
    ASLEEP = "asleep"
    STOPPED = "stopped"
    FORGOTTEN = "forgotten"
    DISK_FULL = "disk full"
    NO_DISPLAY = "no display"
    SCHEDULE = "outside the hours"


SAME_ROW = 0.5  # of the lower box's height: middles that are less apart share a row


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: int
    y: int
    w: int
    h: int

    @property
    def right(self) -> int:
        return self.x + self.w

    @property
    def bottom(self) -> int:
        return self.y + self.h

    @property
    def middle(self) -> tuple[float, float]:
        """Its x and y."""
        return self.x + self.w / 2, self.y + self.h / 2

    def shares_row(self, other: Box) -> bool:
        """Whether the two stand side by side, as words of one row do."""
        return abs(self.middle[1] - other.middle[1]) < SAME_ROW * min(self.h, other.h)

    def moved(self, right: int, down: int) -> Box:
        """The box elsewhere."""
        return Box(self.x + right, self.y + down, self.w, self.h)

    def union(self, other: Box) -> Box:
        """The smallest box around both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Box(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def intersection(self, other: Box) -> Box | None:
        """The part both cover, or None."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        w, h = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Box(x, y, w, h) if w > 0 and h > 0 else None


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line that OCR read, where, and how sure it is (0 to 1)."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Vector:
    """A vector of unit length and the identity of the model that made it.

    Only vectors of one model can be compared.
    """

    model: str  # "clip-micro@1a2b3c4d"
    numbers: tuple[float, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """A visible window as the window system tells it. Empty `app` and `title` mean not identified.

    `opaque` is False where what lies beneath may shine through. `url` and `private` are told of
    browsers alone, and not by all of them.
    """

    handle: int
    app: str
    title: str
    pid: int | None
    box: Box
    active: bool = False
    opaque: bool = True
    url: str | None = None
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class FrameWindow:
    """A window that could be seen on a frame, and the box of the frame in which it lay.

    Other windows may have covered a part of that box.
    """

    app: str
    title: str
    box: Box
    url: str | None = None
    private: bool | None = None


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """What the recorder acknowledged: a frame (PNG) or an utterance (WAV, 16 kHz mono PCM16).

    The id is derived from content and time, so that doing an entry twice changes nothing.
    `windows` are those of a frame, bottom of the stack first. For `scene` and `region` see Moment.
    """

    id: str
    kind: Kind
    start_ns: int
    end_ns: int
    zone: str
    source: str  # monitor name, "microphone" or "loopback"
    app: str = ""
    title: str = ""
    url: str | None = None
    payload: bytes = field(default=b"", repr=False)
    windows: tuple[FrameWindow, ...] = ()
    scene: str | None = None
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """What one image vector is of: a whole frame, or a region of it. The id is the vector's own."""

    id: str
    start_ns: int
    end_ns: int
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing seen or heard, verbatim. Never rewritten, only completed channel by channel.

    Perception hands its vectors over here, each with its maker; read back from the store they are
    those that search uses, None where there is none. `media` is a path relative to the profile's
    media folder. `width` and `height` are the frame's pixels, `windows` all that could be seen on
    it, bottom of the stack first; app, title and address are those of one of them.

    `scene` is the id of the frame that began the scene a frame belongs to, its own where it began
    one, None where nobody told. One that goes on with a scene has no picture of its own to be
    encoded: `image_vector` is then that of the frame that began it. `region` is a large part of the
    frame in which all was new; it is encoded as well.
    """

    id: str
    kind: Kind
    start_ns: int
    end_ns: int
    zone: str
    source: str
    app: str = ""
    title: str = ""
    url: str | None = None
    windows: tuple[FrameWindow, ...] = ()
    scene: str | None = None
    region: Box | None = None
    text: str = ""
    lines: tuple[TextLine, ...] = ()
    media: str | None = None
    width: int = 0
    height: int = 0
    ocr: State = State.NONE
    image: State = State.NONE
    speech: State = State.NONE
    text_state: State = State.NONE
    text_vector: Vector | None = None
    image_vector: Vector | None = None
    region_vector: Vector | None = None
    episode: str | None = None

    @property
    def begins_scene(self) -> bool:
        return self.scene == self.id

    @property
    def looks(self) -> tuple[Look, ...]:
        """What of a frame is encoded as a picture: all of it, a region, both, or nothing."""
        found: list[Look] = []
        if self.scene in (None, self.id):
            found.append(Look(self.id, self.start_ns, self.end_ns))
        if self.region:
            found.append(Look(region_id(self.id), self.start_ns, self.end_ns, self.region))
        return tuple(found)


class Speaker(StrEnum):
    """On which side of a call somebody speaks, as the source tells it."""

    ME = "me"  # into the microphone
    THEM = "them"  # out of the speakers


@dataclass(frozen=True, slots=True)
class Spoken:
    """A span in which one side of a call spoke."""

    speaker: Speaker
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class Episode:
    """A stretch of related moments; `spoken` is who spoke when in a call, empty for all else."""

    id: str
    start_ns: int
    end_ns: int
    zone: str
    title: str
    apps: tuple[str, ...]
    moments: tuple[str, ...]
    summary: str = ""
    spoken: tuple[Spoken, ...] = ()

    @property
    def is_call(self) -> bool:
        return bool(self.spoken)


@dataclass(frozen=True, slots=True)
class Gap:
    """A span that was not recorded, and why."""

    start_ns: int
    end_ns: int
    reason: GapReason


@dataclass(frozen=True, slots=True)
class Watch:
    """A span during which the recorder looked, whether or not anything changed."""

    start_ns: int
    end_ns: int


class Cover(StrEnum):
    """How a stretch of time is accounted for that is no gap."""

    WATCHED = "watched"
    BEFORE = "before"  # the profile was not there yet
    AHEAD = "ahead"  # has not come yet
    UNKNOWN = "unaccounted"  # nothing says what happened then, which is a fault of ours


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span of a day and what is known of it; not `stored` while memory does not hold that yet."""

    start_ns: int
    end_ns: int
    cover: Cover | GapReason
    stored: bool = True


@dataclass(frozen=True, slots=True)
class DayAccount:
    """A local day cut into stretches that follow one another without a gap or an overlap."""

    date: str  # ISO, YYYY-MM-DD
    zone: str
    stretches: tuple[Stretch, ...]

    @property
    def length_ns(self) -> int:
        """The sum of all stretches."""
        return sum(stretch.end_ns - stretch.start_ns for stretch in self.stretches)


@dataclass(frozen=True, slots=True)
class Hit:
    """A moment as recall ranks it; `scores` holds what each channel said."""

    moment: Moment
    score: float
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Citation:
    """The evidence of a claim, down to the lines of the frame or the span of the sound."""

    id: str
    kind: Kind
    start_ns: int
    end_ns: int
    zone: str
    app: str
    title: str
    text: str
    media: str | None
    box: Box | None = None
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and the ids of what supports it; never empty."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered. `engine` is "extractive" (found text, quoted) or the model's name."""

    question: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    engine: str
    abstained: bool
    note: str = ""  # said beside the answer: what is still pending, which claims were dropped
    timings: dict[str, float] = field(default_factory=dict)  # seconds by stage

    @property
    def text(self) -> str:
        return "\n".join(claim.text for claim in self.claims) if self.claims else self.note

    def noted(self, note: str) -> Answer:
        """The answer with `note`, which may be empty, behind what is said beside it."""
        return dataclasses.replace(self, note=f"{self.note} {note}".strip())


@dataclass(frozen=True, slots=True)
class Progress:
    """A step of an answer under way.

    `stage` is "recall" (looking), "reading" (the model reads the evidence) or "text" (`text` is
    the next piece of the answer as it is written; provisional until the Answer itself comes).
    """

    stage: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """A day or a week in a few lines, each behind a time of day or the name of a day."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """A local day of the timeline. Its moments carry neither vectors nor text boxes.

    `summary` and `week`, the week's that it lies in, are None until a day of it is over.
    """

    date: str  # ISO, YYYY-MM-DD
    zone: str
    start_ns: int
    end_ns: int
    moments: tuple[Moment, ...]
    episodes: tuple[Episode, ...]
    gaps: tuple[Gap, ...]
    watches: tuple[Watch, ...]
    summary: Summary | None = None
    week: Summary | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: a part, what was chosen or is wrong, and the command that mends it."""

    part: str
    state: str  # "ok", "missing" (works without, less well) or "problem"
    detail: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What forgetting removed."""

    moments: int
    media: int
    spooled: int


@dataclass(frozen=True, slots=True)
class RulePreview:
    """What a rule covers of the memory. `undecided`: moments of which too little is known to tell.

    `beside` counts the moments among `moments` that are named after another window than the one
    the rule covers, `waiting` captures that were not read yet; `examples` are light, the newest
    first.
    """

    rule: str
    moments: int
    beside: int
    waiting: int
    undecided: int
    first_ns: int | None
    last_ns: int | None
    examples: tuple[Moment, ...]


_REGION = "-region"


def region_id(moment: str) -> str:
    """The id under which the vector of a moment's region goes."""
    return moment + _REGION


def seen_in(look: str) -> str:
    """The id of the moment that a look belongs to."""
    return look.removesuffix(_REGION)


def moment_id(kind: Kind, start_ns: int, source: str, payload: bytes) -> str:
    """32 hex digits from content and time: the same capture always has the same id."""
    digest = blake2b(digest_size=16)
    digest.update(f"{kind}|{start_ns}|{source}|".encode())
    digest.update(payload)
    return digest.hexdigest()
