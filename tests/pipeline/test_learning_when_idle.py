"""When nothing else is to be done: resources of each episode, habits and links of many days."""

from __future__ import annotations

from dataclasses import replace

from mirrordesk import clock
from mirrordesk.consolidation import Consolidation
from mirrordesk.knowledge import LinkKind, NoteKind
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.learning.days import DAY, deploying

BEGIN_NS = clock.day_span(clock.at(clock.now_ns()).date())[0] - 4 * DAY


def test_days_alike_teach_resources_procedures_and_links_once(profile: Profile) -> None:
    store = Store(profile)
    moments = [m for day in range(3) for m in deploying(day, begin_ns=BEGIN_NS + DAY // 2)]
    store.add([replace(m, text=m.text or "Something is written there") for m in moments])
    store.refresh_episodes(moments[0].start_ns)
    consolidation = Consolidation(store, profile.logs / "learning.jsonl", settled_ns=0)
    planned = {one.id for one in consolidation.plan()}
    assert not store.notes.each()
    assert consolidation.run() > 0
    (deploy,) = store.notes.each(NoteKind.PROCEDURE)
    (page,) = (n for n in store.notes.each(NoteKind.RESOURCE) if "ci.example" in str(n.learned))
    assert planned == {note.id for note in store.notes.each()}
    kinds = {link.kind for link in store.notes.links([deploy.id, page.id])}
    assert {LinkKind.MENTIONS, LinkKind.TOGETHER} <= kinds
    assert Consolidation(store, profile.logs / "learning.jsonl", settled_ns=0).run() == 0
