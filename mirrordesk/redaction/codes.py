"""Codes for one use, beside the words that say so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mirrordesk.redaction.spans import Secret, Span

_KIND = (
    r"(?:verification|verify|security|confirmation|confirm|authentication|authenticator|authorization"
    r"|log-?\s?in|sign-?\s?in|access|one[- ]?time|single[- ]use|2fa|mfa|otp|two-?factor|2-step"
    r"|two-step|sms|activation|pairing|device|login|backup|recovery|unlock|passwordless|magic|temporary|bank)"
)
_SAYS = re.compile(
    rf"""
      {_KIND}\s+(?:pass\s?)?codes?
    | one[- ]?time\s+(?:password|pin|passcode|token)
    | pass\s?code | \b[TH]?OTP\b | \bm?TAN\b
    | (?P<vague>(?:use|enter|type|with|your|the)\s+(?:[\w-]+\s+){{0,3}}code | code\s+(?:is|below))
    | best(?:ä|ae)tigungs-?code | einmal-?(?:code|passwort|kennwort) | sicherheits-?code
    | verifizierungs-?code | zugangs-?code | anmelde-?code | freigabe-?code
    | code\s+de\s+(?:v[ée]rification|s[ée]curit[ée]|confirmation) | mot\s+de\s+passe\s+unique
    | c[óo]digo\s+(?:de\s+)?(?:verificaci[óo]n|seguridad|acceso|confirmaci[óo]n|verifica[çc][ãa]o)
    | codice\s+(?:di\s+)?(?:verifica|sicurezza|accesso) | verificatiecode | beveiligingscode
    | код\s+(?:подтверждения|доступа) | 验证码 | 驗證碼 | 動態密碼 | 动态码 | 認証コード
    | 確認コード | ワンタイム\S{{0,6}} | 인증\s?번호 | 인증\s?코드
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BARE = re.compile(
    r"(?<![\w-])code\s*[:=]\s*(?P<code>\d{6}|\d{3}[ -]\d{3})(?![\w.,%-]*\d)", re.IGNORECASE
)
_OTHER = re.compile(
    r"(?:error|status|exit|zip|post(?:al)?|country|area|source|promo|discount|coupon|voucher|product|item"
    r"|order|tracking|response|bar|qr|sort|swift|char|return|dial|colou?r|http|course|tax|stock)[\s-]*$",
    re.IGNORECASE,
)
_CODE = (
    r"(?<![\w.,/:$€£#+-])(?P<code>[A-Z]-\d{4,8}|\d{3}[ \u2013-]\d{3}|\d{4}[ \u2013-]\d{4}|\d{4,8}"
    r"|\d(?:\s\d){3,7}|[A-Z0-9]{3,5}-[A-Z0-9]{3,5}|[A-Z0-9]{5,10})(?![\w%€$°/:-]|[.,]\d)"
)
_AFTER = re.compile(_CODE)
_BEFORE = re.compile(
    _CODE + r"\s+(?:is|as|ist|est|es)\s+(?:your|the|ihr|dein|votre|su|tu)\b", re.IGNORECASE
)
_NEAR = 60  # characters from the words to the code
_YEAR = re.compile(r"(?:19|20)\d\d")
_G = re.compile(r"(?<![\w-])G-\d{6}(?!\d)")


def find(text: str) -> Iterator[Span]:
    """Every code that the words around it tell of."""
    for says in _SAYS.finditer(text):
        if _OTHER.search(text, 0, says.start()) or _OTHER.search(says[0].removesuffix("code")):
            continue
        for match in _AFTER.finditer(text, says.end(), says.end() + _NEAR):
            aside = "(" in text[says.end() : match.start()]  # as in "(RFC 8628)"
            if not aside and _is_code(match["code"], vague=bool(says["vague"])):
                yield Span(*match.span("code"), Secret.CODE)
                break
    for match in _BEFORE.finditer(text):
        if "code" in text[match.end() : match.end() + _NEAR].lower() and _is_code(
            match["code"], vague=True
        ):
            yield Span(*match.span("code"), Secret.CODE)
    for match in (*_BARE.finditer(text), *_G.finditer(text)):
        if not _OTHER.search(text, 0, match.start()):
            yield Span(*match.span("code" if "code" in match.re.groupindex else 0), Secret.CODE)


def _is_code(written: str, *, vague: bool) -> bool:
    """Whether it can be one; after `vague` words, only of digits: the others are for discounts."""
    digits = sum(map(str.isdigit, written))
    return digits >= (4 if vague else 2) and not _YEAR.fullmatch(written)
