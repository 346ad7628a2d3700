"""Who answers: the language model here, a server that the person chose, or found text alone."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence

from mirrordesk import weights, words
from mirrordesk.config import LlmSettings
from mirrordesk.errors import UsageError, WeightsError, WorkerError
from mirrordesk.llm import extractive
from mirrordesk.llm.agreement import agreed, readable
from mirrordesk.llm.conversation import Conversation
from mirrordesk.llm.extractive import Embed
from mirrordesk.llm.loading import Loading
from mirrordesk.llm.prompt import Mark
from mirrordesk.llm.question import Rarity
from mirrordesk.llm.reader import Emit, Reader, Reading
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Hit
from mirrordesk.seal import keys
from mirrordesk.worker import Worker

ReadBy = Callable[[Reader], Reading]  # has a reader answer the question at hand


class Answering:
    """Answers from hits, by what the settings of a profile name. `close` ends its processes.

    `compare` and `rarity` are what quoting goes by. `reader` is the language model's process,
    unless it is to be one of its own.
    """

    def __init__(
        self,
        profile: Profile,
        settings: LlmSettings,
        *,
        compare: Embed,
        rarity: Rarity,
        reader: Worker | None = None,
    ) -> None:
        self._profile = profile
        self._settings = settings
        self._compare = compare
        self._rarity = rarity
        self._model = reader or _process(profile, "mirrordesk.llm.host", "language model")
        self._server = _process(profile, "mirrordesk.llm.remote", "answer server")
        self._loading = Loading()

    def close(self) -> None:
        """End the processes."""
        self._model.close()
        self._server.close()

    @property
    def connects(self) -> bool:
        """Whether the process that asks a server was ever started and is there."""
        return self._server.pid is not None

    def read(
        self,
        question: str,
        hits: Sequence[Hit],
        talk: Conversation,
        emit: Emit,
        cancelled: threading.Event,
    ) -> Reading:
        """The answer to `question`; found text where no model is set, or where it fails."""
        understood = talk.understood(question)

        def read_by(reader: Reader) -> Reading:
            return reader.read(question, hits, emit, cancelled, talk)

        if self._settings.server:
            return self._asked(understood, hits, read_by)
        if not self._settings.model:
            return Reading(self._quoted(understood, hits))
        try:
            return self._written(understood, hits, read_by)
        except (WorkerError, WeightsError, UsageError) as error:  # UsageError: it does not fit
            return Reading(self._quoted(understood, hits, note=str(error)))

    def _written(self, understood: str, hits: Sequence[Hit], read_by: ReadBy) -> Reading:
        """By the model here. One that is only for trying things out needs quoting to agree."""
        model = weights.llm(self._settings)
        mark = Mark(keys.of(self._profile).newest.secret("evidence marks"))
        settings = readable(self._settings, model)
        reading = read_by(
            Reader(self._model, settings, mark=mark, able=not model.micro, loading=self._loading)
        )
        if model.micro:
            return Reading(agreed(reading.answer, self._quoted(understood, hits)))
        return reading

    def _asked(self, understood: str, hits: Sequence[Hit], read_by: ReadBy) -> Reading:
        """By a model on another machine; the answer says that evidence went there."""
        note = words.leaving(self._settings.server_host) if hits else ""
        try:
            reading = read_by(Reader(self._server, self._settings, able=True))
        except WorkerError as error:
            reading = Reading(self._quoted(understood, hits, note=str(error)))
        return dataclasses.replace(reading, answer=reading.answer.noted(note))

    def _quoted(self, question: str, hits: Sequence[Hit], note: str = "") -> Answer:
        answer = extractive.answer(question, hits, self._compare, statistics=self._rarity)
        return answer.noted(note)


def _process(profile: Profile, module: str, name: str) -> Worker:
    arguments = [module, "--profile", str(profile.root)]
    return Worker(arguments, name=name, log=profile.logs / "llm.log")
