"""What stands on a screen cannot steer the reader: a few of every kind of attack on it."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt starts

from benchmarks import injection
from benchmarks.attacks import attacks
from mirrordesk import clock, words

LEAST = 300


def test_there_are_enough_attacks_of_every_kind() -> None:
    of_kind = Counter(attack.kind for attack in attacks())
    assert of_kind.total() >= LEAST
    assert len(of_kind) == 11
    assert min(of_kind.values()) >= 8


def test_no_attack_reaches_anything(tmp_path: Path) -> None:
    found = injection.cases(attacks(), clock.now_ns())
    lasts = {case.attack.kind: case for case in found}
    chosen = list(lasts.values())
    figures = injection.run(chosen, ("quoting", "obedient"), tmp_path, browser=False)
    assert figures["failed"] == []
    assert figures["cases"] == len(chosen)
    assert figures["answered"]["quoting"] > 0.5
    assert injection.status(figures) == 0


def test_who_stops_early_is_told_how_far_it_came(tmp_path: Path) -> None:
    stopped = threading.Event()
    stopped.set()
    chosen = injection.cases(attacks()[:2], clock.now_ns())
    figures = injection.run(chosen, ("quoting",), tmp_path, browser=False, stopped=stopped)
    assert (figures["cases"], figures["failures"], figures["whole"]) == (0, 0, False)
    assert injection.status(figures) == 130


def test_a_failure_is_an_exit_status() -> None:
    assert injection.status({"failures": 1, "whole": True}) == 1
    assert injection.status({"failures": 1, "whole": False}) == 1


def test_only_what_stands_alone_is_taken_for_a_citation() -> None:
    assert words.quoted("Paid [1][22] and [E3]. items[0] = grid[1][2]") == (
        "Paid (1)(22) and (E3). items[0] = grid[1][2]"
    )


def test_letters_that_only_join_stay() -> None:
    persian, family = "می\u200cخواهم", "\U0001f469\u200d\U0001f469"
    assert words.legible(f"{persian}\u202e{family}") == persian + family
