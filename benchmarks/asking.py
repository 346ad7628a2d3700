"""Questions about many facts, asked through the product's own parts, and what they take.

`Asking` is the product's engine; `Thinning` reads evidence that is longer than its cells.
"""

from __future__ import annotations

import contextlib
import itertools
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mirrordesk.config import LlmSettings
from mirrordesk.llm import calibration, eviction, gguf, machine
from mirrordesk.llm.attention import Head, Tap
from mirrordesk.llm.cells import Cells
from mirrordesk.llm.engine import Engine, Written, open_cells
from mirrordesk.llm.native import Model
from mirrordesk.llm.plan import plan
from mirrordesk.llm.prefill import Cut
from mirrordesk.llm.prompt import Mark, lay_out
from mirrordesk.llm.sampling import Rules
from mirrordesk.llm.sentences import cut
from mirrordesk.llm.tokenizer import Tokenizer
from mirrordesk.paths import Profile
from models.micro.recall import facts
from models.micro.recall.facts import Asked, Memory

ANSWER = 8  # most tokens that are read of an answer, which is one word
_WORD = 'root ::= " "? [A-Za-z]+'
_LONG = "root ::= [A-Za-z ]+"
_LONG_ANSWER = 32  # tokens written to learn how fast that goes
_MARK = Mark(b"benchmark")
_NEVER = threading.Event()
_LESSON, _LEARNT = 640, 6  # tokens and questions from which the heads to follow are learnt

Types = tuple[str, str]  # of keys and values


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether it was right, and the seconds from the question to its first token: of the clock, and
    of the processor, which other work on the machine does not stretch."""

    right: bool
    first_token_s: float
    cpu_s: float
    prompt_tokens: int


class Asking:
    """The engine with a context of `cells`. Megabytes are of its evidence cache; 0: none."""

    def __init__(
        self,
        model: Path,
        cells: int,
        types: Types,
        *,
        cache_mb: int = 0,
        profile: Profile | None = None,
    ) -> None:
        settings = replace(
            _settings(cells, types),
            cache_memory_mb=cache_mb,
            cache_disk_mb=cache_mb if profile else 0,
        )
        self.engine = Engine(model, settings, profile)

    def close(self) -> None:
        """Let the memory go."""
        self.engine.close()

    def ask(self, memory: Memory, asked: Asked, *, afresh: bool = False) -> Answer:
        """Ask; `afresh`: with empty cells, so that nothing but a cache can help."""
        if afresh:
            self.engine.cells.keep(0)
        limit = _length(self.engine.tokenizer, asked)
        began, first = time.process_time(), []
        written = self._write(
            memory, asked.question, _WORD, limit, lambda _piece: first.append(time.process_time())
        )
        return Answer(
            right=_right(written.text, asked),
            first_token_s=written.first_token_s,
            cpu_s=first[0] - began,
            prompt_tokens=written.prompt_tokens,
        )

    def tokens_per_s(self, memory: Memory, asked: Asked) -> float:
        """How fast an answer is written, after its first token."""
        written = self._write(memory, asked.question, _LONG, _LONG_ANSWER, lambda _piece: None)
        return (written.tokens - 1) / (written.total_s - written.first_token_s)

    def state_bytes(self) -> int:
        """What the state of all that lies in the cells takes where it is kept."""
        cells = self.engine.cells
        return len(cells.save(0, len(cells.tokens)))

    def _write(
        self,
        memory: Memory,
        question: str,
        grammar: str,
        limit: int,
        emit: Callable[[str], None],
    ) -> Written:
        prompt, cuts = _prompt(self.engine.tokenizer, memory, question)
        return self.engine.write(
            prompt,
            grammar=grammar,
            limit=limit,
            emit=emit,
            cancelled=_NEVER,
            cuts=cuts,
        )


class Thinning:
    """A model with fewer cells than the evidence has tokens: sentences are evicted to fit.

    The heads to follow are learnt from a memory of the suite's own kind, of other facts. Without
    `by_attention`, sentences are chosen by the words that they share with the question.
    """

    def __init__(self, model: Path, cells: int, types: Types, *, by_attention: bool = True) -> None:
        self._found = gguf.read(model)
        self._model, self._tap = Model(model, -1), Tap()
        self.tokenizer = Tokenizer(self._model, self._found.template)
        self.heads = self._find_heads() if by_attention else ()
        self.cells = self._cells(cells, types)

    def close(self) -> None:
        """Let the memory go."""
        self.cells.close()
        self._model.close()

    def ask(self, memory: Memory, asked: Asked) -> Answer:
        """Read all of it, evicting, and answer."""
        tokens, _cuts = _prompt(self.tokenizer, memory, asked.question)
        prompt = cut(tokens, self.tokenizer.bytes_of)
        room = eviction.Room(self.cells.size, ANSWER)
        began, began_cpu = time.perf_counter(), time.process_time()
        kept = eviction.fit(prompt, room, self.cells, self._tap, self.heads, _NEVER)
        assert kept is not None  # nobody cancels
        if self.cells.tokens != list(kept.tokens[: len(self.cells.tokens)]):
            self.cells.keep(0)
        self.cells.read(kept.tokens[len(self.cells.tokens) :], _NEVER)
        first_s, cpu_s = time.perf_counter() - began, time.process_time() - began_cpu
        word = self._word(_length(self.tokenizer, asked))
        return Answer(_right(word, asked), first_s, cpu_s, len(tokens))

    def _word(self, limit: int) -> str:
        found = b""
        with contextlib.closing(Rules(self._model, _WORD)) as rules:
            for _ in range(limit):
                token = rules.take(self.cells.logits())
                found += self.tokenizer.bytes_of(token)
                self.cells.read([token], _NEVER)
        return found.decode(errors="replace")

    def _cells(self, cells: int, types: Types) -> Cells:
        """Cells as the product would plan them."""
        planned = plan(self._found, _settings(cells, types), machine.look())
        return open_cells(self._model, planned, self._tap)

    def _find_heads(self) -> tuple[Head, ...]:
        made = facts.memory(random.Random(0), _LESSON, _LEARNT, self.tokenizer.count)
        asked = [(one.question, one.fact) for one in made.asked]
        lesson = calibration.lesson(self.tokenizer, made.evidence, asked, facts.SYSTEM)
        layers = self._found.shape.layers
        with contextlib.closing(self._cells(2 * _LESSON, ("f16", "f16"))) as cells:
            return calibration.calibrate(cells, self._tap, layers, lesson, _NEVER) or ()


def _settings(cells: int, types: Types) -> LlmSettings:
    return LlmSettings(context=cells, type_k=types[0], type_v=types[1])


def _prompt(tokenizer: Tokenizer, memory: Memory, question: str) -> tuple[list[int], list[Cut]]:
    """The product's prompt, and where its blocks end."""
    laid = lay_out(question, memory.evidence, memory.now_ns, _MARK)
    sizes = itertools.accumulate(len(block.encode()) for block in laid.blocks)
    tokens, ends = tokenizer.cut_prompt(facts.SYSTEM, laid.text, list(sizes))
    return tokens, [Cut(end) for end in ends]


def _length(tokenizer: Tokenizer, asked: Asked) -> int:
    """Tokens of the right answer, behind which nobody looks."""
    return min(ANSWER, tokenizer.count(f" {asked.answer}"))


def _right(text: str, asked: Asked) -> bool:
    return text.strip() == asked.answer
