"""Who and what is named, each once, whatever way the name is written."""

from __future__ import annotations

from mirrordesk import clock
from mirrordesk.knowledge import Entity
from mirrordesk.learning import entities, facts
from mirrordesk.records import Moment
from tests.learning.told import NINE, seen


def found(*moments: Moment, known: tuple[Entity, ...] = ()) -> dict[str, Entity]:
    told = [one for moment in moments for one in facts.stated(moment)]
    return {entity.name: entity for entity in entities.mine(moments, told, known)}


def test_people_addresses_tickets_and_projects_are_found() -> None:
    text = "Hi Ana,\nBen owns the parser.\nSee FAL-123 of project Falcon, or mail ben@mail.example"
    forms = {name: entity.form for name, entity in found(seen(text)).items()}
    assert forms == {
        "Ana": "person",
        "Ben": "person",
        "FAL-123": "ticket",
        "Falcon": "project",
        "ben@mail.example": "mail address",
    }


def test_names_of_standards_are_no_tickets() -> None:
    assert found(seen("UTF-8 and SHA-256 and ISO-8601 after COVID-19")) == {}


def test_every_source_quotes_its_moment() -> None:
    moment = seen("Dear Marta Gomez,\nthanks for FAL-7.")
    for entity in found(moment).values():
        assert all(source.quote in moment.text for source in entity.sources)


def test_a_name_seen_again_gains_a_source_for_the_episode_alone() -> None:
    first = found(seen("Hi Ana,"), seen("Hi Ana,", NINE + clock.SECOND))
    assert len(first["Ana"].sources) == 1
    again = found(seen("Hi ana,\nHi Ana,", NINE + clock.HOUR), known=tuple(first.values()))
    assert (again["Ana"].id, len(again["Ana"].sources)) == (first["Ana"].id, 2)
    assert found(seen("Hi Ana,"), known=tuple(first.values())) == {}


def test_long_names_that_nearly_agree_are_one_entity() -> None:
    one = "Maria-Fernanda Gonzalez-Rodriguez-Castellanos"
    other = one + "s"
    assert entities.similarity(one, other) >= entities.SAME
    known = found(seen(f"Dear {one},"))
    again = seen(f"Dear {other},", NINE + clock.HOUR)
    [merged] = found(again, known=tuple(known.values())).values()
    assert (merged.name, merged.aliases) == (one, (other,))


def test_short_names_and_numbers_are_compared_as_a_whole() -> None:
    assert len(found(seen("Hi Anna,\nHi Anne,\nHi Ana,"))) == 3
    assert len(found(seen("FAL-1234567, no: FAL-123456 and FAL-123457"))) == 2
