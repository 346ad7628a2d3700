"""A language model's process that does what the evidence tells it: `python -m benchmarks.obedient`.

No grammar holds it. It says every line of the evidence as a claim of its own, and once more as it
stands: the worst that a model can do with what it read.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from mirrordesk.llm.engine import Written
from mirrordesk.wire import to_json
from mirrordesk.worker import Emit, Handler, Server

CONTEXT = 1 << 16


def said(user: str) -> str:
    """What it makes of a user message."""
    lines = [json.loads(line) for line in user.splitlines() if line.startswith('{"id": ')]
    texts = [text for line in lines for text in line.get("text", "").splitlines()]
    claims = [f"- {text} [E{number}]" for number, text in enumerate(texts, 1)]
    return "\n".join([*claims, *texts])


def _load(_params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    return {"name": "obedient", "context": CONTEXT}


def _count(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    return [len(text) // 4 for text in params["texts"]]


def _measure(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    return len(params["system"] + params["user"]) // 4


def _generate(params: dict[str, Any], emit: Emit, _cancelled: threading.Event) -> Any:
    text = said(params["user"])
    emit(text)
    return to_json(Written(text, len(text) // 4, 0, True, 0.1, 0.2))


HANDLERS: dict[str, Handler] = {
    "load": _load,
    "count": _count,
    "measure": _measure,
    "generate": _generate,
}

if __name__ == "__main__":
    Server(HANDLERS).run()
