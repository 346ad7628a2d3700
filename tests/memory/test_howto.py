"""How something was done last time."""

from __future__ import annotations

from mirrordesk.desk import Desk
from mirrordesk.knowledge import Author, NoteKind, Procedure, Source, Step, note_id
from mirrordesk.memory.store import Store
from mirrordesk.paths import Profile
from tests.memory.made import NOON, frame


def procedure(goal: str, *commands: str, seen: int = 0) -> Procedure:
    steps = tuple(Step("xterm", f"$ {command}", f"{1:032x}") for command in commands)
    sources = (Source(f"{1:032x}", NOON, NOON),)
    return Procedure(note_id(NoteKind.PROCEDURE, goal), goal, steps, (NOON + seen,), sources)


def test_how_did_i_deploy_last_time_gives_the_steps(profile: Profile, store: Store) -> None:
    store.add([frame(1, "$ make deploy")])
    shop = procedure("make deploy", "make test", "make build", "make deploy")
    docs = procedure("mkdocs gh-deploy", "mkdocs build", "mkdocs gh-deploy", seen=5)
    backup = procedure("restic backup", "mount disk", "restic backup", seen=9)
    assert store.learn([shop, docs, backup], [], Author.RULES) == 3
    with Desk(profile) as desk:
        assert desk.procedures("How did I deploy last time?") == [docs, shop]
        assert desk.procedures("How do I build and make the deploy?") == [shop]
        assert desk.procedures("How did I bake a cake?") == []
        assert desk.procedures("") == []
