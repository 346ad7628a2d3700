"""Drafts: the moments of captures, with every channel still to be done."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence

from mirrordesk.records import Kind, Moment, SpoolEntry, State


def drafts(
    entries: Sequence[SpoolEntry], there: Callable[[Collection[str]], Collection[str]]
) -> list[Moment]:
    """The moments of `entries`, which are in order of time.

    `there` tells which of some frames are stored or wait to be. A frame whose scene began with one
    that is lost or forgotten begins that scene anew.
    """
    begun_before = {e.scene for e in entries if e.scene} - {e.id for e in entries}
    lost = begun_before.difference(there(begun_before)) if begun_before else set()
    heirs: dict[str, str] = {}
    found = []
    for entry in entries:
        scene = entry.scene
        if scene is not None and scene in lost:
            scene = heirs.setdefault(scene, entry.id)
        found.append(_draft(entry, scene))
    return found


def _draft(entry: SpoolEntry, scene: str | None) -> Moment:
    common = {
        f.name: getattr(entry, f.name)
        for f in dataclasses.fields(SpoolEntry)
        if f.name not in ("payload", "scene")
    }
    if entry.kind is Kind.SPEECH:
        return Moment(**common, speech=State.PENDING)
    moment = Moment(**common, scene=scene, ocr=State.PENDING)
    image = State.PENDING if moment.looks else State.NONE
    return dataclasses.replace(moment, image=image)
