"""Links: drawn where something co-occurs or refers, bounded, and nothing is rewritten."""

from __future__ import annotations

from collections import Counter

from mirrordesk.knowledge import (
    Entity,
    Fact,
    Learned,
    LinkKind,
    NoteKind,
    Resource,
    Source,
    Visit,
    note_id,
)
from mirrordesk.learning import links
from mirrordesk.learning.links import MOST_MENTIONS, MOST_REFERRED, MOST_TOGETHER
from mirrordesk.records import Episode
from tests.learning.days import BEGIN, DAY, STEP, episode, frame, sitting

DAYS = [sitting(BEGIN + n * DAY, [frame(0, "mail", "Inbox")] * 40) for n in range(12)]
EPISODES: list[Episode] = [episode(day) for day in DAYS]


def source(day: int, place: int = 0) -> Source:
    moment = DAYS[day][place]
    return Source(moment.id, moment.start_ns, moment.end_ns)


def entity(name: str, *sources: Source, aliases: tuple[str, ...] = ()) -> Entity:
    key = note_id(NoteKind.ENTITY, name)
    return Entity(key, "person", name, aliases, sources or (source(0),))


def fact(text: str, *sources: Source) -> Fact:
    key = note_id(NoteKind.FACT, text)
    return Fact(key, "it", "is", "so", text, BEGIN, sources or (source(0),))


def page(name: str, *days: int) -> Resource:
    uri = f"https://docs.example/{name}"
    shown = [DAYS[day][0] for day in days]
    visits = tuple(Visit(m.start_ns, m.start_ns + STEP, m.id) for m in shown)
    sources = tuple(source(day) for day in days)
    return Resource(note_id(NoteKind.RESOURCE, uri), "page", uri, name, visits, sources)


def ends(kind: LinkKind, notes: list[Learned], days: int = 12) -> set[tuple[str, str]]:
    drawn = links.draw(EPISODES[:days], notes)
    return {(link.one, link.other) for link in drawn if link.kind is kind}


def test_a_moment_is_linked_with_what_it_bears_out() -> None:
    ana = entity("Ana Lim", source(0), source(1, 3))
    assert ends(LinkKind.MENTIONS, [ana]) == {
        (DAYS[0][0].id, ana.id),
        (DAYS[1][3].id, ana.id),
    }


def test_a_note_refers_to_those_whose_names_stand_in_it() -> None:
    ana, bo = entity("Ana Lim", aliases=("ana@mail.example",)), entity("Bo Berg")
    guide = page("guide", 0)
    said = fact("Ana Lim moved it; see docs.example/guide, not Bo's.")
    mail = fact("Write to ana@mail.example about the berg.")
    assert ends(LinkKind.REFERS, [ana, bo, guide, said, mail]) == {
        (said.id, ana.id),
        (said.id, guide.id),
        (mail.id, ana.id),
    }


def test_names_that_mean_nothing_are_not_looked_for() -> None:
    noise = [entity("it"), entity("42"), entity("an")]
    assert ends(LinkKind.REFERS, [*noise, fact("It is 42 in an hour.")]) == set()


def test_notes_of_one_episode_belong_together_the_closer_the_rarer() -> None:
    everywhere = entity("Mail", *(source(day) for day in range(12)))
    ana, bo = entity("Ana", source(1), source(2)), entity("Bo", source(1, 5), source(2, 5))
    drawn = links.together(EPISODES, [everywhere, ana, bo])
    weights = {frozenset((link.one, link.other)): link.weight for link in drawn}
    assert weights[frozenset((ana.id, bo.id))] > weights[frozenset((ana.id, everywhere.id))]
    (near,) = (link for link in drawn if everywhere.id not in (link.one, link.other))
    assert near.start_ns == EPISODES[2].start_ns


def test_an_episode_follows_the_last_one_about_the_same() -> None:
    report, other = page("report", 0, 3, 5), page("other", 3, 5)
    always = page("always", *range(12))
    drawn = links.follows(EPISODES, [report, other, always])
    steps = {(link.one, link.other): link.weight for link in drawn}
    assert steps == {
        (EPISODES[0].id, EPISODES[3].id): 1,
        (EPISODES[3].id, EPISODES[5].id): 2,
    }


def test_links_are_bounded_at_every_note() -> None:
    names = [f"Person{chr(97 + n // 26)}{chr(97 + n % 26)}" for n in range(40)]
    crowd: list[Learned] = [entity(name, source(0)) for name in names]
    busy = fact(" and ".join(names), *(source(0, place) for place in range(40)))
    drawn = links.draw(EPISODES, [*crowd, busy])
    of_busy = Counter(link.kind for link in drawn if busy.id in (link.one, link.other))
    assert of_busy[LinkKind.MENTIONS] == MOST_MENTIONS
    assert of_busy[LinkKind.REFERS] == MOST_REFERRED
    near = Counter(
        note for link in drawn if link.kind is LinkKind.TOGETHER for note in (link.one, link.other)
    )
    assert max(near.values()) <= MOST_TOGETHER


def test_drawing_twice_draws_the_same() -> None:
    notes: list[Learned] = [entity("Ana Lim"), page("guide", 0, 1), fact("Ana Lim wrote a guide.")]
    assert links.draw(EPISODES, notes) == links.draw(EPISODES, notes)
    assert len({link.id for link in links.draw(EPISODES, notes)}) == len(
        links.draw(EPISODES, notes)
    )
