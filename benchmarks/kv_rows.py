"""The rows of `kv`: one memory read in every way there is."""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import TypedDict

from benchmarks.asking import Answer, Asking, Thinning, Types
from mirrordesk.llm import gguf
from mirrordesk.llm.kv import CacheShape, cache_type
from mirrordesk.paths import Profile
from models.micro.recall import facts
from models.micro.recall.facts import Asked, Memory

F16, USUAL, COARSEST = ("f16", "f16"), ("q8_0", "q8_0"), ("q4_0", "q4_0")
TYPES = (F16, USUAL, ("q8_0", "q4_0"), COARSEST)
FULL = "f16, full recompute"
EVICTED = "q4_0/q4_0, evicted"
BY_ATTENTION, BY_WORDS = "8 times the cells, by attention", "8 times the cells, by words"
FROM_MEMORY, FROM_DISK, HALF = "again, from memory", "again, from disk", "half of it again"
NAMES = (  # in their order
    FULL,
    "/".join(USUAL),
    FROM_MEMORY,
    FROM_DISK,
    HALF,
    *("/".join(types) for types in TYPES[2:]),
    EVICTED,
    BY_ATTENTION,
    BY_WORDS,
)
TIMES = 8  # that the evidence is longer than its cells, or f16 larger than what is evicted
_AROUND = 128  # tokens of a prompt beside its evidence, and of the answer
_STEP = 256  # llama.cpp rounds a number of cells up to whole multiples of it
_CACHE_MB = 512
_AGAIN = 3  # questions whose median is the time to the first token


@dataclass(frozen=True, slots=True)
class Row:
    """One way of reading a memory.

    `accuracy_f16` is the first row's on the same questions; `lost` are those that only that row
    answers rightly, `won` those that only this one does. None where that was not asked these.
    `disk_bytes` is the state of a prompt as it would be written, or the sealed files of it; None
    where nothing is kept, as evicted evidence is of use to one question only. `tok_s` is None where
    it is that of the row with the same types.
    """

    name: str
    tokens: int
    cells: int
    type_k: str
    type_v: str
    questions: int
    accuracy: float
    accuracy_f16: float | None
    lost: int | None
    won: int | None
    kv_bytes: int
    disk_bytes: int | None
    ttft_s: float
    ttft_cpu_s: float
    tok_s: float | None


@dataclass(frozen=True, slots=True)
class Suite:
    """A memory, and another that shares the first half of its lines, for one model."""

    model: Path
    shape: CacheShape
    memory: Memory
    kin: Memory
    cells: int  # that hold either

    def bytes_for(self, cells: int, types: Types) -> int:
        """Bytes of so many cells."""
        keys, values = map(cache_type, types)
        return self.shape.bytes_for(cells, keys, values)


def suite(model: Path, tokens: int, questions: int) -> Suite:
    """The suite whose evidence takes nearly so many tokens of this model."""
    with contextlib.closing(Asking(model, _STEP, F16)) as asking:
        count = asking.engine.tokenizer.count
        memory = facts.memory(random.Random(tokens), tokens, questions, count)
        half = memory.evidence[: len(memory.evidence) // 2]
        kin = facts.memory(random.Random(-tokens), tokens, _AGAIN, count, after=half)
    return Suite(model, gguf.read(model).shape, memory, kin, _rounded(tokens + _AROUND))


def measured(of: Suite, thinned: int) -> Iterator[Row]:
    """The rows; `thinned` questions are put to evicted evidence, evenly spread over it.

    Evidence that is read to the end is read once by each type of the cache, and what comes back
    later is what was kept of that.
    """
    exact: list[Answer] = []
    for types in TYPES:
        with _profile() as profile, contextlib.closing(_asking(of, types, profile)) as asking:
            row, answers = _read_whole(of, asking, types, exact)
            exact = exact or answers
            yield row
            if types == USUAL:
                yield from _read_again(of, asking, profile, exact)
    yield from _thinned(of, thinned, exact)


def _asking(of: Suite, types: Types, profile: Profile) -> Asking:
    """With an evidence cache where the types are the usual ones."""
    megabytes = _CACHE_MB if types == USUAL else 0
    return Asking(of.model, of.cells, types, cache_mb=megabytes, profile=profile)


def _read_whole(
    of: Suite, asking: Asking, types: Types, exact: Sequence[Answer]
) -> tuple[Row, list[Answer]]:
    answers = [asking.ask(of.memory, asked) for asked in of.memory.asked]
    row = Row(
        name=FULL if types == F16 else "/".join(types),
        tokens=answers[0].prompt_tokens,
        cells=asking.engine.loaded.context,
        type_k=types[0],
        type_v=types[1],
        questions=len(answers),
        **_against(exact or answers, answers),
        kv_bytes=of.bytes_for(asking.engine.loaded.context, types),
        disk_bytes=asking.state_bytes(),
        ttft_s=answers[0].first_token_s,
        ttft_cpu_s=answers[0].cpu_s,
        tok_s=asking.tokens_per_s(of.memory, of.memory.asked[0]),
    )
    return row, answers


def _read_again(
    of: Suite, reader: Asking, profile: Profile, exact: Sequence[Answer]
) -> Iterator[Row]:
    """Evidence that `reader` has read, by the product's usual types and its evidence cache."""
    last, known = of.memory.asked[-_AGAIN:], exact[-_AGAIN:]
    yield _again(of, FROM_MEMORY, reader, profile, of.memory, last, known)
    with contextlib.closing(_asking(of, USUAL, profile)) as asking:
        yield _again(of, FROM_DISK, asking, profile, of.memory, last[:1], known[:1])
        yield _again(of, HALF, asking, profile, of.kin, of.kin.asked[:1], ())


@contextlib.contextmanager
def _profile() -> Iterator[Profile]:
    """A profile for the time being."""
    with tempfile.TemporaryDirectory() as folder:
        yield Profile.open(Path(folder) / "profile")


def _again(
    of: Suite,
    name: str,
    asking: Asking,
    profile: Profile,
    memory: Memory,
    asked: Sequence[Asked],
    exact: Sequence[Answer],
) -> Row:
    """Each question with empty cells, so that the cache alone can help."""
    answers = [asking.ask(memory, one, afresh=True) for one in asked]
    loaded, cache = asking.engine.loaded, asking.engine.cache
    assert cache is not None
    cache.save()
    return Row(
        name=name,
        tokens=answers[0].prompt_tokens,
        cells=loaded.context,
        type_k=loaded.type_k,
        type_v=loaded.type_v,
        questions=len(answers),
        **_against(exact, answers),
        kv_bytes=of.bytes_for(loaded.context, USUAL),
        disk_bytes=sum(file.stat().st_size for file in profile.kv.iterdir()),
        ttft_s=median(answer.first_token_s for answer in answers),
        ttft_cpu_s=median(answer.cpu_s for answer in answers),
        tok_s=None,
    )


def _thinned(of: Suite, count: int, exact: Sequence[Answer]) -> Iterator[Row]:
    """Evidence that is longer than the cells; `exact` are the answers to all questions."""
    chosen = [number * len(exact) // count for number in range(count)]
    few = of.bytes_for(of.cells, F16) // TIMES // of.bytes_for(1, COARSEST)
    tight = of.cells // TIMES
    for name, cells, types in (
        (EVICTED, few, COARSEST),
        (BY_ATTENTION, tight, USUAL),
        (BY_WORDS, tight, USUAL),
    ):
        whole = cells // _STEP * _STEP  # fewer cells than allowed rather than more
        thinning = Thinning(of.model, whole, types, by_attention=name != BY_WORDS)
        with contextlib.closing(thinning):
            answers = [thinning.ask(of.memory, of.memory.asked[number]) for number in chosen]
            yield Row(
                name=name,
                tokens=answers[0].prompt_tokens,
                cells=thinning.cells.size,
                type_k=types[0],
                type_v=types[1],
                questions=count,
                **_against([exact[number] for number in chosen], answers),
                kv_bytes=of.bytes_for(thinning.cells.size, types),
                disk_bytes=None,
                ttft_s=median(answer.first_token_s for answer in answers),
                ttft_cpu_s=median(answer.cpu_s for answer in answers),
                tok_s=None,
            )


class _Accuracy(TypedDict):
    accuracy: float
    accuracy_f16: float | None
    lost: int | None
    won: int | None


def _against(exact: Sequence[Answer], answers: Sequence[Answer]) -> _Accuracy:
    """How many are right, beside the `exact` answers to the same questions, if there are any."""
    pairs = [(one.right, other.right) for one, other in zip(exact, answers, strict=False)]
    return {
        "accuracy": mean(answer.right for answer in answers),
        "accuracy_f16": mean(one for one, _ in pairs) if pairs else None,
        "lost": sum(one and not other for one, other in pairs) if pairs else None,
        "won": sum(other and not one for one, other in pairs) if pairs else None,
    }


def _rounded(cells: int) -> int:
    return -(-cells // _STEP) * _STEP
