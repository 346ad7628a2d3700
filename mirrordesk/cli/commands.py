"""What each subcommand does: prints text or one JSON value, returns the exit status."""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Iterable, Sequence

from mirrordesk import clock, control, shapes, words
from mirrordesk import config as configuration
from mirrordesk.cli import account
from mirrordesk.cli.output import plain, result, say
from mirrordesk.control import Span
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Check
from mirrordesk.wire import to_json


def run(_options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk import app

    return app.run(profile)


def record(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.recording import Recording

    began = time.time()
    recording = Recording(profile, options.seconds)
    signal.signal(signal.SIGTERM, lambda *_: recording.recorder.stop())
    say(options, "Recording; press Ctrl-C to stop." if options.seconds is None else "Recording.")
    recording.start()
    try:
        try:
            recording.wait_recorded()
        except KeyboardInterrupt:
            recording.recorder.stop()
        say(options, "Reading what was recorded.")
        recording.wait_searchable()
    finally:
        recording.stop()
    from mirrordesk.memory.store import Store

    moments = Store(profile).count()
    return result(
        options,
        {
            "profile": str(profile.root),
            "seconds": round(time.time() - began, 1),
            "moments": moments,
        },
        [f"Done; the memory holds {moments} moments."],
    )


def timeline(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    with Desk(profile) as desk:
        day = desk.day(options.day or clock.at(clock.now_ns()).date())
    rows = [(e.start_ns, e.end_ns, f"{plain(e.title)} ({', '.join(e.apps)})") for e in day.episodes]
    rows += [(g.start_ns, g.end_ns, f"not recorded: {g.reason}") for g in day.gaps]
    lines = [
        f"{clock.at(start, day.zone):%H:%M:%S} – {clock.at(end, day.zone):%H:%M:%S}  {text}"
        for start, end, text in sorted(rows)
    ]
    return result(options, shapes.day(day), lines or [f"Nothing is known of {day.date}."])


def forget(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    span = _span(options)
    if not options.yes and not _confirmed(span):
        raise UsageError("Nothing was forgotten; confirm with `yes`, or pass --yes.")
    with Desk(profile) as desk:
        gone = desk.forget(span)
    text = f"Forgot {gone.moments} moments, {gone.media} files and {gone.spooled} waiting captures."
    return result(options, to_json(gone), [text])


def _span(options: argparse.Namespace) -> Span:
    now = clock.now_ns()
    if options.end is not None and options.start is None:
        raise UsageError("--to goes with --from.")
    if options.all:
        return Span(0, now)
    if options.last is not None:
        return Span(now - options.last, now)
    end = now if options.end is None else options.end
    if end <= options.start:
        raise UsageError("The span ends before it begins.")
    return Span(options.start, end)


def _confirmed(span: Span) -> bool:
    if not sys.stdin.isatty():
        return False
    start, end = (clock.at(ns) for ns in (span.start_ns, span.end_ns))
    question = f"Forget everything from {start:%d %b %Y %H:%M:%S} to {end:%d %b %Y %H:%M:%S}? "
    return input(question).strip().lower() in ("y", "yes")


def pause(options: argparse.Namespace, profile: Profile) -> int:
    control.pause(profile)
    return result(options, {"paused": True}, ["Paused; `mirrordesk resume` goes on."])


def resume(options: argparse.Namespace, profile: Profile) -> int:
    control.resume(profile)
    return result(options, {"paused": False}, ["Recording may go on."])


def status(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    with Desk(profile) as desk:
        if options.day:
            day = desk.account(options.day)
            return result(options, shapes.account(day), account.lines(day))
        report = desk.report()
    recorder = report.recorder
    if report.paused:
        state = "paused"
    elif report.trouble:
        state = f"not recording: {report.trouble}"
    else:
        state = recorder.state if recorder else "unknown"
    lines = [f"Profile    {report.profile}", f"Recorder   {state}"]
    if recorder and report.recorder_running:
        lines += [f"  {name:<12} {words}" for name, words in recorder.sources.items()]
    lines.append(f"Memory     {report.moments} moments, {report.bytes / 1e6:.1f} MB on disk")
    if report.storage:
        told = [words.storage(report.storage), *words.thinned(report.storage, clock.zone_name())]
        lines += [f"Room       {phrase}" for phrase in told]
    if report.perception:
        waiting = [words.backlog(report.perception) or "nothing", words.resting(report.perception)]
        lines.append(f"Waiting    {'; '.join(filter(None, waiting))}")
        lines += [
            f"  {name:<12} {count} pending ({report.perception.channels.get(name, '')})"
            for name, count in report.perception.pending.items()
            if count
        ]
        lines += [f"  {phrase}" for phrase in words.reencoding(report.perception)]
        if report.perception.quarantined:
            damaged = report.perception.quarantined
            lines.append(f"Damaged    {damaged} captures, put aside in spool/quarantine")
    return result(options, to_json(report), lines)


def doctor(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk import doctor

    checks = doctor.checks(profile, configuration.load(profile))
    result(options, to_json(checks), _check_lines(checks))
    return 1 if any(check.state == "problem" for check in checks) else 0


def _check_lines(checks: Sequence[Check]) -> Iterable[str]:
    for check in checks:
        yield f"{check.state:<8} {check.part:<17} {check.detail}"
        if check.remedy:
            verb = "or" if check.state == "ok" else "mend with"
            yield f"{'':<26} {verb}: {check.remedy}"


def settings(options: argparse.Namespace, profile: Profile) -> int:
    if options.value is not None:
        configuration.change(profile, options.key, options.value)
    values = configuration.flat(configuration.load(profile))
    if options.key:
        if options.key not in values:
            raise UsageError(configuration.unknown(options.key))
        values = {options.key: values[options.key]}
    return result(options, to_json(values), [f"{key} = {value}" for key, value in values.items()])
