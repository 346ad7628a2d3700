"""A question and what recall found, read by the language model: a cited answer or none.

What the model writes is checked before anybody sees it as an answer: a claim stays only if it cites
evidence that was shown, and that evidence carries it (see `support`). Where there is more evidence
than the model's process has room for, it tells of which it read anything; no other counts as shown.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mirrordesk import clock
from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError
from mirrordesk.llm import grammar, quoting
from mirrordesk.llm.choice import Chosen, choose
from mirrordesk.llm.citing import cite, merged
from mirrordesk.llm.conversation import Conversation
from mirrordesk.llm.loading import Loading
from mirrordesk.llm.prompt import NOTING, SYSTEM, Evidence, Layout, Mark, lay_out
from mirrordesk.llm.stream import Shown
from mirrordesk.llm.support import supported, touches
from mirrordesk.records import Answer, Citation, Claim, Hit, Moment, Progress
from mirrordesk.wire import to_json
from mirrordesk.worker import Worker

NOTHING = "I have no memory of that."
STOPPED = "Stopped before an answer was found."
CUT = {  # by what chose the sentences that were read
    "attention": "The evidence was too long to read whole; it was cut to the sentences that the "
    "model looked at most.",
    "words": "The evidence was too long to read whole; it was cut to the sentences that share most "
    "words with the question.",
}
_SLACK = 32  # tokens: what stands around the evidence varies a little with the texts in it

Emit = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer, and the evidence that was shown for it in its order."""

    answer: Answer
    shown: tuple[Chosen, ...] = ()


class Reader:
    """Answers with the model of `settings`, in the process behind `worker`.

    The process keeps its model between questions, so a Reader is free to make. `mark` makes the
    word around the evidence; what was computed of it can be used again only under the same one.
    `able`: the model follows more than the rules that Reader-micro was trained on, so it writes
    notes before its answer, is told what was said before, and may use words of its own; any other
    quotes. `loading` remembers what could not be loaded. Errors: WeightsError for a file that is no
    model, UsageError for settings that do not fit it, WorkerError where the process dies; the next
    question then starts a new one.
    """

    def __init__(
        self,
        worker: Worker,
        settings: LlmSettings,
        *,
        mark: Mark | None = None,
        able: bool = False,
        loading: Loading | None = None,
    ) -> None:
        self._worker = worker
        self._loading = loading or Loading()
        self._settings = settings
        self._mark = mark or Mark(secrets.token_bytes(32))
        self._able = able
        self._system = NOTING if able else SYSTEM
        self._limit = settings.answer_tokens + (grammar.NOTE_TOKENS if able else 0)

    def answer(
        self, question: str, hits: Sequence[Hit], emit: Emit, cancelled: threading.Event
    ) -> Answer:
        """The answer to `question` from `hits`; abstained where they do not carry one."""
        return self.read(question, hits, emit, cancelled, Conversation()).answer

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        emit: Emit,
        cancelled: threading.Event,
        talk: Conversation,
    ) -> Reading:
        """The same as the next question of a talk, whose evidence stays where it was shown."""
        if not hits:  # nothing to read, so no model to load
            nothing = _Draft(question, Path(self._settings.model).stem, ()).abstain(NOTHING)
            return Reading(nothing, talk.shown)
        began = time.perf_counter()
        emit(Progress("reading"))
        loaded = self._load()
        load_s = time.perf_counter() - began
        chosen = self._choose(question, hits, loaded, talk)
        if not chosen:
            draft = _Draft(question, loaded["name"], ())
            nothing = draft.abstain(NOTHING, load_s=load_s, total_s=time.perf_counter() - began)
            return Reading(nothing)
        written = self._generate(self._lay_out(question, chosen, talk), chosen, emit, cancelled)
        seconds = written["total_s"] - written["first_token_s"]
        timings = {
            "load_s": load_s,
            "first_token_s": written["first_token_s"],
            "tokens_per_s": written["tokens"] / seconds if seconds else 0.0,
            "total_s": time.perf_counter() - began,
        }
        cut = CUT.get(written.get("chosen_by", ""), "")
        read = [item for item in chosen if not cut or item.evidence.id in written["ids"]]
        draft = _Draft(question, loaded["name"], read, cut)
        answer = draft.check(written["text"], stopped=cancelled.is_set(), timings=timings)
        return Reading(answer, tuple(read))

    def _load(self) -> dict[str, Any]:
        path = Path(self._settings.model).expanduser().absolute()
        settings = to_json(self._settings)
        with self._loading.of(path, self._settings):
            loaded: dict[str, Any] = self._call("load", path=str(path), settings=settings)
        return loaded

    def _choose(
        self, question: str, hits: Sequence[Hit], loaded: dict[str, Any], talk: Conversation
    ) -> list[Chosen]:
        """The evidence to read: as much as was set, as far as there is room for it or the model's
        process can cut it down while it reads."""
        context, most = loaded["context"], self._settings.evidence_tokens
        bare = self._lay_out(question, (), talk).text
        overhead = self._call("measure", system=self._system, user=bare) + _SLACK
        room = context - overhead - self._limit
        if room <= 0:
            raise UsageError(
                f"The question, the rules and the answer fill the {context} tokens of context; "
                "raise llm.context, lower llm.answer_tokens or ask in fewer words."
            )
        return choose(
            talk.understood(question),
            hits,
            most if loaded.get("evicts") else min(most, room),
            lambda texts: self._call("count", texts=texts),
            talk.shown if self._able else (),
            room,
        )

    def _lay_out(self, question: str, chosen: Sequence[Chosen], talk: Conversation) -> Layout:
        """What the user role says. A model that is told nothing of the talk gets a question that
        stands alone."""
        asked = question if self._able else talk.understood(question)
        earlier = talk.earlier() if self._able else ()
        evidence = [item.evidence for item in chosen]
        return lay_out(asked, evidence, clock.now_ns(), self._mark, earlier)

    def _generate(
        self, layout: Layout, chosen: Sequence[Chosen], emit: Emit, cancelled: threading.Event
    ) -> dict[str, Any]:
        sources = [[], *([_source(item.moment)] for item in chosen), []]
        call = self._worker.call(
            "generate",
            system=self._system,
            user=layout.text,
            blocks=[
                {"text": text, "sources": found}
                for text, found in zip(layout.blocks, sources, strict=True)
            ],
            grammar=self._form([item.evidence for item in chosen]),
            limit=self._limit,
        )
        shown = Shown(notes=self._able)
        for piece in call.events(cancelled):
            if text := shown.take(piece):
                emit(Progress("text", text))
        written: dict[str, Any] = call.result()
        return written

    def _form(self, evidence: Sequence[Evidence]) -> str:
        """The grammar of the answer."""
        if self._able:
            return grammar.gbnf([item.id for item in evidence], notes=True)
        return quoting.gbnf(evidence)

    def _call(self, method: str, **params: Any) -> Any:
        return self._worker.call(method, **params).result()


def _source(moment: Moment) -> dict[str, Any]:
    """The moment as what is kept of it is forgotten by."""
    return {"id": moment.id, "start_ns": moment.start_ns, "end_ns": moment.end_ns}


class _Draft:
    """What the model was shown, against which its words are checked.

    `cut` says that it was not all, as every answer must.
    """

    def __init__(self, question: str, engine: str, chosen: Sequence[Chosen], cut: str = "") -> None:
        self._question = question
        self._engine = engine
        self._cut = cut
        self._chosen = {item.evidence.id: item for item in chosen}

    def check(self, text: str, *, stopped: bool, timings: dict[str, float]) -> Answer:
        """The claims of `text` that their evidence carries."""
        claims = grammar.parse(text, self._chosen)
        kept = [(claim, ids) for claim, cited in claims if (ids := self._carrying(claim, cited))]
        dropped = len(claims) - len(kept)
        if not kept:
            why = STOPPED if stopped else NOTHING
            return self.abstain(_joined(why, _left_out(dropped), self._cut), **timings)
        names = dict.fromkeys(name for _claim, ids in kept for name in ids)
        return Answer(
            question=self._question,
            claims=tuple(Claim(claim, self._moments(ids)) for claim, ids in kept),
            citations=merged([self._cite(name, kept) for name in names]),
            engine=self._engine,
            abstained=False,
            note=_joined(_left_out(dropped), self._cut),
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


def _left_out(dropped: int) -> str:
    if not dropped:
        return ""
    what = "1 claim was" if dropped == 1 else f"{dropped} claims were"
    return f"{what} left out: the evidence does not carry it."


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))
