"""The words of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

from mirrordesk import __version__
from mirrordesk.cli import (
    ask,
    commands,
    key,
    learning,
    models,
    notes,
    rules,
    search,
    values,
    vault,
)
from mirrordesk.errors import UsageError
from mirrordesk.paths import HOME_VARIABLE, Profile
from mirrordesk.registry.model import Role

Command = Callable[[argparse.Namespace, Profile], int]
Add = Callable[[str, Command, str], argparse.ArgumentParser]


class _Parser(argparse.ArgumentParser):
    """argparse, but a mistake is a UsageError like every other."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help`.")


def parser() -> argparse.ArgumentParser:
    """The words of the command line; `options.command` is the function to run."""
    root = _Parser(
        prog="mirrordesk",
        description="A personal memory of screen and sound that stays on this machine.",
        parents=[_common()],
    )
    root.set_defaults(profile=None, json=False)
    root.add_argument("--version", action="version", version=__version__)
    subparsers = root.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    add = _adding(subparsers)
    add("run", commands.run, "open the window and the tray icon, and record")
    record = add("record", commands.record, "record without a window, until Ctrl-C")
    record.add_argument(
        "--for", dest="seconds", type=values.seconds, help="end after that many seconds"
    )
    ask.words(add("ask", ask.ask, "answer a question from memory, or hold a conversation"))
    search.words(add("search", search.search, "list the moments that fit, best first"))
    timeline = add("timeline", commands.timeline, "what a day held, and when nothing was recorded")
    timeline.add_argument(
        "--day", type=values.day, default=None, help="YYYY-MM-DD (default: today)"
    )
    _add_forget(add)
    add("pause", commands.pause, "stop recording until `resume`")
    add("resume", commands.resume, "go on recording")
    status = add("status", commands.status, "whether it records, and how much it holds")
    status.add_argument(
        "--day",
        type=values.day,
        nargs="?",
        const="today",
        help="how every minute of a day is accounted for: YYYY-MM-DD (default: today)",
    )
    learn = add("consolidate", learning.consolidate, "learn facts from what is stored")
    learn.add_argument("--dry-run", action="store_true", help="show what would be learnt")
    add("doctor", commands.doctor, "what was chosen, what is missing and the command that mends it")
    _add_models(subparsers)
    _add_rules(subparsers)
    _add_key(subparsers)
    notes.words(_group(subparsers, "notes", "see what was learnt, and put it right"))
    vault.words(_group(subparsers, "vault", "keep secrets, sealed by a key of their own"))
    settings = add("config", commands.settings, "show all settings, or change one")
    settings.add_argument("key", nargs="?", help="section.name")
    settings.add_argument("value", nargs="?", help="its new value; lists with commas")
    return root


def _common() -> _Parser:
    """The options that may stand before and after the command.

    A fresh parser for each use: argparse shares the options of a parent, defaults included.
    """
    common = _Parser(add_help=False)
    common.add_argument(
        "--profile",
        type=Path,
        default=argparse.SUPPRESS,
        metavar="DIR",
        help=f"folder of the profile (default: ${HOME_VARIABLE}, else the user's data folder)",
    )
    common.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print one JSON value"
    )
    return common


def _adding(subparsers: argparse._SubParsersAction[_Parser]) -> Add:
    """A function that adds a command: its name, what runs it, what it does in a few words."""

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = subparsers.add_parser(name, help=text, description=text, parents=[_common()])
        sub.set_defaults(command=command)
        return sub

    return add


def _group(subparsers: argparse._SubParsersAction[_Parser], name: str, text: str) -> Add:
    """A function that adds the verbs of a command."""
    group = subparsers.add_parser(name, help=text, description=text, parents=[_common()])
    return _adding(group.add_subparsers(required=True, metavar="VERB", parser_class=_Parser))


def _add_forget(add: Add) -> None:
    forget = add("forget", commands.forget, "remove what was captured in a span of time, for good")
    span = forget.add_mutually_exclusive_group(required=True)
    span.add_argument(
        "--last", type=values.duration, metavar="10m", help="s, m, h or d back from now"
    )
    span.add_argument(
        "--from", dest="start", type=values.when, metavar="TIME", help="ISO date and time"
    )
    span.add_argument("--all", action="store_true", help="everything there is")
    forget.add_argument("--to", dest="end", type=values.when, metavar="TIME", help="with --from")
    forget.add_argument("--yes", action="store_true", help="do not ask")


def _add_models(subparsers: argparse._SubParsersAction[_Parser]) -> None:
    text = "see, fetch, check and choose the models"
    group = subparsers.add_parser("models", help=text, description=text, parents=[_common()])
    add = _adding(group.add_subparsers(required=True, metavar="VERB", parser_class=_Parser))
    add("list", models.listing, "every model there is, and which are here and in use")
    add("recommend", models.recommend, "what suits this machine, and why")
    pull = add("pull", models.fetch, "fetch models; an interrupted pull goes on where it ended")
    pull.add_argument("names", nargs="+", metavar="NAME")
    verify = add("verify", models.verify, "hash the files again and compare")
    verify.add_argument("names", nargs="*", metavar="NAME", help="default: all that are here")
    use = add("use", models.use, "choose a model for this profile")
    use.add_argument("name", metavar="NAME_OR_PATH", help="a listed model, or a file to register")
    roles = [role.value for role in Role if role.setting]
    use.add_argument("--role", choices=roles, help="of a file that does not tell")
    use.add_argument(
        "--architecture",
        default="",
        metavar="NAME_OR_JSON",
        help="open_clip's model, or its configuration, that a checkpoint belongs to",
    )
    remove = add("remove", models.remove, "delete a pulled model, or forget a registered file")
    remove.add_argument("name", metavar="NAME")
    remove.add_argument("--even-if-used", action="store_true", help="also one that is in use")


def _add_rules(subparsers: argparse._SubParsersAction[_Parser]) -> None:
    text = "say what is never recorded, and apply that to what is stored"
    group = subparsers.add_parser("rules", help=text, description=text, parents=[_common()])
    verbs = group.add_subparsers(required=True, metavar="VERB", parser_class=_Parser)

    def add(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = verbs.add_parser(name, help=text, description=text, parents=[_common()])
        sub.set_defaults(command=command)
        return sub

    def add_with_rule(name: str, command: Command, text: str) -> argparse.ArgumentParser:
        sub = add(name, command, text)
        wanted = "app=… title=… url=… private=yes monitor=… hours=…, all of which must hold"
        sub.add_argument("rule", nargs="+", metavar="RULE", help=wanted)
        return sub

    add("list", rules.listing, "your rules, and the lists that come with MirrorDesk")
    add_with_rule("add", rules.add, "record nothing of this from now on")
    removed = add("remove", rules.remove, "take a rule out of force")
    removed.add_argument(
        "rule", nargs="+", metavar="RULE", help="a rule, or its number in the list"
    )
    tried = add_with_rule("preview", rules.preview, "how much of what is stored a rule covers")
    tried.add_argument("--examples", type=values.positive, default=5)
    applied = add_with_rule("apply", rules.apply, "forget what is stored and a rule covers")
    applied.add_argument("--yes", action="store_true", help="do not ask")


def _add_key(subparsers: argparse._SubParsersAction[_Parser]) -> None:
    text = "see, move, lock and renew the key that seals the memory"
    group = subparsers.add_parser("key", help=text, description=text, parents=[_common()])
    group.set_defaults(command=key.told)
    add = _adding(group.add_subparsers(metavar="VERB", parser_class=_Parser))
    add("unlock", key.unlock, "open a memory with a passphrase, until you log out")
    add("lock", key.lock, "let nobody open it without the passphrase")
    add("passphrase", key.passphrase, "let a passphrase open the memory, or change it")
    add("keyring", key.into_keyring, "keep the key in the system's keyring")
    add("file", key.into_file, "keep the key in a file of the profile")
    add("renew", key.renew, "seal everything with a new key")
    add("server", key.server, "keep the key of the server that answers (an empty one: none)")
