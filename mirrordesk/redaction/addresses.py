"""Addresses that open something for whoever has them: their private part, and nothing else of them.

The host and the path stay, so that one still finds where it was.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mirrordesk.redaction import chance
from mirrordesk.redaction.spans import Secret, Span

LEAST_RANDOM = 16  # letters and digits of a value whose name says nothing

_ADDRESS = re.compile(
    r"""(?:(?:[a-z][a-z+.-]{1,20}\s?:\s?/\s?/|www\.)\S+        # scheme
    | (?<![\w@./-])(?:[\w-]+\.)+[a-z]{2,12}(?::\d+)?[/?]\S+    # as browsers show it
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_PARAMETER = re.compile(r"[?&#;](?P<name>[\w.\[\]%-]{1,40})=(?P<value>[^&#;\s\"'<>]+)")
# "?" and "&" get lost or misread; a name that says it all is enough
_TELLING = re.compile(
    r"(?<![A-Za-z])(?P<name>(?:access|id|refresh|auth|reset|csrf|invite)?_?token|x-(?:amz|goog)-signature"
    r"|x-amz-security-token|x-amz-credential|sig|signature|client_secret|api_?key|auth_?key)"
    r"=(?P<value>[^&#;\s\"'<>]{6,})",
    re.IGNORECASE,
)
_PRIVATE = re.compile(
    r"(?:.*[_.\-])?(?:.*token|.*secret|.*signature|.*credential|.*passw(?:or)?d|pwd|pass|pw|sig|hmac|jwt"
    r"|auth|authorization|.*api_?key|.*access_?key\w*|auth_?key|key|ticket|otp|code|session|session_?id"
    r"|.*sid|sess|invite|invitation|magic|reset|verification|verify|confirm|confirmation|hash|nonce"
    r"|assertion|saml\w*|cookie|sso|grant|challenge|login_?hint|h|t|k)",
    re.IGNORECASE,
)
_SURELY = re.compile(
    r".*(?:token|secret|signature|passw|pwd|credential|api_?key|jwt|otp|sig$)", re.IGNORECASE
)
_PASSWORD = re.compile(r"/\s?/[^\s/@:]*:(?P<value>[^\s@]+)@")
# After one of these words in its path, what looks made up is a key
_OPENING = re.compile(
    r"/(?:\w*(?:reset|invit|verif|confirm|magic|activat|unsubscrib|token|shar|join|auth|login|signin|sso"
    r"|session|password|passwd|recover|onboard|hook)\w*|services|[sirtk])(?P<rest>/[^\s?#]+)",
    re.IGNORECASE,
)
_SEGMENT = re.compile(r"[^/]+")


def find(text: str) -> Iterator[Span]:
    """The private parts of every address."""
    for address in _ADDRESS.finditer(text):
        first, last = address.span()
        yield from _password(text, first, last)
        yield from _parameters(text, first, last)
        yield from _segments(text, first, last)
    for match in _TELLING.finditer(text):
        value = match["value"].rstrip(chance.MARGIN)
        if chance.is_key(value) or (chance.is_hex(value) and len(value) >= LEAST_RANDOM):
            yield _value(text, match.start("value"), match.end("value"))


def _password(text: str, first: int, last: int) -> Iterator[Span]:
    match = _PASSWORD.search(text, first, last)
    if match and not match["value"].startswith(("$", "{", "<")):
        yield Span(*match.span("value"), Secret.PASSWORD)


def _parameters(text: str, first: int, last: int) -> Iterator[Span]:
    for match in _PARAMETER.finditer(text, first, last):
        if _is_private(match["name"], match["value"]):
            yield _value(text, match.start("value"), match.end("value"))


def _is_private(name: str, value: str) -> bool:
    if _SURELY.fullmatch(name) or _SURELY.match(name):
        return len(value) >= 4
    if _PRIVATE.fullmatch(name):
        return len(chance.body(value)) >= 6 and any(map(str.isdigit, value))
    return chance.is_random(value, LEAST_RANDOM)


def _segments(text: str, first: int, last: int) -> Iterator[Span]:
    match = _OPENING.search(text, first, last)
    if not match:
        return
    for segment in _SEGMENT.finditer(text, *match.span("rest")):
        if _is_made_up(segment[0]):
            yield _value(text, *segment.span())


def _is_made_up(segment: str) -> bool:
    """Whether a part of a path is no word, number, date or name of a file."""
    inner = chance.body(segment)
    has_both = any(map(str.isdigit, inner)) and any(map(str.isalpha, inner))
    if "." in segment.rstrip(chance.MARGIN) or len(inner) < 8 or chance.worded(inner) >= 0.5:
        return False
    return (chance.is_hex(inner) and len(inner) >= 16) or (
        has_both and chance.changes(inner) >= 0.25
    )


def _value(text: str, start: int, end: int) -> Span:
    end = start + len(text[start:end].rstrip(chance.MARGIN))
    return Span(start, chance.continued(text, end), Secret.KEY)
