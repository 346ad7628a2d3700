"""Another machine's language model: `python -m mirrordesk.llm.remote --profile DIR`.

A process that answers the same calls as `host.py`, by asking the OpenAI-compatible server of the
setting `llm.server`. It is started only where a person has set one, it is the only process that
connects to anything while questions are answered, and it keeps nothing.

load(path, settings)                    -> name and context; `path` is not used
count(texts), measure(system, user)     -> tokens, estimated upwards: no tokenizer is at hand
generate(system, user, grammar, limit)  -> pieces of text as events, then Written
"""

from __future__ import annotations

import argparse
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

from mirrordesk.config import LlmSettings
from mirrordesk.errors import WorkerError
from mirrordesk.llm import endpoint
from mirrordesk.llm.endpoint import Cancelled, Connection, Endpoint
from mirrordesk.paths import Profile
from mirrordesk.seal import server_key
from mirrordesk.wire import from_json
from mirrordesk.worker import Emit, Handler, Server

BYTES_PER_TOKEN = 2.5  # of the UTF-8 of English with JSON around it; real tokenizers need fewer
_AROUND = 64  # tokens of a chat template
_LONGEST_LINE = 1 << 20  # bytes of one event
_LETTERS_PER_TOKEN = 32  # more text than that for its limit is no answer
_TAKES_GRAMMARS = ("llamacpp",)  # what servers call themselves that take GBNF
# What chat templates are made of. A server may read it as such even within a message; inside a JSON
# string it can be written so that no template knows it, and it still says the same.
_TEMPLATE_WORD = re.compile(r"<|\[(?=/?[A-Z_]{2,}\])")


class Remote:
    """Asks one server. Calls may overlap."""

    def __init__(self, profile: Profile) -> None:
        self._profile = profile
        self._settings = LlmSettings()
        self._grammars = False

    def handlers(self) -> dict[str, Handler]:
        """What the process answers."""
        return {
            "load": self._load,
            "count": lambda p, _e, _c: [_tokens(text) for text in p["texts"]],
            "measure": lambda p, _e, _c: _tokens(p["system"]) + _tokens(p["user"]) + _AROUND,
            "generate": self._generate,
        }

    def _load(self, params: dict[str, Any], _emit: Emit, cancelled: threading.Event) -> Any:
        """Look whether the server has the model. Raises WorkerError, UsageError."""
        self._settings = from_json(LlmSettings, params["settings"])
        where = endpoint.parse(self._settings.server)
        with self._connection(where, cancelled).open("GET", "/models") as response:
            listed = _listed(where, response)
        wanted = self._settings.server_model
        if wanted not in listed:
            names = ", ".join(sorted(listed)) or "none"
            missed = f"no model {wanted}" if wanted else "no model set (llm.server_model)"
            raise WorkerError(f"{where.host} has {missed}; there are: {names}.")
        about = listed[wanted]
        self._grammars = about.get("owned_by") in _TAKES_GRAMMARS
        told = about.get("max_model_len")
        context = min(self._settings.context, told) if isinstance(told, int) else None
        return {
            "name": f"{wanted} at {where.host}",
            "context": context or self._settings.context,
        }

    def _generate(self, params: dict[str, Any], emit: Emit, cancelled: threading.Event) -> Any:
        where = endpoint.parse(self._settings.server)
        writing = _Writing(where, params["limit"], emit)
        try:
            request = self._request(params)
            with self._connection(where, cancelled).open(
                "POST", "/chat/completions", request
            ) as response:
                writing.read(response)
        except (Cancelled, WorkerError):
            if not cancelled.is_set():
                raise
            return writing.written(finished=False)
        return writing.written(finished=writing.ended == "stop")

    def _request(self, params: dict[str, Any]) -> dict[str, Any]:
        request = {
            "model": self._settings.server_model,
            "messages": [
                {"role": "system", "content": params["system"]},
                {"role": "user", "content": without_template_words(params["user"])},
            ],
            "max_tokens": params["limit"],
            "temperature": 0,
            "stream": True,
        }
        return {**request, "grammar": params["grammar"]} if self._grammars else request

    def _connection(self, where: Endpoint, cancelled: threading.Event) -> Connection:
        return Connection(where, server_key.get(self._profile, where.origin), cancelled)


class _Writing:
    """The text of one answer as it comes."""

    def __init__(self, where: Endpoint, limit: int, emit: Emit) -> None:
        self._where = where
        self._most = limit * _LETTERS_PER_TOKEN
        self._emit = emit
        self._began = time.perf_counter()
        self._first: float | None = None
        self._text = ""
        self._pieces = 0
        self.ended = ""  # why, in the server's word

    def read(self, response: HTTPResponse) -> None:
        """Take in the stream. Raises WorkerError where it breaks off, or is none."""
        try:
            for event in _events(response):
                for choice in json.loads(event)["choices"][:1]:  # the last may tell usage alone
                    self._take(str(choice.get("delta", {}).get("content") or ""))
                    self.ended = str(choice.get("finish_reason") or self.ended)
                if len(self._text) > self._most:
                    return
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise _garbage(self._where) from error
        if not self.ended:
            raise WorkerError(f"The connection to {self._where.host} broke off.")

    def _take(self, piece: str) -> None:
        if piece:
            self._first = self._first or time.perf_counter()
            self._text += piece
            self._pieces += 1
            self._emit(piece)

    def written(self, *, finished: bool) -> dict[str, Any]:
        """What `host.py` tells of a finished text. Tokens are counted by the pieces that came."""
        now = time.perf_counter()
        return {
            "text": self._text,
            "tokens": self._pieces,
            "prompt_tokens": 0,
            "finished": finished,
            "first_token_s": (self._first or now) - self._began,
            "total_s": now - self._began,
        }


def without_template_words(user: str) -> str:
    """The message with `<` and `[INST]`-like words written as JSON escapes, where JSON stands.

    Lines that hold no JSON are our own marks.
    """
    return "\n".join(_escaped(line) for line in user.split("\n"))


def _escaped(line: str) -> str:
    head, brace, rest = line.partition("{")
    return head + brace + _TEMPLATE_WORD.sub(lambda m: f"\\u{ord(m.group()):04x}", rest)


def _events(response: HTTPResponse) -> Iterator[str]:
    """The data of each server-sent event, until the stream says that it is done or ends."""
    while line := response.readline(_LONGEST_LINE):
        name, _, value = line.decode(errors="replace").strip().partition(":")
        if name == "data":
            if value.strip() == "[DONE]":
                return
            yield value
        elif name not in ("", "event", "id", "retry"):
            raise ValueError(name)


def _listed(where: Endpoint, response: HTTPResponse) -> dict[str, dict[str, Any]]:
    """The models of a server, by name."""
    try:
        value = json.loads(response.read(_LONGEST_LINE))
        return {str(model["id"]): dict(model) for model in value["data"]}
    except (ValueError, KeyError, TypeError) as error:
        raise _garbage(where) from error


def _garbage(where: Endpoint) -> WorkerError:
    return WorkerError(f"{where.host} does not speak as an OpenAI-compatible server does.")


def _tokens(text: str) -> int:
    return round(len(text.encode(errors="replace")) / BYTES_PER_TOKEN) + 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="mirrordesk.llm.remote")
    parser.add_argument("--profile", type=Path, required=True)
    options = parser.parse_args(arguments)
    Server(Remote(Profile(options.profile)).handlers()).run()


if __name__ == "__main__":
    main()
