"""What a citation or a moment is called and where it points, in words and boxes. No Qt here."""

from __future__ import annotations

from collections import Counter

from mirrordesk import clock, words
from mirrordesk.records import Box, Citation, Episode, Kind, Moment, Speaker

_HEARD = {"microphone": "Heard on the microphone", "loopback": "Played by the computer"}
_SAID = {"microphone": "You", "loopback": "Played"}
_KINDS = {
    Kind.FRAME: "Screen",
    Kind.SPEECH: "Heard",
    Kind.CLIPBOARD: "Clipboard",
    Kind.NOTE: "Note",
    Kind.IMPORT: "Imported",
}


def cited_boxes(citation: Citation) -> tuple[Box, ...]:
    """The lines to outline; one box around them where the single lines are not known."""
    return citation.boxes or ((citation.box,) if citation.box else ())


def cited_area(citation: Citation) -> Box | None:
    """The box to centre on: the citation's own, else the one around its lines."""
    if citation.box is not None:
        return citation.box
    area: Box | None = None
    for box in citation.boxes:
        area = box if area is None else area.union(box)
    return area


def citation_of(moment: Moment) -> Citation:
    """A whole moment as evidence, nothing outlined."""
    return Citation(
        moment.id,
        moment.kind,
        moment.start_ns,
        moment.end_ns,
        moment.zone,
        moment.app,
        moment.title,
        moment.text,
        moment.media,
    )


def source_name(item: Citation | Moment) -> str:
    """The app, or how it was heard."""
    if isinstance(item, Moment) and item.kind is Kind.SPEECH:
        return _HEARD.get(item.source, "Heard")
    return item.app or _KINDS[item.kind]


def quoted(item: Moment) -> str:
    """What was said, and by which side."""
    return f"{_SAID.get(item.source, 'Heard')}: “{item.text}”"


def call(episode: Episode, zone: str) -> str:
    """A call: its title, when it was, and for how long each side spoke."""
    spoken = Counter[Speaker]()
    for one in episode.spoken:
        spoken[one.speaker] += one.end_ns - one.start_ns
    mine, theirs = (_minutes(spoken[who]) for who in (Speaker.ME, Speaker.THEM))
    times = words.span(episode.start_ns, episode.end_ns, zone)
    shares = f"You spoke {mine}, the others {theirs}"
    return "\n".join(filter(None, (episode.title, f"Call, {times}", shares)))


def _minutes(length_ns: int) -> str:
    minutes, seconds = divmod(length_ns // clock.SECOND, 60)
    return f"{minutes}:{seconds:02} min"


def time_line(citation: Citation) -> str:
    """When it was, in words; for sound the whole span."""
    if citation.kind is not Kind.SPEECH:
        return words.when(citation.start_ns, citation.zone)
    day = words.when(citation.start_ns, citation.zone).partition(" at ")[0]
    return f"{day}, {words.span(citation.start_ns, citation.end_ns, citation.zone)}"
