"""Short blocks about the person: who they work with, on what, in which programs, and when.

Each line is borne out by moments, a few of the newest for each name; with one of them a block goes,
and is made again of those that are left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from mirrordesk.knowledge import Block, Entity, NoteKind, Source, note_id
from mirrordesk.learning import hours
from mirrordesk.learning.entities import PERSON_FORM, PROJECT_FORM
from mirrordesk.records import Episode

LEAST = 3  # episodes that bear a line out
MOST = 6  # names of a block

Named = Mapping[str, Sequence[Source]]  # what bears each name out, one source an episode


def blocks(entities: Iterable[Entity], episodes: Iterable[Episode]) -> list[Block]:
    """The blocks that can be told; a topic with too little to tell is left out."""
    people: dict[str, Sequence[Source]] = {}
    projects: dict[str, Sequence[Source]] = {}
    for entity in entities:
        if entity.form == PERSON_FORM:
            people[entity.name] = entity.sources
        elif entity.form == PROJECT_FORM:
            projects[entity.name] = entity.sources
    episodes = list(episodes)
    topics = (("works with", people), ("works on", projects), ("works in", _programs(episodes)))
    told = [*(_block(topic, named) for topic, named in topics), hours.usual(episodes)]
    return [block for block in told if block]


def _programs(episodes: Iterable[Episode]) -> Named:
    """The program that was mostly in front, for each episode."""
    found: dict[str, list[Source]] = defaultdict(list)
    for episode in episodes:
        if episode.apps:
            source = Source(episode.moments[0], episode.start_ns, episode.start_ns)
            found[episode.apps[0]].append(source)
    return found


def _block(topic: str, named: Named) -> Block | None:
    often = [name for name, sources in named.items() if len(sources) >= LEAST]
    often = sorted(often, key=lambda name: (-len(named[name]), name))[:MOST]
    if not often:
        return None
    newest = [
        source
        for name in often
        for source in sorted(named[name], key=lambda s: (s.start_ns, s.moment))[-LEAST:]
    ]
    sources = tuple(sorted(set(newest), key=lambda s: (s.start_ns, s.moment, s.quote)))
    return Block(note_id(NoteKind.PROFILE, topic), topic, ", ".join(often), sources)
