"""Scenes whose first frame is gone: forgotten, or lost before it was stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from mirrordesk.memory import filtering, schema
from mirrordesk.memory.table import Table

_SCENE = schema.SCENE.name


def orphans(moments: Table, waiting: Collection[str]) -> list[list[str]]:
    """The frames of each scene whose first one is neither stored nor among `waiting`, in order."""
    columns = (schema.KEY, schema.START, _SCENE)
    rows = moments.rows(columns, filtering.GOING_ON).sort_by([(schema.START, "ascending")])
    there = {*moments.rows((schema.KEY,))[schema.KEY].to_pylist(), *waiting} if len(rows) else set()
    found: dict[str, list[str]] = defaultdict(list)
    for key, scene in zip(rows[schema.KEY].to_pylist(), rows[_SCENE].to_pylist(), strict=True):
        if scene not in there:
            found[scene].append(key)
    return list(found.values())
