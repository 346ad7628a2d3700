"""A question and what recall found, read by the language model: a cited answer or none.

What the model writes is checked before anybody sees it as an answer: a claim stays only if it cites
evidence that was shown, and that evidence carries it (see `support`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mirrordesk import clock
from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError
from mirrordesk.llm import grammar
from mirrordesk.llm.choice import Chosen, choose
from mirrordesk.llm.citing import cite, merged
from mirrordesk.llm.prompt import SYSTEM, user_message
from mirrordesk.llm.stream import Shown
from mirrordesk.llm.support import supported, touches
from mirrordesk.records import Answer, Citation, Claim, Hit, Progress, to_json
from mirrordesk.worker import Worker

NOTHING = "I have no memory of that."
STOPPED = "Stopped before an answer was found."
_SLACK = 32  # tokens: the marks around the evidence vary a little from one question to the next

Emit = Callable[[Progress], None]


class Reader:
    """Answers with the model of `settings`, in the process behind `worker`.

    The process keeps its model between questions, so a Reader is free to make. Errors: WeightsError
    for a file that is no model, UsageError for settings that do not fit it, WorkerError where the
    process dies; the next question then starts a new one.
    """

    def __init__(self, worker: Worker, settings: LlmSettings) -> None:
        self._worker = worker
        self._settings = settings

    def answer(
        self, question: str, hits: Sequence[Hit], emit: Emit, cancelled: threading.Event
    ) -> Answer:
        """The answer to `question` from `hits`; abstained where they do not carry one."""
        if not hits:  # nothing to read, so no model to load
            return _Draft(question, Path(self._settings.model).stem, ()).abstain(NOTHING)
        began = time.perf_counter()
        emit(Progress("reading"))
        loaded = self._load()
        load_s = time.perf_counter() - began
        chosen = self._choose(question, hits, loaded["context"])
        draft = _Draft(question, loaded["name"], chosen)
        if not chosen:
            return draft.abstain(NOTHING, load_s=load_s, total_s=time.perf_counter() - began)
        written = self._generate(question, chosen, emit, cancelled)
        seconds = written["total_s"] - written["first_token_s"]
        timings = {
            "load_s": load_s,
            "first_token_s": written["first_token_s"],
            "tokens_per_s": written["tokens"] / seconds if seconds else 0.0,
            "total_s": time.perf_counter() - began,
        }
        return draft.check(written["text"], stopped=cancelled.is_set(), timings=timings)

    def _load(self) -> dict[str, Any]:
        path = Path(self._settings.model).expanduser().absolute()
        loaded: dict[str, Any] = self._call(
            "load", path=str(path), settings=to_json(self._settings)
        )
        return loaded

    def _choose(self, question: str, hits: Sequence[Hit], context: int) -> list[Chosen]:
        bare = user_message(question, [], clock.now_ns())
        overhead = self._call("measure", system=SYSTEM, user=bare) + _SLACK
        room = context - overhead - self._settings.answer_tokens
        if room <= 0:
            raise UsageError(
                f"The question, the rules and the answer fill the {context} tokens of context; "
                "raise llm.context, lower llm.answer_tokens or ask in fewer words."
            )
        budget = min(self._settings.evidence_tokens, room)
        return choose(question, hits, budget, lambda texts: self._call("count", texts=texts))

    def _generate(
        self, question: str, chosen: list[Chosen], emit: Emit, cancelled: threading.Event
    ) -> dict[str, Any]:
        evidence = [item.evidence for item in chosen]
        call = self._worker.call(
            "generate",
            system=SYSTEM,
            user=user_message(question, evidence, clock.now_ns()),
            grammar=grammar.gbnf([item.id for item in evidence]),
            limit=self._settings.answer_tokens,
        )
        shown = Shown()
        for piece in call.events(cancelled):
            if text := shown.take(piece):
                emit(Progress("text", text))
        written: dict[str, Any] = call.result()
        return written

    def _call(self, method: str, **params: Any) -> Any:
        return self._worker.call(method, **params).result()


class _Draft:
    """What the model was shown, against which its words are checked."""

    def __init__(self, question: str, engine: str, chosen: Sequence[Chosen]) -> None:
        self._question = question
        self._engine = engine
        self._chosen = {item.evidence.id: item for item in chosen}

    def check(self, text: str, *, stopped: bool, timings: dict[str, float]) -> Answer:
        """The claims of `text` that their evidence carries."""
        claims = grammar.parse(text, self._chosen)
        kept = [(claim, ids) for claim, cited in claims if (ids := self._carrying(claim, cited))]
        dropped = len(claims) - len(kept)
        if not kept:
            return self.abstain(_note(STOPPED if stopped else NOTHING, dropped), **timings)
        names = dict.fromkeys(name for _claim, ids in kept for name in ids)
        return Answer(
            question=self._question,
            claims=tuple(Claim(claim, self._moments(ids)) for claim, ids in kept),
            citations=merged([self._cite(name, kept) for name in names]),
            engine=self._engine,
            abstained=False,
            note=_note("", dropped),
            timings=timings,
        )

    def abstain(self, note: str, **timings: float) -> Answer:
        """No answer, and why."""
        return Answer(self._question, (), (), self._engine, True, note, timings)

    def _moments(self, ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._chosen[name].moment.id for name in ids))

    def _cite(self, name: str, claims: Sequence[tuple[str, tuple[str, ...]]]) -> Citation:
        return cite(self._chosen[name], [claim for claim, ids in claims if name in ids])

    def _carrying(self, claim: str, cited: Sequence[str]) -> tuple[str, ...]:
        """The cited ids that have to do with the claim; none where they do not carry it."""
        ids = tuple(name for name in cited if touches(claim, self._chosen[name].evidence))
        return ids if supported(claim, [self._chosen[name].evidence for name in ids]) else ()


def _note(text: str, dropped: int) -> str:
    if not dropped:
        return text
    what = "1 claim was" if dropped == 1 else f"{dropped} claims were"
    return f"{text} {what} left out: the evidence does not carry it.".strip()
