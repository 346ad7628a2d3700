"""The columns of every table. Beside `layout.py` and `filtering.py`, no other module names one.

moments                     one row a moment; `terms` is what full-text search reads
vectors_<channel>_<model>   what one model made of one channel; see `spaces.py`
episodes, gaps, watches
episode_words               what full-text search reads of whole episodes
uses                        when a moment was shown as evidence
notes, versions, links      what was learnt, as it was before each change, and what belongs together
meta                        what the store knows of itself: migrations done, spans forgotten,
                            which vectors search uses
"""

from __future__ import annotations

import re

import pyarrow as pa

from mirrordesk.records import Channel

MOMENTS, EPISODES, GAPS, WATCHES, META = "moments", "episodes", "gaps", "watches", "meta"
NOTES, VERSIONS, LINKS = "notes", "versions", "links"
EPISODE_WORDS, USES = "episode_words", "uses"

KEY = "id"  # of every table
VALUE = "value"
START, END, ZONE = "start_ns", "end_ns", "zone"
TEXT, MEDIA, TERMS, VECTOR = "text", "media", "terms", "vector"
BODY = "body"  # a note as JSON
WORDS, COUNT = "words", "moments"  # of an episode: its terms, and of how many moments they are
MOMENT, AT = "moment", "at_ns"  # of a use
ONE, OTHER = "one", "other"  # the ends of a link

STATES = {
    Channel.OCR: "ocr",
    Channel.IMAGE: "image",
    Channel.SPEECH: "speech",
    Channel.TEXT: "text_state",
}

LIGHT = (
    *(KEY, "kind", START, END, ZONE, "source", "app", "title", "url", TEXT, MEDIA),
    *("width", "height", *STATES.values(), "scene", "region"),
)
SHOWN = (*LIGHT, "lines", "windows")
WRITTEN = ("app", "title", "url", TEXT)
NAMED = (KEY, "kind", START, END, ZONE, "source", "app", "title", "url", MEDIA, "windows")

VERSIONED = (KEY, "kind", START, END, BODY, "author", "version", "written_ns", "locked")

_SPAN = (pa.field(START, pa.int64(), False), pa.field(END, pa.int64(), False))
_SIDES = tuple(pa.field(side, pa.int32()) for side in ("x", "y", "w", "h"))
_LINE = pa.struct(
    [pa.field("text", pa.string()), *_SIDES, pa.field("confidence", pa.float32())],
)
_WINDOW = pa.struct(
    [
        *(pa.field(name, pa.string()) for name in ("app", "title", "url")),
        *_SIDES,
        pa.field("private", pa.bool_()),
    ]
)

SCENE = pa.field("scene", pa.string())
REGION = pa.field("region", pa.list_(pa.int32()))  # x, y, width, height
WINDOWS = pa.field("windows", pa.list_(_WINDOW))  # null in what was stored before they were kept
SPOKEN = pa.field(
    "spoken", pa.list_(pa.struct([pa.field("speaker", pa.string(), False), *_SPAN]))
)  # null in what was stored before calls were told apart


def _strings(*names: str) -> list[pa.Field]:
    return [pa.field(name, pa.string(), False) for name in names]


# A note, or one of its versions; from START to END its sources lie
_NOTE = [
    *_strings(KEY, "kind"),
    *_SPAN,
    *_strings(BODY, "author"),
    pa.field("version", pa.int32(), False),
    pa.field("written_ns", pa.int64(), False),
    pa.field("locked", pa.bool_(), False),
]
SCHEMAS: dict[str, pa.Schema] = {
    MOMENTS: pa.schema(
        [
            *_strings(KEY, "kind"),
            *_SPAN,
            *_strings(ZONE, "source", "app", "title"),
            pa.field("url", pa.string()),
            *_strings(TEXT),
            pa.field(MEDIA, pa.string()),
            pa.field("width", pa.int32(), False),
            pa.field("height", pa.int32(), False),
            *_strings(*STATES.values()),
            pa.field("lines", pa.list_(_LINE)),
            *_strings(TERMS),
            WINDOWS,
            SCENE,
            REGION,
        ]
    ),
    EPISODES: pa.schema(
        [
            *_strings(KEY),
            *_SPAN,
            *_strings(ZONE, "title", "summary"),
            pa.field("apps", pa.list_(pa.string())),
            pa.field("moments", pa.list_(pa.string())),
            SPOKEN,
        ]
    ),
    GAPS: pa.schema([*_strings(KEY), *_SPAN, *_strings("reason")]),
    WATCHES: pa.schema([*_strings(KEY), *_SPAN]),
    NOTES: pa.schema([*_NOTE, *_strings(TERMS)]),
    VERSIONS: pa.schema(_NOTE),
    LINKS: pa.schema(
        [*_strings(KEY, "kind", ONE, OTHER), *_SPAN, pa.field("weight", pa.float64(), False)]
    ),
    EPISODE_WORDS: pa.schema(
        [*_strings(KEY), *_SPAN, pa.field(COUNT, pa.int32(), False), *_strings(WORDS, TERMS)]
    ),
    USES: pa.schema([*_strings(KEY, MOMENT), *_SPAN, pa.field(AT, pa.int64(), False)]),
    META: pa.schema(_strings(KEY, VALUE)),
}

# What nobody who has the disk may read, by table. `TERMS` and `VECTOR` are sealed wherever they
# are; every other column that could tell something is to be named here. Filters do not see these.
SEALED: dict[str, tuple[str, ...]] = {
    MOMENTS: ("app", "title", "url", TEXT, "lines", "windows"),
    EPISODES: ("title", "summary", "apps"),
    NOTES: (BODY,),
    VERSIONS: (BODY,),
    EPISODE_WORDS: (WORDS,),
}
# What a snapshot keeps of every moment, so that only what is sealed is read of those that are shown
KEPT = tuple(name for name in LIGHT if name not in SEALED[MOMENTS])
# The sealed columns that filters may ask for by their whole value; see `Table.having`
MARKED: dict[str, tuple[str, ...]] = {MOMENTS: ("app",)}

_ODD = re.compile(r"[^0-9A-Za-z-]+")  # what a table's name cannot hold, and dots
_LONGEST_NAME = 60  # of a model in the name of its table


def vectors_prefix(channel: Channel) -> str:
    """How the names of a channel's tables of vectors begin."""
    return f"vectors_{channel.value}_"


def vectors_table(channel: Channel, model: str) -> str:
    """The table of the vectors that `model`, an identity, made for `channel`."""
    # its end tells the versions of a model apart
    return vectors_prefix(channel) + _ODD.sub("_", model)[-_LONGEST_NAME:]


def vectors_schema(numbers: int) -> pa.Schema:
    """The columns of a table of vectors of that many numbers; null: the model could make none."""
    vector = pa.field(VECTOR, pa.list_(pa.float32(), numbers))
    return pa.schema([*_strings(KEY), *_SPAN, vector])
