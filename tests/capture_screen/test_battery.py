"""The battery is asked now and then, not at each look."""

from __future__ import annotations

from mirrordesk.capture.battery import ASK_EVERY_S, Battery


def test_the_answer_is_remembered_for_a_while() -> None:
    answers = [False, True]
    battery = Battery(lambda: answers.pop(0))
    assert not battery.is_used(100.0)
    assert not battery.is_used(100.0 + ASK_EVERY_S / 2)
    assert battery.is_used(100.0 + ASK_EVERY_S)
    assert battery.is_used(101.0 + ASK_EVERY_S)


def test_this_machine_can_be_asked() -> None:
    assert Battery().is_used(0.0) in (True, False)
