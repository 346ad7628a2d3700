"""By what name and addresses the person goes, told by the titles of their own windows.

A mail program writes the address of the mailbox into its title, and a terminal who is logged in
where. What stands within a window may be anybody's, so it only adds the name that a command such as
`git log` writes before an address that is known to be the person's.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from mirrordesk import clock
from mirrordesk.knowledge import Block, NoteKind, Source, note_id
from mirrordesk.learning import front
from mirrordesk.records import Moment

LEAST = 3  # days that bear an address, a login or a name out
MOST = 3  # of each

_SEGMENTS = re.compile(r"\s[-–—|]\s")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MAIL_PROGRAM = re.compile(r"\b(?:mail|gmail|outlook|thunderbird|evolution|webmail)\b", re.I)
_LOGIN = re.compile(r"([a-z_][\w.-]*@[\w.-]+)(?::|$|\s)")
_SIGNED = re.compile(r"([^\W\d_][\w.'’-]*(?: [^\W\d_][\w.'’-]*){1,3}) <([\w.+-]+@[\w.-]+)>")

Said = tuple[str, Moment]


def blocks(moments: Iterable[Moment]) -> list[Block]:
    """What can be told of mail addresses, logins and the name, each on a line of its own."""
    frames = front.frames(moments)
    addresses = _often(chain.from_iterable(map(_mailbox, frames)))
    logins = _often(chain.from_iterable(map(_login, frames)))
    names = _often(said for frame in frames for said in _signed(frame, addresses))
    topics = (("is called", names), ("has the mailbox", addresses), ("logs in as", logins))
    return [_block(topic, found) for topic, found in topics if found]


def _mailbox(frame: Moment) -> list[Said]:
    """The address that is a part of its own in the title of a window for mail."""
    parts = _SEGMENTS.split(frame.title)
    if not _MAIL_PROGRAM.search(f"{frame.app} {parts[-1]}"):
        return []
    return [(part.casefold(), frame) for part in parts if _ADDRESS.fullmatch(part)]


def _login(frame: Moment) -> list[Said]:
    found = _LOGIN.match(frame.title) if front.is_terminal(frame.app) else None
    return [(found[1], frame)] if found else []


def _signed(frame: Moment, addresses: Mapping[str, Sequence[Moment]]) -> list[Said]:
    if not addresses or not front.is_terminal(frame.app):
        return []
    signed = chain.from_iterable(_SIGNED.findall(line) for line in front.lines(frame))
    return [(name, frame) for name, address in signed if address.casefold() in addresses]


def _often(said: Iterable[Said]) -> dict[str, list[Moment]]:
    """What was said on LEAST days and more, the most often first, with a moment of each day."""
    days: dict[str, dict[object, Moment]] = defaultdict(dict)
    for words, moment in said:
        days[words][clock.at(moment.start_ns, moment.zone).date()] = moment
    often = [words for words, met in days.items() if len(met) >= LEAST]
    often.sort(key=lambda words: (-len(days[words]), words))
    return {words: list(days[words].values()) for words in often[:MOST]}


def _block(topic: str, found: Mapping[str, Sequence[Moment]]) -> Block:
    sources = [
        Source(moment.id, moment.start_ns, moment.start_ns, words)
        for words, moments in found.items()
        for moment in moments[-LEAST:]
    ]
    return Block(note_id(NoteKind.PROFILE, topic), topic, ", ".join(found), tuple(sources))
