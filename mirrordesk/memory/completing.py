"""How a stored moment takes up what perception found: channel by channel, and never backwards."""

from __future__ import annotations

import dataclasses

from mirrordesk.records import Moment, State

# The further state wins, so results may come twice and in any order
_ORDER = (State.NONE, State.PENDING, State.FAILED, State.PROVISIONAL, State.DONE)


def completed(stored: Moment, result: Moment) -> Moment:
    """`stored` with the channels in which `result` has come further.

    Kind, time and media stay as stored, whatever `result` says.
    """
    read = _with_text(_with_text(stored, result, "ocr"), result, "speech")
    changes: dict[str, object] = {}
    # a vector of what another model had read is none of what is there now
    if read.text == result.text and _further(read.text_state, result.text_state):
        changes |= {"text_state": result.text_state, "text_vector": result.text_vector}
    if _further(read.image, result.image):
        changes |= {"image": result.image, "image_vector": result.image_vector}
        changes["region_vector"] = result.region_vector
    return dataclasses.replace(read, **changes)  # type: ignore[arg-type]


def _with_text(stored: Moment, result: Moment, channel: str) -> Moment:
    """`stored` with what a channel read, where that is further, and what was made of the text."""
    state: State = getattr(result, channel)
    if not _further(getattr(stored, channel), state):
        return stored
    changes: dict[str, object] = {channel: state}
    if state in (State.PROVISIONAL, State.DONE):
        changes |= {"text": result.text, "lines": result.lines}
        if result.text != stored.text:
            changes |= {"text_state": result.text_state, "text_vector": result.text_vector}
    return dataclasses.replace(stored, **changes)  # type: ignore[arg-type]


def _further(stored: State, result: State) -> bool:
    return _ORDER.index(result) > _ORDER.index(stored)
