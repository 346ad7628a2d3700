"""Blocks about the person: told where often enough, each borne out."""

from __future__ import annotations

from mirrordesk import clock
from mirrordesk.knowledge import Entity, Source
from mirrordesk.learning import profile
from mirrordesk.records import Episode
from tests.learning.told import NINE, ZONE


def person(name: str, times: int, form: str = "person") -> Entity:
    sources = tuple(Source(f"{name}-{n}", NINE + n, NINE + n, name) for n in range(times))
    return Entity(f"entity-{name}", form, name, (), sources)


def episode(number: int, app: str) -> Episode:
    start_ns = NINE + number * clock.HOUR
    return Episode(f"e{number}", start_ns, start_ns + 1, ZONE, "", (app, "other"), (f"m{number}",))


def test_who_is_met_most_often_comes_first_and_strangers_are_left_out() -> None:
    [block] = profile.blocks([person("Ana", 3), person("Ben", 5), person("Zoe", 2)], [])
    assert (block.topic, block.text) == ("works with", "Ben, Ana")
    assert {source.quote for source in block.sources} == {"Ana", "Ben"}


def test_projects_and_programs_are_told_apart() -> None:
    episodes = [episode(n, "editor") for n in range(4)]
    made = profile.blocks([person("Falcon", 3, form="project")], episodes)
    assert [(block.topic, block.text) for block in made] == [
        ("works on", "Falcon"),
        ("works in", "editor"),
    ]


def test_a_few_newest_moments_bear_each_name_out() -> None:
    [block] = profile.blocks([person("Ana", 50)], [])
    assert [source.moment for source in block.sources] == ["Ana-47", "Ana-48", "Ana-49"]


def test_with_nothing_to_tell_there_is_no_block() -> None:
    assert profile.blocks([], []) == []
