"""Passwords, keys and numbers that only the label beside them tells of.

How much it takes to believe a label follows how it is bound to the value: a sign (`password: x`)
says it all, a verb or mere nearness (`the password is x`, a label in the cell above) wants a value
that looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mirrordesk.redaction import chance
from mirrordesk.redaction.spans import Secret, Span

_PASSWORD = (
    r"(?:pass\s?-?w[o0]r[dt]|passwd|pass\s?phrase|pass\s?code|passwort|kennwort|pwd|psk|pw|pass"
    r"|mot\s+de\s+passe|contrase(?:ñ|n)a|clave|senha|wachtwoord|has[łl]o|parola|lösenord|adgangskode"
    r"|salasana|şifre|heslo|пароль|密码|密碼|口令|パスワード|비밀번호|암호"
    r"|(?:wi-?fi|wlan|wireless|network|wpa2?|encryption|recovery|unlock|boot)[\s_-]*(?:pass\s?)?key)"
)
_KEY = (
    r"(?:[a-z]*_?api[\s_-]*keys?|(?:[\w]+[\s_-])*(?:secret|private|access|signing|encryption|master|service"
    r"|client|consumer|storage|shared|account|deploy|license|licence|setup|auth\w*)[\s_-]*(?:access[\s_-]*)?"
    r"(?:key|secret|token|id)s?|\w*secrets?(?:[\s_-]*(?:key|token|id))?|\w*tokens?|bearer|credentials?"
    r"|\w*session_?id|jsessionid|phpsessid|connect\.sid|(?:set-)?cookie|webhook(?:[\s_-]*(?:url|secret))?"
    r"|(?:rotated|new|old|the|my|our|your|this|ssh|gpg|hmac|aes)[\s_-]+key|\w+_key|\w*apikey|keys?)"
)
_BOUND = r"""(?P<bound>[\s"'`”\])*]*(?:\(\w+\))?(?::=|=>|->|→|⇒|:|=|：)[\s*]*|["'`”]?\s+)"""
_VERB = r"(?P<verb>\s*(?:is|was|are|ist|lautet|est|es|will\s+be|to|now)(?:\s+now)?\s*:?\s+)"
_VALUE = r"""(?:(?P<quote>["'`“‘])(?P<quoted>[^"'`”’\n]{3,200})|(?P<value>[^\s"'`“”<>]{3,400}))"""

_BEGINS = r"(?<![A-Za-z])"  # also after "_" and digits: DB_PASSWORD
_PASSWORDS = re.compile(
    rf"{_BEGINS}(?P<label>{_PASSWORD})s?(?:_\w+)?(?![A-Za-z])(?:{_VERB}|{_BOUND}){_VALUE}",
    re.IGNORECASE,
)
_KEYS = re.compile(
    rf"{_BEGINS}(?P<label>{_KEY})(?![A-Za-z])(?:{_VERB}|{_BOUND}){_VALUE}", re.IGNORECASE
)
_AUTHORIZATION = re.compile(
    r"(?:authorization|x-api-key|x-auth-token)[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic|token|digest|apikey)\s+)?"
    r"(?P<value>[^\s\"']{8,})|\bbearer\s+(?P<bearer>[\w.~+/-]{16,}=*)",
    re.IGNORECASE,
)
_OPTIONS = re.compile(
    r"(?:\bsshpass\b[^|\n]*?\s-p\s?|\b(?:mysql|mysqldump|mariadb|mongosh?|docker\s+login|podman\s+login|redis-cli)\b"
    r"[^|\n]*?\s(?:-p|-a\s)|\bcurl\b[^|\n]*?\s(?:-u|--user)[\s=][\"']?[^\s:\"']+:)(?P<value>[^\s\"'-][^\s\"']{3,})"
)
_DIGITS = re.compile(
    r"(?<![A-Za-z-])(?:cvv2?|cvc2?|cid|card\s+(?:security\s+)?code|security\s+code|pin(?:\s*-?code)?|puk2?|geheimzahl"
    r"|prüfziffer)(?:\s+(?:is|ist|code|number|no\.?))?\s*[:=]?\s*(?P<value>\d{3,8})(?![\w.,%:/-]*\d)",
    re.IGNORECASE,
)
# Keys that are none, as the word before tells
_OTHER = re.compile(
    r"(?:public|primary|foreign|sort|partition|cache|hot|shortcut|arrow|press|map|dict|object|sub|natural"
    r"|composite|candidate|any|enter|escape|delete|function|control|shift|max|min|num|total|prompt"
    r"|completion|input|output)[\s_-]*$",
    re.IGNORECASE,
)
_NO_VALUE = frozenset(
    """
    required optional forgot forgotten forget lost show hide hidden none null nil undefined true
    false yes no on off string str bytes text any bool int object enter type your new old current
    confirm repeat retype reenter change reset update set save saved incorrect wrong invalid
    must should can cannot is are was were be been has have had not and or for from the a an to
    in of at by with without manager managers protected field fields hint policy rules strength
    weak strong fair good length generator generate example placeholder redacted masked unknown
    empty default expired expires changed again copied copy here below above only please
    password passwords passwort username user email login sign submit cancel continue next back
    ok okay done help more edit view remove delete add minimum maximum between characters
    requirements authentication recovery last never ago vergessen anzeigen erforderlich ändern
    eingeben oublié obligatoire requis olvidada obligatorio input getpass getenv environ await
    async return self this const var let def function import
    """.split()  # noqa: SIM905  words read better than a hundred quoted strings
)
_CODE = re.compile(
    r"[\w.$\[\]]*\(.*|\$\{?\w*.*|\{\{?.*|<.*|%\(.*|(?:process|os|env|self|this|settings|config|secrets|vars|params"
    r"|request|req|data|user|args|options|props|state|form)\b[.\[].*|[A-Za-z_]+(?:\.[A-Za-z_]+)+;?|[a-z_]+_(?:password|passwd|token|secret|key)|.*[•●∙*]{3}.*"
    r"|[xX*•●.…_-]+|\[.*\]?"
)
_PAIR = re.compile(r"[&;](?=[\w.-]+=)|;$")


def find(text: str) -> Iterator[Span]:
    """Every value that a label beside it makes a secret."""
    for match in _PASSWORDS.finditer(text):
        yield from _password(text, match)
    for match in _KEYS.finditer(text):
        yield from _key(text, match)
    for match in (*_AUTHORIZATION.finditer(text), *_OPTIONS.finditer(text)):
        group = "value" if match["value"] else "bearer"
        start, end = _bare(text, *match.span(group))
        if not _CODE.fullmatch(text[start:end]):
            yield Span(start, chance.continued(text, end), Secret.KEY)
    for match in _DIGITS.finditer(text):
        yield Span(*match.span("value"), Secret.CODE)


def _password(text: str, match: re.Match[str]) -> Iterator[Span]:
    start, end = _value(text, match)
    value = text[start:end]
    if _is_no_value(value):
        return
    short = match["label"].lower() in ("pass", "pw", "clave", "parola")
    if not _is_bound(match):
        if chance.is_password(value) and match["label"].lower() not in ("pass", "clave"):
            yield Span(start, end, Secret.PASSWORD)
    elif len(value) >= 4 and not (short and not chance.is_password(value)):
        several = "phrase" in match["label"].lower() or match["quote"]
        end = _sentence(text, end) if several else chance.continued(text, end)
        yield Span(start, end, Secret.PASSWORD)


def _key(text: str, match: re.Match[str]) -> Iterator[Span]:
    start, end = _value(text, match)
    value = text[start:end]
    if _is_no_value(value) or _OTHER.search(text, 0, match.start("label")):
        return
    if _is_believed(value, match["label"], bound=_is_bound(match)):
        yield Span(start, chance.continued(text, end), Secret.KEY)


def _is_believed(value: str, label: str, *, bound: bool) -> bool:
    """Whether a value is a key; "key" alone says less than any longer label."""
    if label.lower() in ("key", "keys"):
        return chance.is_random(value, 12)
    if chance.is_hex(value) and len(value) >= 16:
        return True
    return chance.is_key(value) and (bound or (len(value) >= 12 and chance.changes(value) >= 0.3))


def _is_bound(match: re.Match[str]) -> bool:
    """Whether a sign in the same line binds value and label."""
    bound = match["bound"] or ""
    return "\n" not in bound and any(sign in bound for sign in ":=→⇒>：")


def _value(text: str, match: re.Match[str]) -> tuple[int, int]:
    if match["quote"]:
        return match.span("quoted")
    return _bare(text, *match.span("value"))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """A value without the pair that follows it and the signs that end a sentence."""
    if pair := _PAIR.search(text, start, end):
        end = pair.start()
    return start, start + len(text[start:end].rstrip(chance.MARGIN))


def _sentence(text: str, end: int) -> int:
    """The end of the line: a phrase has spaces."""
    stop = re.compile(r"[\n\t\"'`]").search(text, end)
    return stop.start() if stop else len(text)


def _is_no_value(value: str) -> bool:
    return value.lower().strip(chance.MARGIN + "-_*") in _NO_VALUE or bool(_CODE.fullmatch(value))


_CELL = re.compile(rf"\W*(?:[\w'-]+\s+){{0,3}}(?:{_PASSWORD}|{_KEY})(?:\s+\w+)?\W*", re.IGNORECASE)


def is_label(cell: str) -> bool:
    """Whether a text is a label and nothing else, so that its value stands beside or below."""
    return len(cell) <= 40 and bool(_CELL.fullmatch(cell))
