"""Keys and tokens that tell by themselves that they are: by how they begin, or by being random.

The patterns of detect-secrets come first. They are exact, and a screen is not: letters get
confused, signs lost, spaces put in, and samples are shorter than real keys. So beginnings are
looked for here, too, with whatever follows.
"""

from __future__ import annotations

import functools
import importlib
import re
from collections.abc import Callable, Iterator

from mirrordesk.redaction import chance
from mirrordesk.redaction.spans import Secret, Span

LEAST_RANDOM = 20  # letters and digits of a key that nothing else tells of
LEAST_NAMED = 16  # … after a beginning such as "acme_live_"
LEAST_HEX = 24
LEAST_SEEN = 4  # before a space that OCR has put in
LEAST_KNOWN = 8  # … after one that a vendor is known for

# Plugins of detect-secrets whose patterns name a vendor; the others judge by entropy or by labels
_VENDORS = """azure_storage_key discord github_token gitlab_token mailchimp npm openai
    pypi_token sendgrid slack square_oauth stripe telegram_token twilio""".split()  # noqa: SIM905
# No word begins so, and what follows is a key if a digit is in it
_DISTINCT = """
    sk-proj- sk-ant- sk-svcacct- sk-admin- sk-or-v1- sk_live_ sk_test_ rk_live_ rk_test_ pk_live_
    pk_test_ whsec_ ghp_ gho_ ghu_ ghs_ ghr_ github_pat_ glpat- gldt- glrt- glft- glsoat- glcbt-
    glptt- glagent- glsa_ glc_ xoxb- xoxp- xoxa- xoxr- xoxs- xoxo- xoxc- xoxd- xoxe- xoxe. xapp-
    AIza ya29. GOCSPX- SG. rubygems_ dckr_pat_ dckr_oat_ gsk_ xai- pplx- nvapi- tvly- lin_api_
    lin_oauth_ ntn_ figd_ shpat_ shpca_ shppa_ shpss_ sq0atp- sq0csp- sq0idp- dop_v1_ doo_v1_
    dor_v1_ hvs. hvb. hvr. PMAK- NRAK- NRJS- sntrys_ sntryu_ phx_ phc_ sbp_ sb_secret_ pscale_tkn_
    pscale_pw_ tskey- ATATT3x ATBB atlasv1. dp.pt. dp.st. dp.ct. CLOJARS_ AGE-SECRET-KEY- r8_ fm2_
    vercel_blob_rw_ pypi-AgE npm_ hf_ ddp_ EAACEdEose0cBA AKCp
    ops_ey""".split()  # noqa: SIM905  one list reads better than a hundred quoted strings
# Also how other names begin: what follows must be random
_COMMON = """sk- pk- rk- key- tok- tok_ token_ secret_ sess- sess_ pat_ pat- api_ auth_ bot_ oauth_
    jwt_ fly_ rnd_ dapi EAA LTAI AKID patt""".split()  # noqa: SIM905
_AWS = re.compile(
    r"(?<![A-Za-z0-9])(?:A3T[A-Z0-9]|A[KS][Il1|]A|AB[Il1|]A|ACCA)"
    r"(?:[A-Z0-9lo|]{16,}|\s?(?=[A-Z]*\d)[A-Z0-9lo|]{8,})"
)
_JWT = re.compile(r"(?<![A-Za-z0-9])eyJ[\w-]{8,}(?:\s?[.,]\s?[\w-]{6,}){0,2}[.\w=/+-]*")
_GROUPS = re.compile(
    r"(?<![\w-])(?=[A-Z-]*\d)(?=[\d-]*[A-Z])"
    r"(?:[A-Z0-9]{5}(?:-[A-Z0-9]{5}){3,5}|A3-[A-Z0-9]{6}-[A-Z0-9]{6}(?:-[A-Z0-9]{5}){3,4})(?![\w-])"
)
_FOURS = re.compile(  # base 32 for an authenticator
    r"(?<!\w)(?=[\w ]*(?:[a-zA-Z][2-7]|[2-7][a-zA-Z]))"
    r"(?:(?:[A-Z2-7]{4} ){3,}[A-Z2-7]{2,4}|(?:[a-z2-7]{4} ){3,}[a-z2-7]{2,4})(?!\w)"
)
_NAMED = re.compile(r"(?<![A-Za-z0-9])[a-z]{2,12}(?:[_-][a-z0-9]{2,8}){0,3}[_-]([A-Za-z0-9]{16,})")
_BARE = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9+/_-]{20,}={0,2}")
_TORN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]{8,}(?: [A-Za-z0-9]{8,})+(?![A-Za-z0-9])")
_BODY = r"[A-Za-z0-9_\-\u2013+/.~|]"

_ADDRESS = re.compile(r"(?:https?:|www\.|[\w-]+\.(?:com|org|net|io|dev|de|ai|app|co)\b/)\S*", re.I)
# What is random and no secret: sums, public keys, marks of versions
_PUBLIC = re.compile(
    r"(?:sha-?\d+|md5|integrity|checksum|digest|fingerprint|etag|nonce|commit|ssh-(?:rsa|ed25519|dss)"
    r"|(?:request|trace|correlation|run|build|job)[ -]?id|ecdsa-\S+|AAAA[BCE]3\S*|public key"
    r"|data:\S*;base64,)[\s:=\-\"'(]*$",
    re.I,
)


def find(text: str) -> Iterator[Span]:
    """Every key and token."""
    for span in (*_by_vendor(text), *_by_beginning(text), *_by_chance(text)):
        yield Span(span.start, chance.continued(text, span.end), span.secret)


def _by_vendor(text: str) -> Iterator[Span]:
    for pattern in _patterns():
        yield from map(_key, pattern.finditer(text))


@functools.cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """The patterns alone: the plugins could also ask a vendor whether a key works."""
    found: list[re.Pattern[str]] = []
    for name in _VENDORS:
        module = importlib.import_module(f"detect_secrets.plugins.{name}")
        for kind in vars(module).values():
            if isinstance(kind, type) and kind.__module__ == module.__name__:
                found += kind.denylist  # type: ignore[attr-defined]
    return tuple(found)


def _by_beginning(text: str) -> Iterator[Span]:
    yield from _after(_beginnings(tuple(_DISTINCT), lost=r"|\s"), _may_follow, text)
    yield from _after(_beginnings(tuple(_COMMON), lost=""), _surely_follows, text)
    for pattern in (_AWS, _JWT, _GROUPS, _FOURS):
        yield from map(_key, pattern.finditer(text))


def _after(known: re.Pattern[str], follows: Callable[[str], bool], text: str) -> Iterator[Span]:
    for match in known.finditer(text):
        end = chance.continued(text, match.end())
        inner = text[match.start("body") : end].replace(" ", "")
        is_torn = " " in text[match.start() : match.start("body")]
        if (_surely_follows if is_torn else follows)(inner):
            yield Span(match.start(), max(end, _key(match).end), Secret.KEY)


def _may_follow(inner: str) -> bool:
    """Whether this can be what follows the beginning of a key."""
    digits = sum(map(str.isdigit, inner))
    if len(inner) < LEAST_KNOWN:
        return False
    is_long = len(inner) >= LEAST_NAMED and (_is_mixed(inner) or digits >= 4)
    return is_long or (digits > 0 and chance.worded(inner) < 0.6)


def _is_mixed(inner: str) -> bool:
    return chance.changes(inner) >= 0.25 and chance.worded(inner) < 0.8


def _surely_follows(inner: str) -> bool:
    """… of one whose beginning could be another name's."""
    is_number = chance.is_hex(inner) and len(inner) >= LEAST_HEX
    mixed = chance.changes(inner) >= 0.3 and chance.worded(inner) < 0.7
    return is_number or (len(inner) >= LEAST_NAMED and mixed)


@functools.cache
def _beginnings(known: tuple[str, ...], lost: str) -> re.Pattern[str]:
    """Any of these and what follows, as OCR may have read it; `lost`: what is left of a dash."""
    alternatives = "|".join("".join(_misread(c, lost) for c in each) for each in known)
    return re.compile(
        rf"(?<![A-Za-z0-9])(?:{alternatives})(?P<body>{_BODY}{{{LEAST_SEEN},}}={{0,2}})",
        re.IGNORECASE,
    )


def _misread(character: str, lost: str) -> str:
    if character in "-_":
        return rf"(?:\s?[-_\u2013\u2014]\s?{lost})"
    if character == ".":
        return r"[.,]\s?"
    alike = next((group for group in ("lI1|", "oO0", "sS5") if character in group), "")
    return f"[{alike}]" if alike else re.escape(character)


def _by_chance(text: str) -> Iterator[Span]:
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    for pattern, least in ((_NAMED, LEAST_NAMED), (_BARE, LEAST_RANDOM)):
        for match in pattern.finditer(text):
            inside = any(a <= match.start() and match.end() <= b for a, b in addresses)
            random = chance.is_random(_without_hash(match[match.lastindex or 0]), least)
            if random and not inside and not _PUBLIC.search(text, 0, match.start()):
                yield _key(match)
    for match in _TORN.finditer(text):
        if all(chance.is_random(part, 8) for part in match[0].split()):
            yield _key(match)


def _without_hash(name: str) -> str:
    """A name such as "iccv-2023-64f9a55bb3115b4f513ec026" without its number in base 16."""
    pieces = re.split(r"[-_/]", name)
    return "-".join(p for p in pieces if not (len(p) >= LEAST_NAMED and chance.is_hex(p)))


def _key(match: re.Match[str]) -> Span:
    return Span(match.start(), match.start() + len(match[0].rstrip(chance.MARGIN)), Secret.KEY)
