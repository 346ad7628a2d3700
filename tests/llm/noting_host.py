"""A language model's process in which a script does the thinking.

The script stands beside the model, `model.gguf` and `model.json`: a list of [phrase, form, output].
The first entry whose phrase stands in the evidence and whose form is asked for is what is written;
an output that is no object is written as it is, "{die}" ends the process and "{stall}" waits to be
cancelled. All that was asked is kept in `model.asked`, one JSON object a line.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

from mirrordesk.llm import forms
from mirrordesk.worker import Emit, Server

_path = Path()


def _load(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    global _path
    _path = Path(params["path"])
    return {"name": _path.stem, "context": 4096}


def _count(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    return [len(text) // 4 for text in params["texts"]]


def _measure(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> Any:
    return (len(params["system"]) + len(params["user"])) // 4


def _generate(params: dict[str, Any], _emit: Emit, cancelled: threading.Event) -> Any:
    with _path.with_suffix(".asked").open("a", encoding="utf-8") as asked:
        asked.write(json.dumps(params) + "\n")
    text = _said(params["user"])
    if text == "{die}":
        os._exit(9)
    if text == "{stall}":
        cancelled.wait()
    return {"text": text}


def _said(user: str) -> str:
    evidence, _, task = user.rpartition("Asked for: ")
    (form,) = json.loads(task)
    for phrase, wanted, output in json.loads(_path.with_suffix(".json").read_text()):
        if wanted == form and phrase in evidence:
            return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)
    assert form in {f.name for f in (forms.SUMMARY, forms.FACTS, forms.PROFILE, forms.GOAL)}
    return json.dumps({form: []})


if __name__ == "__main__":
    handlers = {"load": _load, "count": _count, "measure": _measure, "generate": _generate}
    Server(handlers).run()
