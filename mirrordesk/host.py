"""The desk's process: `python -m mirrordesk.host --profile DIR`, serving over its pipes."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from mirrordesk.control import Span
from mirrordesk.desk import Desk
from mirrordesk.paths import Profile
from mirrordesk.wire import to_json
from mirrordesk.worker import Emit, Handler, Server


def _ask(desk: Desk) -> Handler:
    def handler(params: dict[str, Any], emit: Emit, cancelled: threading.Event) -> Any:
        answer = desk.ask(
            params["question"],
            conversation=params.get("conversation"),
            emit=lambda step: emit(to_json(step)),
            cancelled=cancelled,
        )
        return to_json(answer)

    return handler


def handlers(desk: Desk) -> dict[str, Handler]:
    """What the process answers; the names and parameters are those of `DeskClient`."""
    return {
        "ask": _ask(desk),
        "search": lambda p, _e, _c: to_json(desk.search(p["query"], p["limit"])),
        "day": lambda p, _e, _c: to_json(desk.day(date.fromisoformat(p["date"]))),
        "days": lambda _p, _e, _c: desk.days(),
        "moment": lambda p, _e, _c: to_json(desk.moment(p["id"])),
        "forget": lambda p, _e, _c: to_json(desk.forget(Span(p["start_ns"], p["end_ns"]))),
        "preview_rule": lambda p, _e, _c: to_json(desk.preview_rule(p["rule"], p["examples"])),
        "apply_rule": lambda p, _e, _c: to_json(desk.apply_rule(p["rule"])),
        "report": lambda _p, _e, _c: to_json(desk.report()),
        "doctor": lambda _p, _e, _c: to_json(desk.doctor()),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve a profile until the parent closes the pipe."""
    parser = argparse.ArgumentParser(prog="mirrordesk.host")
    parser.add_argument("--profile", type=Path, required=True)
    options = parser.parse_args(arguments)
    with Desk(Profile.open(options.profile)) as desk:
        Server(handlers(desk)).run()


if __name__ == "__main__":
    main()
