"""What a citation or a moment is called and where it points, in words and boxes. No Qt here."""

from __future__ import annotations

from mirrordesk import words
from mirrordesk.records import Box, Citation, Kind, Moment

_HEARD = {"microphone": "Heard on the microphone", "loopback": "Played by the computer"}
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


def time_line(citation: Citation) -> str:
    """When it was, in words; for sound the whole span."""
    if citation.kind is not Kind.SPEECH:
        return words.when(citation.start_ns, citation.zone)
    day = words.when(citation.start_ns, citation.zone).partition(" at ")[0]
    return f"{day}, {words.span(citation.start_ns, citation.end_ns, citation.zone)}"
