"""The lists that come with MirrorDesk, and how browsers show that a window is private."""

from __future__ import annotations

from datetime import datetime

import pytest

from mirrordesk.rules import shipped
from mirrordesk.rules.book import RuleBook
from mirrordesk.rules.browsers import is_browser, is_chromium, is_private, starts_private
from mirrordesk.rules.rule import Facts

SHIPPED = RuleBook.of(rules=(), apps=(), titles=(), lists=tuple(shipped.LISTS), trusted=())


def covered(app: str, title: str, url: str | None = None, told: bool | None = None) -> bool | None:
    private = is_private(app, title, told)
    return SHIPPED.covers(Facts(app, title, url, private, "monitor-1", datetime(2026, 11, 21)))


@pytest.mark.parametrize(
    ("app", "title", "url"),
    [
        ("keepassxc", "Passwords.kdbx - KeePassXC", None),
        ("java (KeePass)", "database", None),
        ("1password", "All Items — 1Password", None),
        ("pinentry-gtk-2", "", None),
        ("polkit-gnome-authentication-agent-1", "Authenticate", None),
        ("chromium", "Bitwarden", "chrome-extension://nngceckbapebfimnlniiiahkandclblb/popup"),
        ("firefox", "My vault | Vaultwarden — Mozilla Firefox", None),
        ("chromium", "Password Manager - Chromium", "chrome://password-manager/passwords"),
        ("firefox", "Passwords — Mozilla Firefox", "about:logins"),
        ("gnucash", "accounts.gnucash", None),
        ("firefox", "Online-Banking | Sparkasse — Mozilla Firefox", None),
        ("firefox-esr", "PayPal: Summary — Mozilla Firefox", None),
        ("firefox", "Accueil — BNP Paribas — Mozilla Firefox", None),
        ("chromium", "Your account - Chromium", "secure.chase.com/dashboard"),
        ("chromium", "Übersicht - Chromium", "banking.ing.de/app/obligo"),
        ("brave", "Account - Brave", "wise.com/home"),
    ],
)
def test_vaults_and_banks_are_covered(app: str, title: str, url: str | None) -> None:
    assert covered(app, title, url, told=False) is True


@pytest.mark.parametrize(
    ("app", "title", "url"),
    [
        ("mousepad", "onlinebanking.py", None),
        ("code (Code)", "paypal.ts - shop - Visual Studio Code", None),
        ("firefox", "How rivers build their banks — Mozilla Firefox", None),
        ("chromium", "Bank holidays - Chromium", "gov.uk/bank-holidays"),
        ("chromium", "notching.com - Chromium", "notching.com"),
        ("xterm", "vim editor", None),
    ],
)
def test_what_only_looks_like_one_is_not(app: str, title: str, url: str | None) -> None:
    assert covered(app, title, url, told=False) is False


@pytest.mark.parametrize(
    "title",
    [
        "a page — Mozilla Firefox Private Browsing",  # English
        "eine Seite – Mozilla Firefox Privater Modus",
        "une page — Navigation privée de Mozilla Firefox",
        "una página — Mozilla Firefox (Navegación privada)",
        "una pàgina - Mozilla Firefox (Navegació privada)",
        "uma página — Navegação Privada Mozilla Firefox",
        "una pagina — Mozilla Firefox Navigazione anonima",
        "en side — Mozilla Firefox Privat nettlesing",
        "o pagină - Mozilla Firefox (Modus privat)",
        "ページ — Mozilla Firefox (プライベート ブラウジング)",
        "asebter - Mozilla Firefox (Tunigin Tusligt)",  # Kabyle, which no list here knows
        "tsebe - Mozilla Firefox (Patlo ya Poraefete)",
    ],
)
def test_firefox_tells_private_windows_in_every_language(title: str) -> None:
    assert covered("firefox", title) in (True, None)
    assert covered("firefox-esr", title) in (True, None)


@pytest.mark.parametrize(
    ("app", "title"),
    [
        ("firefox", "a page — Mozilla Firefox"),
        ("firefox-esr", "eine Seite – Mozilla Firefox"),
        ("firefox", "Mozilla Firefox"),
        ("firefox", "a page - another — Anna — Mozilla Firefox"),
        ("librewolf", "a page — LibreWolf"),
        ("firefox", ""),  # a menu
        ("epiphany", "a page"),
    ],
)
def test_an_ordinary_window_is_recorded(app: str, title: str) -> None:
    assert covered(app, title) is False


def test_a_window_of_firefox_that_does_not_bear_its_name_cannot_be_told() -> None:
    assert covered("firefox", "Picture-in-Picture") is None


@pytest.mark.parametrize(
    "app",
    ["chromium", "google-chrome", "brave", "vivaldi-bin", "msedge", "opera", "yandex_browser"],
)
def test_a_window_of_chromium_cannot_be_told_unless_something_tells(app: str) -> None:
    assert is_browser(app)
    assert is_chromium(app)
    assert covered(app, "a page - Browser") is None
    assert covered(app, "a page - Browser", told=False) is False
    assert covered(app, "a page - Browser", told=True) is True


def test_edge_says_it_in_the_title_and_tor_browser_is_always_private() -> None:
    assert covered("msedge (Microsoft-edge)", "a page - [InPrivate] - Microsoft Edge", None, False)
    assert covered("firefox.real (Tor Browser)", "a page — Tor Browser", told=False)
    assert covered("mullvadbrowser (Mullvad Browser)", "a page — Mullvad Browser")


@pytest.mark.parametrize(
    "app", ["mousepad", "xterm", "editor", "dia", "storage", "code", "yandex-disk"]
)
def test_other_programs_are_no_browsers(app: str) -> None:
    assert not is_browser(app)
    assert covered(app, "a window") is False


@pytest.mark.parametrize(
    ("command", "private"),
    [
        (["chromium", "--incognito"], True),
        (["/opt/microsoft/msedge/msedge", "--inprivate", "example.com"], True),
        (["epiphany", "--incognito-mode"], True),
        (["firefox", "-private-window", "example.com"], True),
        (["brave", "--tor"], True),
        (["chromium", "https://example.com/--incognito"], False),
        (["chromium", "--no-first-run"], False),
        ([], False),
    ],
)
def test_a_command_line_may_ask_for_private_windows(command: list[str], private: bool) -> None:
    assert starts_private(command) is private


def test_no_pattern_of_a_shipped_list_is_empty_or_in_capitals() -> None:
    for rules in shipped.LISTS.values():
        for rule in rules:
            for word in (*rule.apps, *rule.titles, *rule.urls):
                assert word.strip()
                assert word == word.casefold()
