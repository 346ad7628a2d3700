"""Addresses of pages in one form each, without what changes from visit to visit."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

_TRACKING = re.compile(
    r"utm_\w+|[gfm]clid|dclid|msclkid|mc_[ce]id|yclid|_ga|_gl|igshid|ref_src|spm|si|"
    r"(?:j|php|asp)?_?session_?(?:id)?|jsessionid|phpsessid|sid|s?token|access_token|id_token|auth",
    re.IGNORECASE,
)
_SESSION_PART = re.compile(r";(?:jsessionid|sid|phpsessid)=[^/;]*", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.IGNORECASE)  # no port behind a host
_PORTS = {"http": ":80", "https": ":443"}
_ONE_OF_MANY = re.compile(r"\d+|[0-9a-fA-F-]{8,}|.{40,}")  # a number, a hash, a whole title
_PARTS = 3  # of a path that name a kind of page


def canonical(url: str) -> str | None:
    """The address with scheme, host in small letters, path and what of the query matters.

    None for what is no page of the web. Browsers may leave out `https://` when they show one.
    """
    text = url.strip() if _SCHEME.match(url.strip()) else f"https://{url.strip()}"
    try:
        scheme, authority, path, query, _ = urlsplit(text)
    except ValueError:  # an address of IPv6 with half of its brackets
        return None
    scheme, host = scheme.lower(), authority.rpartition("@")[2].lower()
    host = host.removesuffix(_PORTS.get(scheme, ""))
    if scheme not in _PORTS or not host or any(c.isspace() for c in text):
        return None
    kept = [pair for pair in parse_qsl(query) if not _TRACKING.fullmatch(pair[0])]
    path = quote(unquote(_SESSION_PART.sub("", path)), safe="/:@!$&'()*+,;=~-._") or "/"
    return urlunsplit((scheme, host, path, urlencode(sorted(kept)), ""))


def kind(url: str) -> str:
    """Host and first parts of the path, up to one that names one of many: `shop.example/orders`."""
    page = urlsplit(url)
    parts = []
    for part in page.path.split("/")[1:]:
        if not part or _ONE_OF_MANY.fullmatch(part):
            break
        parts.append(part)
    return "/".join([page.netloc.removeprefix("www."), *parts[:_PARTS]])
