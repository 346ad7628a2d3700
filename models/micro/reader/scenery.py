"""What stands around facts: lines of shells, editors, mails, chats and talk that answer nothing."""

from __future__ import annotations

from dataclasses import dataclass

_CHATTER = (
    "Please {verb} the {adjective} {thing} before {day}.",
    "Please {verb} the {thing} and {verb} the {thing}.",
    "Let's {verb} the {thing} with the {team} team.",
    "Let's meet in the {place} at {time}.",
    "Can you {verb} the {thing} for {name}?",
    "I need the {adjective} {thing} by {day} morning.",
    "We decided to {verb} the {thing} in {month}.",
    "Do not {verb} the {thing} yet.",
    "{name} and {name} are in the {place} today.",
    "Thank you {name}, that is all for today.",
    "Good morning {name}, how is the {thing}?",
    "I will be back in {few} minutes.",
    "Send the {adjective} {thing} to the {team} team.",
    "{word} {word} {word} {word}.",
    "{name} wrote about {word} and {word}.",
)
_SHELL = (
    "{word}@{word}:~$ ls -la",
    "~ $ cd {word} && ls",
    "drwxr-xr-x 2 {word} {word} 4096 {word}",
    "-rw-r--r-- 1 {word} users {number} {word}.txt",
    "$ git commit -m '{verb} {thing}'",
    "On branch {word}",
    "{few} files changed, {few} insertions(+)",
    "Compiling {word} v0.{few}.1",
    "{word}: command not found",
    "[ok] {word} {number} ms",
    "~/{word} $ cat {word}.csv",
    "{word},{number},{word}",
)
_NOISE = (
    '"{word}": "{word}",',
    "{word}/{word}.py:{few}: {word}",
    "| {word} | {number} | {word} |",
    "=== {word} {few} ===",
    "{few}% {word} ({code})",
    "{time} {word} {code} <{word}>",
    "{word} {code} {word} {word}",
)
_EDITOR = (
    "def {word}({word}, {word}):",
    "    return {word}.{word}({number})",
    "import {word}",
    "# {verb} the {thing}",
    "if {word} == {few}:",
    '{word} = "{word} {word}"',
    "{word} = [{few}, {number}]",
    "File Edit Search View Help",
    "- {verb} {thing}",
    "- {thing} {word}",
    "{name}, {name}, {name}",
    "Present: {name}, {name} and {name}.",
)
_MAIL = (
    "From: {name} <{word}@{word}.com>",
    "To: {name}",
    "Subject: {adjective} {thing}",
    "Hello {name},",
    "Best regards, {name}",
    "Reply Forward Delete",
    "Sent on {day} at {time}",
)
_CHAT = (
    "{name} {time}",
    "{name}: ok",
    "{name}: {word} {word}?",
    "Type a message",
    "{name} is typing",
)
_PAGE = (
    "{word} {word} - {word}.org/{word}",
    "Home About {thing} Contact",
    "The {adjective} {thing} of {place} was {word} in {number}.",
    "Read more about {word}",
    "{place}, {month} {few}",
    "Search Settings Help",
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of moment: its programs (none: it was heard), titles and lines."""

    apps: tuple[str, ...]
    titles: tuple[str, ...]
    lines: tuple[str, ...]


SCENES = (
    Scene(("",), ("",), _CHATTER),
    Scene(
        ("xterm", "Terminal", "gnome-terminal"),
        ("Shell", "~/{word}", "{word}@{word}"),
        (*_SHELL, *_NOISE),
    ),
    Scene(
        ("mousepad", "code", "gedit", "Writer"),
        ("{word}.txt", "{word}.py - {word}", "Notes"),
        (*_EDITOR, *_NOISE, *_CHATTER[:6]),
    ),
    Scene(
        ("thunderbird", "Mail"),
        ("Inbox", "{adjective} {thing}", "Re: {word}"),
        (*_MAIL, *_CHATTER[:9]),
    ),
    Scene(("slack", "Teams"), ("{team}", "{name}", "{word}"), (*_CHAT, *_CHATTER)),
    Scene(
        ("chromium", "firefox"),
        ("{word} {word}", "{place} - {word}"),
        (*_PAGE, *_NOISE, *_CHATTER[-3:]),
    ),
)
