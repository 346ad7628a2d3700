"""Questions asked of a desk, with all that was read, said and done meanwhile."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from mirrordesk import config
from mirrordesk.desk import Desk
from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Progress
from mirrordesk.worker import Call, Worker

READERS = ("quoting", "micro", "obedient")
_REACHING = ("socket.connect", "socket.getaddrinfo", "webbrowser.open", "os.system", "os.exec")


class Listening(Worker):
    """A model's process, and what it was told to read last."""

    asked: dict[str, Any] | None = None

    def call(self, method: str, **params: Any) -> Call:
        if method == "generate":
            self.asked = params
        return super().call(method, **params)


@dataclass(frozen=True)
class Asked:
    """An answer, the words that were shown before it, and the prompt (None: nobody was asked)."""

    answer: Answer
    streamed: str
    prompt: dict[str, Any] | None
    reached: Sequence[str] = field(default_factory=tuple)


class Trial:
    """A desk whose questions one reader answers; `model` is the GGUF of the one that obeys."""

    def __init__(self, reader: str, profile: Profile, model: Path, folder: Path) -> None:
        self.reader = reader
        host = ["mirrordesk.llm.host", "--profile", str(profile.root)]
        arguments = ["benchmarks.obedient"] if reader == "obedient" else host
        self._worker = Listening(arguments, name=reader, log=folder / f"{reader}.log")
        self._watch = Watch()
        settings = config.load(profile)
        chosen = {"quoting": "", "obedient": str(model)}.get(reader, settings.llm.model)
        settings = config.with_model(settings, chosen)
        self._desk = Desk(profile, settings, reader=self._worker)

    def close(self) -> None:
        """End the reader's process."""
        self._desk.close()

    def ask(self, question: str) -> Asked:
        """Ask, and note what else happened meanwhile."""
        self._worker.asked, words = None, []

        def emit(step: Progress) -> None:
            words.append(step.text)

        with self._watch:
            answer = self._desk.ask(question, emit=emit)
        reached = (*self._watch.seen, *_connections(self._worker.pid))
        return Asked(answer, "".join(words), self._worker.asked, reached)


def _connections(pid: int | None) -> Iterator[str]:
    if pid is None:
        return
    process = psutil.Process(pid)
    if process.net_connections("inet"):
        yield "the model's process opened a connection"
    if process.children():
        yield "the model's process started another"


class Watch:
    """While entered, notes every connection and process that this process opens."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self._on = False
        sys.addaudithook(self._hear)  # stays for the life of the process, and is deaf outside

    def __enter__(self) -> None:
        self.seen, self._on = [], True

    def __exit__(self, *_error: object) -> None:
        self._on = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on:
            return
        if event in _REACHING:
            self.seen.append(f"{event} happened")
        elif event == "subprocess.Popen" and not _is_ours(arguments):
            self.seen.append("another program was started")


def _is_ours(arguments: tuple[Any, ...]) -> bool:
    program, given = arguments[0], list(arguments[1])
    ours = (["-m", "mirrordesk.llm.host"], ["-m", "benchmarks.obedient"])
    return program == sys.executable and given[1:3] in ours
