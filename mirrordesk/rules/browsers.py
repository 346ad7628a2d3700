"""Browsers, and how each shows that a window is private.

Gecko says it in the title, in the browser's language; an ordinary window's title ends with the
bare name of the browser in every language. Chromium says nothing in the title: there the window
system or the accessibility service has to tell, or nobody can.
"""

from __future__ import annotations

import re

CHROMIUM = frozenset(
    (
        "chromium", "chrome", "brave", "vivaldi", "msedge", "edge", "opera", "yandex_browser",
        "thorium", "iridium", "slimjet", "cromite", "helium", "whale",
    )
)  # fmt: skip
GECKO = frozenset(
    (
        "firefox", "librewolf", "waterfox", "floorp", "zen", "mullvad", "palemoon", "basilisk",
        "seamonkey", "icecat", "iceweasel", "tor",
    )
)  # fmt: skip
# They say it in the title or by how their process was started.
OTHERS = frozenset(
    (
        "epiphany", "falkon", "konqueror", "qutebrowser", "midori", "otter", "nyxt", "luakit",
        "dillo", "netsurf", "angelfish", "eolie", "ladybird",
    )
)  # fmt: skip
# They say it nowhere.
SILENT = frozenset(("safari",))

# Browsers that are private by design.
ALWAYS_PRIVATE = ("tor browser", "torbrowser", "tor-browser", "mullvad browser", "mullvadbrowser")

# What stands in a private window's title, whichever browser it is; in any case.
PRIVATE_MARKS = (
    "incognito", "inprivate", "private window", "private mode",
    "private browsing",       # Firefox, English
    "privater modus", "privates fenster", "privates surfen",  # German
    "navigation privée",      # French
    "navegación privada", "navegació privada", "navegación anónima", "navegação privada",
    "navegação privativa", "navegación de incógnito", "navegação anônima",  # Iberian languages
    "navigazione anonima", "navigazione privata", "navigazione in incognito",  # Italian
    "privénavigatie", "privénavigeren", "privé-navigatie",  # Dutch
    "tryb prywatny", "prywatne przeglądanie", "przeglądanie prywatne",  # Polish
    "приватный просмотр", "приватное окно", "частный просмотр", "приватний перегляд",
    "privat browsing", "privat nettlesing", "privat surfning", "privat surfing", "privatläge",
    "privat browsertilstand", "privat vindu",  # Scandinavian languages
    "yksityinen selaus", "yksityinen ikkuna", "yksityinen selaustila",  # Finnish
    "anonymní prohlížení", "anonymní režim", "súkromné prehliadanie",  # Czech, Slovak
    "privát böngészés", "inkognitó", "privatno pregledavanje", "zasebno brskanje",
    "navigare privată", "modus privat", "поверително сърфиране", "ιδιωτική περιήγηση",
    "gizli gezinti", "gizli mod",  # Turkish
    "プライベートブラウジング", "プライベート ブラウジング", "プライベートウィンドウ",
    "隐私浏览", "隐私窗口", "无痕", "隱私瀏覽", "無痕",  # Chinese
    "사생활 보호", "사생활보호", "시크릿",  # Korean
    "inkognito", "シークレット", "गुप्त", "गोपनीय", "התחברות פרטית", "גלישה פרטית", "تصفح خاص",
    "التصفح الخاص", "duyệt web riêng tư", "penjelajahan pribadi", "การเรียกดูแบบส่วนตัว",
)  # fmt: skip

# How a process is told to be private from its first window on.
PRIVATE_SWITCHES = frozenset(
    (
        "incognito", "inprivate", "private", "private-window", "private-browsing",
        "incognito-mode", "tor",
    )
)  # fmt: skip

# Full names that end the title of an ordinary window of Gecko.
_GECKO_NAMES = frozenset(
    (
        "mozilla firefox", "firefox", "firefox developer edition", "firefox nightly", "nightly",
        "firefox esr", "mozilla firefox esr", "librewolf", "waterfox", "floorp", "ablaze floorp",
        "zen browser", "zen", "pale moon", "basilisk", "seamonkey", "gnu icecat", "icecat",
        "iceweasel",
    )
)  # fmt: skip
_DASH = re.compile(r"\s[-–—]\s")


def is_browser(app: str) -> bool:
    """Whether the program is one of the browsers known here."""
    return bool(_tokens(app) & (CHROMIUM | GECKO | OTHERS | SILENT)) or _is_always_private(app)


def is_chromium(app: str) -> bool:
    """Whether its windows carry no mark of their mode in the title."""
    return bool(_tokens(app) & CHROMIUM) and not _is_always_private(app)


def is_gecko(app: str) -> bool:
    """Whether it is Firefox or one of its kin."""
    return bool(_tokens(app) & GECKO)


def bears_mark(text: str) -> bool:
    """Whether a word that browsers put on private windows stands in `text`."""
    folded = text.casefold()
    return any(mark in folded for mark in PRIVATE_MARKS)


def is_private(app: str, title: str, told: bool | None) -> bool | None:
    """Whether a window is private; None where nobody can tell.

    `told` is what the window system or the accessibility service says. A window without a title is
    a menu or a list of suggestions and shares the fate of its program's other windows.
    """
    if told or _is_always_private(app) or bears_mark(title):
        return True
    if not title or told is False:
        return False
    if is_chromium(app) or _tokens(app) & SILENT:
        return None
    if is_gecko(app):
        return False if _DASH.split(title.casefold())[-1].strip() in _GECKO_NAMES else None
    return False


def starts_private(command: list[str]) -> bool:
    """Whether a command line of a browser asks for private windows."""
    switches = (word.lstrip("-").partition("=")[0] for word in command[1:] if word.startswith("-"))
    return any(switch.lower() in PRIVATE_SWITCHES for switch in switches)


def _is_always_private(app: str) -> bool:
    return any(name in app.casefold() for name in ALWAYS_PRIVATE)


def _tokens(app: str) -> set[str]:
    folded = app.casefold()
    return {folded, *re.findall(r"[a-z]+", folded), *re.findall(r"[a-z_]+", folded)}
