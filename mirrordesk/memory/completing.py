"""How a stored moment takes up what perception found: channel by channel, and never backwards."""

from __future__ import annotations

import dataclasses

from mirrordesk.records import Moment, State

# The further state wins, so results may come twice and in any order
_ORDER = (State.NONE, State.PENDING, State.FAILED, State.DONE)


def completed(stored: Moment, result: Moment) -> Moment:
    """`stored` with the channels in which `result` has come further.

    Kind, time and media stay as stored, whatever `result` says.
    """
    changes: dict[str, object] = {}
    if _further(stored.ocr, result.ocr):
        changes |= {"ocr": result.ocr}
        if result.ocr is State.DONE:
            changes |= {"text": result.text, "lines": result.lines}
    if _further(stored.speech, result.speech):
        changes |= {"speech": result.speech}
        if result.speech is State.DONE:
            changes |= {"text": result.text}
    if _further(stored.text_state, result.text_state):
        changes |= {"text_state": result.text_state, "text_vector": result.text_vector}
    if _further(stored.image, result.image):
        changes |= {"image": result.image, "image_vector": result.image_vector}
    return dataclasses.replace(stored, **changes)  # type: ignore[arg-type]


def _further(stored: State, result: State) -> bool:
    return _ORDER.index(result) > _ORDER.index(stored)
