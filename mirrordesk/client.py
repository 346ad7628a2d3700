"""The desk as seen from the window and the notebook: a child process that can fall without them.

Every call blocks; call from a worker thread. Nothing heavy is imported on this side.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mirrordesk.paths import Profile
from mirrordesk.records import Answer, Check, Day, Forgotten, Hit, Moment, Progress, RulePreview
from mirrordesk.status import Report
from mirrordesk.wire import from_json
from mirrordesk.worker import Call, Worker


class PendingAnswer:
    """An answer under way."""

    def __init__(self, call: Call) -> None:
        self._call = call

    def events(self) -> Iterator[Progress]:
        """The steps as they come, until the answer is there. Raises what asking failed with."""
        for event in self._call.events():
            yield from_json(Progress, event)

    def result(self, timeout: float | None = None) -> Answer:
        """The answer, waiting for it."""
        return from_json(Answer, self._call.result(timeout))

    def cancel(self) -> None:
        """Stop. What was supported so far still comes as the result."""
        self._call.cancel()


class DeskClient:
    """A profile's desk in a process of its own, started at the first call and after a crash."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self._worker = Worker(
            ["mirrordesk.host", "--profile", str(profile.root)],
            name="desk",
            log=profile.logs / "desk.log",
        )

    @property
    def pid(self) -> int | None:
        """The desk's process id while it runs."""
        return self._worker.pid

    def ask(self, question: str, conversation: str | None = None) -> PendingAnswer:
        """Start answering; questions of one conversation may lean on the one before."""
        return PendingAnswer(self._worker.call("ask", question=question, conversation=conversation))

    def search(self, query: str, limit: int = 20) -> list[Hit]:
        """Moments ranked for `query`."""
        found = self._worker.call("search", query=query, limit=limit).result()
        return [from_json(Hit, hit) for hit in found]

    def day(self, date: str) -> Day:
        """The timeline of a local day, `YYYY-MM-DD`."""
        return from_json(Day, self._worker.call("day", date=date).result())

    def days(self) -> list[str]:
        """The local days that hold something, oldest first."""
        return list(self._worker.call("days").result())

    def moment(self, id: str) -> Moment:  # noqa: A002  the field's own name
        """A moment with its text boxes. Raises StoreError where it was forgotten."""
        return from_json(Moment, self._worker.call("moment", id=id).result())

    def forget(self, start_ns: int, end_ns: int) -> Forgotten:
        """Remove everything captured in the span, for good."""
        gone = self._worker.call("forget", start_ns=start_ns, end_ns=end_ns).result()
        return from_json(Forgotten, gone)

    def preview_rule(self, rule: str, examples: int = 5) -> RulePreview:
        """What of the memory a rule covers. Raises UsageError where it cannot be read."""
        found = self._worker.call("preview_rule", rule=rule, examples=examples).result()
        return from_json(RulePreview, found)

    def apply_rule(self, rule: str) -> Forgotten:
        """Forget what a rule covers, for good."""
        return from_json(Forgotten, self._worker.call("apply_rule", rule=rule).result())

    def report(self) -> Report:
        """The state of recording and of the profile."""
        return from_json(Report, self._worker.call("report").result())

    def doctor(self) -> list[Check]:
        """Every part, what was chosen and what is wrong."""
        return [from_json(Check, check) for check in self._worker.call("doctor").result()]

    def media(self, relative: str) -> Path:
        """The file of a `Moment.media`."""
        return self.profile.media / relative

    def close(self) -> None:
        """End the desk's process."""
        self._worker.close()
