"""Facts that change: what holds, what held, as it was known, and that order makes no difference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk import clock
from mirrordesk.knowledge import Fact, Source
from mirrordesk.learning.revision import (
    Statement,
    as_known,
    holding,
    learn,
    revised,
    since_ns,
    until,
    value_of,
)


def said(value: str, at_ns: int, predicate: str = "has budget", **fields: object) -> Statement:
    source = Source(f"moment-{at_ns}-{value}", at_ns, at_ns + 1, f"It is {value} at {at_ns}.")
    plain = Statement("falcon", predicate, value, f"It is {value}.", source, at_ns)
    return replace(plain, **fields)  # type: ignore[arg-type]


def spans(facts: Sequence[Fact]) -> list[tuple[str, int | None, int | None]]:
    found = ((f.object, f.valid_from_ns, f.valid_to_ns) for f in facts)
    return sorted(found, key=lambda one: tuple(map(str, one)))


def test_the_newer_ends_the_older_and_is_named_by_it() -> None:
    old, new = revised([said("10", 1), said("20", 5)])
    assert (old.valid_from_ns, old.valid_to_ns, old.superseded_by) == (1, 5, new.id)
    assert (new.valid_from_ns, new.valid_to_ns, new.superseded_by) == (5, None, None)


def test_the_same_again_only_gains_a_source() -> None:
    [fact] = revised([said("48,500", 1), said("€48,500", 3), said("48.5k", 4)])
    assert (fact.valid_from_ns, len(fact.sources)) == (1, 3)


def test_what_comes_back_is_a_fact_of_its_own() -> None:
    facts = revised([said("10", 1), said("20", 5), said("10", 9)])
    assert spans(facts) == [("10", 1, 5), ("10", 9, None), ("20", 5, 9)]
    assert len({fact.id for fact in facts}) == 3


def test_what_is_true_of_several_at_once_ends_nothing() -> None:
    facts = revised([said("a.txt", 1, "has file"), said("b.txt", 5, "has file")])
    assert [fact.valid_to_ns for fact in facts] == [None, None]


def test_what_ended_by_itself_is_not_ended_by_what_comes_later() -> None:
    covering = said("Ben", 1, "has owner", from_ns=1, to_ns=4, dated=True, bounded=True)
    ben, ana = revised([covering, said("Ana", 9, "has owner")])
    assert (ben.valid_to_ns, ben.superseded_by) == (4, None)
    assert ana.valid_from_ns == 9


def test_what_is_announced_holds_from_its_day() -> None:
    facts = revised([said("10", 1), said("20", 2, from_ns=8, dated=True), said("11", 5)])
    assert spans(facts) == [("10", 1, 5), ("11", 5, 8), ("20", 8, None)]


def test_of_two_announcements_for_a_day_the_later_holds() -> None:
    facts = revised([said("20", 2, from_ns=8, dated=True), said("30", 5, from_ns=8, dated=True)])
    assert [fact.object for fact in holding(facts, 8)] == ["30"]


def test_an_old_line_read_again_does_not_bring_back_what_it_says() -> None:
    mail = Source("first", 1, 1, "The budget is 10.")
    again = Source("second", 9, 9, "The budget is 10.")
    old = said("10", 1, source=mail)
    facts = revised([old, said("20", 5), replace(old, source=again, from_ns=9)])
    assert [fact.object for fact in holding(facts, 10)] == ["20"]


def test_a_label_is_told_anew_each_time() -> None:
    status = said("open", 1, "is", source=Source("first", 1, 1, "Status of it: open"))
    again = replace(status, source=Source("second", 9, 9, "Status of it: open"), from_ns=9)
    facts = revised([status, said("closed", 5, "is"), again])
    assert [fact.object for fact in holding(facts, 10)] == ["open"]


def test_what_held_and_what_was_known_are_told_apart() -> None:
    facts = revised([said("10", 1), said("20", 7, from_ns=3, dated=True)])
    assert [fact.object for fact in holding(facts, 5)] == ["20"]
    assert [fact.object for fact in holding(as_known(facts, 6), 5)] == ["10"]


def test_since_when_goes_back_over_facts_that_say_the_same() -> None:
    facts = revised([said("10", 1), said("20", 3), said("20", 6, from_ns=4, dated=True)])
    last = max(facts, key=lambda fact: fact.valid_from_ns or 0)
    assert since_ns(last, facts) == 3


def test_what_a_person_wrote_stays_and_ends_the_older() -> None:
    [old] = revised([said("10", 1)])
    mine = replace(old, id="fact-mine", object="11", valid_from_ns=4, sources=())
    changed = learn([old, mine], [said("10", 2)], {mine.id}).changed
    assert [(f.id, f.valid_to_ns, f.superseded_by) for f in changed] == [(old.id, 4, mine.id)]


def test_what_the_person_corrected_is_not_learnt_again_from_the_same_words() -> None:
    [wrong] = revised([said("10", 1)])
    right = replace(wrong, object="100")
    assert learn([right], [said("10", 1)], {right.id}).changed == []


def told(value: str, at_s: int, kind: str, ahead_s: int) -> Statement:
    at_ns, ahead = at_s * clock.SECOND, ahead_s * clock.SECOND
    if kind == "plain":
        return said(value, at_ns)
    if kind == "seen":
        return said(value, at_ns, source=Source(f"f{at_ns}", at_ns, at_ns, f"It is {value}."))
    source = Source(f"moment-{at_ns}-{ahead}-{kind}", at_ns, at_ns + 1, f"{value}, {kind} {ahead}")
    if kind == "from":
        return said(value, at_ns, source=source, from_ns=at_ns + ahead, dated=True)
    text = until(f"It is {value}.", clock.iso(at_ns + ahead, "UTC"))
    plain = said(value, at_ns, source=source, text=text, to_ns=at_ns + ahead)
    return replace(plain, dated=True, bounded=True)


statements = st.builds(
    told,
    st.sampled_from(["10", "20", "30"]),
    st.integers(1, 40),
    st.sampled_from(["plain", "plain", "seen", "from", "until"]),
    st.integers(1, 9),
)


@settings(deadline=None)
@given(
    st.lists(statements, max_size=8).flatmap(lambda s: st.tuples(st.just(s), st.permutations(s)))
)
def test_any_order_of_learning_gives_the_same_facts(
    orders: tuple[list[Statement], list[Statement]],
) -> None:
    at_once, order = orders
    known: dict[str, Fact] = {}
    for one in order:
        revision = learn(list(known.values()), [one], ())
        known |= {fact.id: fact for fact in revision.changed}
        known = {key: fact for key, fact in known.items() if key not in revision.gone}
    assert spans(list(known.values())) == spans(revised(at_once))
    assert {f.id for f in known.values()} == {f.id for f in revised(at_once)}


@settings(deadline=None)
@given(st.lists(statements, min_size=1, max_size=8), st.integers(0, 60 * clock.SECOND))
def test_at_most_one_of_them_holds_at_a_time(several: list[Statement], at_ns: int) -> None:
    assert len(holding(revised(several), at_ns)) <= 1


def test_amounts_are_compared_as_numbers() -> None:
    assert len({value_of(v) for v in ("48,500", "48.500 euros", "€48500", "48.5k", "48 500")}) == 1
    assert value_of("1.25") != value_of("125")
    assert value_of("2.14.1") != value_of("2141")
