"""Evidence that was read before is not read again, and nothing else changes by it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mirrordesk import control
from mirrordesk.config import LlmSettings
from mirrordesk.kv_files import Source
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.engine import Engine, Written
from mirrordesk.llm.host import Host
from mirrordesk.llm.prefill import Cut
from mirrordesk.paths import Profile
from mirrordesk.wire import to_json

SETTINGS = LlmSettings(context=1024, type_k="f16", type_v="f16")
RULES = "root ::= [a-z ]{40}"
HEAD = list(range(40))
BLOCKS = [[n % 250 for n in range(start, start + 60)] for start in (300, 700, 1100)]
TAIL = [7, 8, 9]


def prompt_of(*blocks: list[int]) -> tuple[list[int], list[Cut]]:
    prompt, cuts = list(HEAD), [Cut(len(HEAD))]
    for block in blocks:
        prompt += block
        cuts.append(Cut(len(prompt), (Source(f"m{block[0]}", block[0], block[0] + 1),)))
    return prompt + TAIL, cuts


class Reads:
    """How many tokens of the prompt were really read."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.tokens = 0
        read = Cells.read

        def counted(
            cells: Cells, tokens: list[int], cancelled: threading.Event, *, each: bool = False
        ) -> bool:
            if not each:  # else it is the answer
                self.tokens += len(tokens)
            return read(cells, tokens, cancelled, each=each)

        monkeypatch.setattr(Cells, "read", counted)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Reads:
    return Reads(monkeypatch)


@pytest.fixture
def engine(model: Path, profile: Profile) -> Iterator[Engine]:
    opened = Engine(model, SETTINGS, profile)
    yield opened
    opened.close()


def ask(engine: Engine, *blocks: list[int]) -> Written:
    prompt, cuts = prompt_of(*blocks)
    return engine.write(
        prompt,
        grammar=RULES,
        limit=5,
        emit=lambda _piece: None,
        cancelled=threading.Event(),
        cuts=cuts,
    )


def test_the_same_evidence_is_read_once_and_answered_the_same(engine: Engine, reads: Reads) -> None:
    first = ask(engine, *BLOCKS)
    engine.cells.keep(0)
    reads.tokens = 0
    again = ask(engine, *BLOCKS)
    assert reads.tokens <= len(TAIL) + 5
    assert again.text == first.text
    assert again.prompt_tokens == first.prompt_tokens


def test_only_what_follows_shared_evidence_is_read(engine: Engine, reads: Reads) -> None:
    ask(engine, *BLOCKS)
    engine.cells.keep(0)
    reads.tokens = 0
    ask(engine, BLOCKS[0], BLOCKS[2])
    assert len(BLOCKS[2]) <= reads.tokens <= len(BLOCKS[2]) + len(TAIL) + 5


def test_evidence_outlives_the_process(model: Path, profile: Profile, reads: Reads) -> None:
    engine = Engine(model, SETTINGS, profile)
    first = ask(engine, *BLOCKS)
    assert engine.cache is not None
    engine.cache.save()
    engine.close()
    later = Engine(model, SETTINGS, profile)
    reads.tokens = 0
    assert ask(later, *BLOCKS).text == first.text
    assert reads.tokens <= len(TAIL) + 5
    later.close()


def test_what_was_read_until_cancelling_is_kept_for_the_next_question(
    engine: Engine, reads: Reads
) -> None:
    prompt, cuts = prompt_of(*BLOCKS)
    cancelled = threading.Event()
    cancelled.set()
    written = engine.write(
        prompt, grammar=RULES, limit=5, emit=print, cancelled=cancelled, cuts=cuts
    )
    assert written.tokens == 0
    assert ask(engine, *BLOCKS).tokens == 5


def test_without_room_for_it_everything_is_read_anew(model: Path, reads: Reads) -> None:
    engine = Engine(model, dataclasses.replace(SETTINGS, cache_memory_mb=0))
    assert engine.cache is None
    ask(engine, *BLOCKS)
    engine.cells.keep(0)
    reads.tokens = 0
    ask(engine, *BLOCKS)
    assert reads.tokens > sum(map(len, BLOCKS))
    engine.close()


def test_evidence_after_other_evidence_is_read_anew(engine: Engine, reads: Reads) -> None:
    """It has attended to what stood before it, so its state there is another."""
    ask(engine, *BLOCKS)
    engine.cells.keep(0)
    reads.tokens = 0
    ask(engine, BLOCKS[1], BLOCKS[0])
    assert reads.tokens >= len(BLOCKS[1]) + len(BLOCKS[0])


def test_an_engine_that_forgets_holds_nothing_of_it_any_more(
    engine: Engine, profile: Profile, reads: Reads
) -> None:
    ask(engine, *BLOCKS)
    control.remember_forgetting_moments(profile, [f"m{BLOCKS[1][0]}"])
    engine.forget()
    assert engine.cells.tokens == []
    assert engine.cache is not None
    engine.cache.save()
    assert len(list(profile.kv.iterdir())) == 2  # the head, and the block before what went
    reads.tokens = 0
    ask(engine, *BLOCKS)
    assert reads.tokens >= len(BLOCKS[1]) + len(BLOCKS[2])


def test_a_running_process_notices_what_was_forgotten(model: Path, profile: Profile) -> None:
    host = Host(lambda path, settings: Engine(path, settings, profile), profile)
    call, never = host.handlers(), threading.Event()
    call["load"]({"path": str(model), "settings": to_json(SETTINGS)}, print, never)
    source = {"id": "dentist", "start_ns": 5, "end_ns": 6}
    line = "the dentist comes\n"
    params = {
        "system": "s",
        "user": f"{line}When?",
        "grammar": RULES,
        "limit": 2,
        "blocks": [{"text": line, "sources": [source]}],
    }
    call["generate"](params, print, never)
    host.tidy_once()
    assert len(list(profile.kv.iterdir())) == 1
    control.remember_forgetting_moments(profile, ["dentist"])
    host.tidy_once()
    assert list(profile.kv.iterdir()) == []
    call["generate"](params, print, never)
    host.tidy_once()
    assert list(profile.kv.iterdir()) == []
