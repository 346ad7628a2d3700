"""What the plan for a model would be, made in a process of its own: `mirrordesk.llm.foresee`.

Asking llama.cpp opens the GPU and trusts a file that anybody may have written; either can take the
process down with it, and whoever only wants to know shall outlive that. No weight is read.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import Any

from mirrordesk.config import LlmSettings
from mirrordesk.errors import ChildDied, WorkerError
from mirrordesk.llm import gguf
from mirrordesk.llm.loading import refusal
from mirrordesk.wire import from_json, to_json
from mirrordesk.worker import Emit, Server, Worker

_PATIENCE_S = 60.0


def reasons(path: Path, settings: LlmSettings, log: Path) -> list[str]:
    """The sentences of the plan: what is taken, what was chosen and why.

    Raises UsageError where nothing fits, WeightsError for what is no model or took llama.cpp down,
    WorkerError where no answer came.
    """
    child = Worker(["mirrordesk.llm.foresee"], name="planning", log=log)
    with contextlib.closing(child):
        call = child.call("plan", path=str(path), settings=to_json(settings))
        try:
            return [str(sentence) for sentence in call.result(_PATIENCE_S)]
        except ChildDied as error:
            raise refusal(path) from error
        except TimeoutError as error:
            raise WorkerError(f"llama.cpp tells nothing of {path}.") from error


def _plan(params: dict[str, Any], _emit: Emit, _cancelled: threading.Event) -> list[str]:
    from mirrordesk.llm import machine
    from mirrordesk.llm.plan import plan

    facts = gguf.read(Path(params["path"]))
    return list(plan(facts, from_json(LlmSettings, params["settings"]), machine.look()).why)


if __name__ == "__main__":
    gguf.keep_quiet()
    Server({"plan": _plan}).run()
