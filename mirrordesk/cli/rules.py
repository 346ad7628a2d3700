"""What `mirrordesk rules` does: shows, changes and tries the rules, and applies them to history."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

from mirrordesk import clock, config, shapes
from mirrordesk.cli.output import plain, result
from mirrordesk.errors import UsageError
from mirrordesk.paths import Profile
from mirrordesk.records import Forgotten, RulePreview
from mirrordesk.rules import rule, shipped
from mirrordesk.rules.rule import Rule
from mirrordesk.wire import to_json
from mirrordesk.words import count

_KEY = "privacy.rules"


def listing(options: argparse.Namespace, profile: Profile) -> int:
    privacy = config.load(profile).privacy
    values = {
        "rules": list(privacy.rules),
        "shipped": {name: name in privacy.shipped_rules for name in shipped.LISTS},
    }
    return result(options, values, _list_lines(privacy))


def _list_lines(privacy: config.PrivacySettings) -> Iterator[str]:
    for number, text in enumerate(privacy.rules, 1):
        yield f"{number:>3}  {plain(text)}"
    if not privacy.rules:
        yield f"You have no rules yet; add one, for example: mirrordesk rules add {rule.EXAMPLE}"
    for kind, words in (("app", privacy.excluded_apps), ("title", privacy.excluded_titles)):
        if words:
            yield f"     {kind}={plain(','.join(words))} (excluded_{kind}s)"
    for name in shipped.LISTS:
        state = "in force" if name in privacy.shipped_rules else "switched off"
        yield f"     shipped with MirrorDesk: {name} ({state})"


def add(options: argparse.Namespace, profile: Profile) -> int:
    added = _rule(options)
    rules = config.load(profile).privacy.rules
    if added.written not in rules:
        config.change_list(profile, _KEY, [*rules, added.written])
    lines = [f"From now on: {plain(added.written)}"]
    if added.urls:
        lines.append(
            "Only some browsers tell their address; windows of one that does not are painted out "
            "where this rule might hold."
        )
    lines.append(f"What is stored stays; see it with: mirrordesk rules preview {added.written}")
    return result(options, {"added": added.written}, lines)


def remove(options: argparse.Namespace, profile: Profile) -> int:
    rules = list(config.load(profile).privacy.rules)
    text = " ".join(options.rule)
    if text.isdigit() and 1 <= int(text) <= len(rules):
        text = rules[int(text) - 1]
    if text not in rules:
        raise UsageError(f"There is no rule `{text}`; `mirrordesk rules list` shows them.")
    rules.remove(text)
    config.change_list(profile, _KEY, rules)
    return result(options, {"removed": text}, [f"Not in force any more: {plain(text)}"])


def preview(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    with Desk(profile) as desk:
        found = desk.preview_rule(_rule(options).written, options.examples)
    return result(options, shapes.rule_preview(found), _preview_lines(found))


def apply(options: argparse.Namespace, profile: Profile) -> int:
    from mirrordesk.desk import Desk

    text = _rule(options).written
    with Desk(profile) as desk:
        found = desk.preview_rule(text)
        if not found.moments and not found.waiting:
            return result(options, to_json(Forgotten(0, 0, 0)), _preview_lines(found))
        if not options.yes and not _confirmed(found):
            raise UsageError("Nothing was forgotten; confirm with `yes`, or pass --yes.")
        gone = desk.apply_rule(text)
    said = f"Forgot {gone.moments} moments, {gone.media} files and {gone.spooled} waiting captures."
    return result(options, to_json(gone), [said])


def _rule(options: argparse.Namespace) -> Rule:
    return rule.parse(" ".join(options.rule))


def _confirmed(found: RulePreview) -> bool:
    if not sys.stdin.isatty():
        return False
    print("\n".join(_preview_lines(found)))
    return input("Forget them for good? ").strip().lower() in ("y", "yes")


def _preview_lines(found: RulePreview) -> Iterator[str]:
    covered = f"{plain(found.rule)} covers {count(found.moments, 'stored moment')}"
    if found.waiting:
        covered += f" and {count(found.waiting, 'capture')} not read yet"
    yield covered + "."
    if found.beside:
        yield (
            f"On {found.beside} of them it could be seen beside the window that the moment is "
            "named after; they go as a whole."
        )
    for moment in found.examples:
        when = clock.at(moment.start_ns, moment.zone)
        where = " · ".join(plain(p) for p in (moment.app, moment.title, moment.url or "") if p)
        yield f"  {when:%Y-%m-%d %H:%M:%S}  {where or moment.kind.value}"
    if found.undecided:
        yield (
            f"Of {count(found.undecided, 'moment')} it cannot be told any more, as they were "
            "stored without an address or a browser's mode; they are left."
        )
