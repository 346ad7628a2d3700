"""Addresses of web pages: which part of one is kept, and whether a rule's pattern means it."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://")
_INNER = re.compile(r"(?:about|view-source|data|blob|javascript):")


def kept(shown: str) -> str | None:
    """The part of an address that may be remembered: scheme where shown, host and path.

    Query, fragment, user name and password go: they carry tokens. None for what is no address.
    """
    text = shown.strip()
    if not text or any(character.isspace() for character in text):
        return None
    scheme, rest = _split(text)
    if not scheme and rest.startswith("/"):
        scheme = "file://"  # browsers leave it out when they show the address of a file
    if scheme in ("data:", "blob:", "javascript:"):
        return scheme
    rest = re.split(r"[?#]", rest, maxsplit=1)[0]
    authority, slash, path = rest.partition("/")
    if not (scheme or slash or "." in authority or ":" in authority):
        return None  # a word that somebody is about to search for
    return scheme + authority.rpartition("@")[2] + slash + path


def fits(pattern: str, address: str) -> bool:
    """Whether `pattern` means the page at `address`.

    `example.com` means that host and all below it, `example.com/mail` only what lies under that
    path, a word without a dot every host that contains it. `about:logins` and
    `chrome://settings` are the beginning of an address.
    """
    wanted, there = pattern.strip().lower(), address.lower()
    if not wanted:
        return False
    scheme, rest = _split(wanted)
    if scheme and scheme not in ("http://", "https://"):
        return there.startswith(wanted)
    host, slash, path = rest.partition("/")
    there_host, _, there_path = _split(there)[1].partition("/")
    return _same_host(host, _without_port(there_host, host)) and (
        not slash or _lies_under(path.rstrip("/"), there_path)
    )


def _split(text: str) -> tuple[str, str]:
    """Scheme with its colon (empty where there is none), and the rest."""
    found = _SCHEME.match(text.lower()) or _INNER.match(text.lower())
    return (text[: found.end()].lower(), text[found.end() :]) if found else ("", text)


def _without_port(there: str, host: str) -> str:
    return there if ":" in host else there.partition(":")[0]


def _same_host(host: str, there: str) -> bool:
    if "." not in host and host != "localhost":
        return host in there
    bare = host.removeprefix("www.")  # browsers leave it out when they show an address
    return there == bare or there.endswith("." + bare)


def _lies_under(path: str, there: str) -> bool:
    return not path or there == path or there.startswith(path + "/")
