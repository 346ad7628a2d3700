"""What is believed of a browser's windows, and what is not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from mirrordesk.capture import pages
from mirrordesk.capture.accessibility import FOCUSED, REST_S, Accessibility, Node, Silent
from mirrordesk.capture.pages import SETTLED_S, Pages, mode
from mirrordesk.records import Box, Window

PID = 4711
APP = Node(":1.7", "/root")


class FakeService(Accessibility):
    """A browser's side of the service: the names of its windows by path, and one address."""

    def __init__(self, session: str) -> None:
        self.names: dict[str, str] = {}
        self.address = "example.com/inbox?token=s3cret"
        self.states_of_address: set[int] = set()
        self.is_silent = False
        self.asked = 0

    def programs(self) -> dict[int, Node]:
        self.asked += 1
        if self.is_silent:
            raise Silent
        return {PID: APP}

    def children(self, node: Node) -> list[Node]:
        if node == APP:
            return [Node(APP.bus, path) for path in self.names]
        inner = {"/view": "/field"}.get(node.path, "/view")
        return [Node(APP.bus, inner)] if node.path != "/field" else []

    def name(self, node: Node) -> str:
        return self.names[node.path]

    def attribute(self, node: Node, name: str) -> str:
        chromium = {"/view": "LocationBarView", "/field": "OmniboxViewViews"}
        gecko = {"/view": "nav-bar", "/field": "urlbar-input"}
        return {"class": chromium, "id": gecko}[name].get(node.path, "")

    def states(self, node: Node) -> set[int]:
        return self.states_of_address

    def text(self, node: Node) -> str:
        if self.is_silent:
            raise Silent
        return self.address

    def close(self) -> None:
        pass


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> FakeService:
    only = FakeService("")
    monkeypatch.setattr(pages, "Accessibility", lambda session: only)
    return only


@pytest.fixture
def browser(clock: Clock, service: FakeService) -> Pages:
    return Pages("", clock)


def window(title: str, handle: int = 1, *, app: str = "chromium", pid: int = PID) -> Window:
    return Window(handle, app, title, pid, Box(0, 0, 100, 100))


def settled(browser: Pages, clock: Clock, *windows: Window) -> list[Window]:
    """The windows after two looks that are far enough apart."""
    browser.complete(windows)
    clock.now_s += SETTLED_S
    browser.complete(windows)
    return browser.complete(windows)


@pytest.mark.parametrize(
    ("name", "title", "private"),
    [
        ("A page - Chromium", "A page - Chromium", False),
        ("A page - Chromium - Anna", "A page - Chromium", False),
        ("A page - Audio playing - Chromium", "A page - Chromium", False),
        ("A page - Chromium (Incognito)", "A page - Chromium", True),
        ("Eine Seite - Google Chrome (Inkognito)", "Eine Seite - Google Chrome", True),
        ("ページ - Chromium（シークレット モード）", "ページ - Chromium", True),
        ("A page - Audio playing - Brave (Private)", "A page - Brave", True),
        ("About - Chromium - Chromium", "About - Chromium - Chromium", False),
        ("About - Chromium - Chromium (Incognito)", "About - Chromium - Chromium", True),
        ("DevTools", "DevTools", False),
        ("DevTools (Incognito)", "DevTools", True),
        ("Another page - Chromium", "A page - Chromium", None),
        ("A page", "A page - Chromium", None),
        ("A page - Chromium - Incognito", "A page - Chromium", True),
        ("A page - Chromium, zweites Fenster", "A page - Chromium", None),
    ],
)
def test_the_mark_stands_behind_the_name_of_the_browser(
    name: str, title: str, private: bool | None
) -> None:
    assert mode(name, title) is private


def test_an_ordinary_window_is_believed_after_two_looks_and_a_private_one_at_once(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    service.names = {"/1": "A - Chromium", "/2": "B - Chromium (Incognito)"}
    ordinary, private = window("A - Chromium", 1), window("B - Chromium", 2)
    assert [w.private for w in browser.complete([ordinary, private])] == [None, True]
    assert browser.trouble == "chromium must start anew to tell which windows are private"
    clock.now_s += SETTLED_S
    assert [w.private for w in browser.complete([ordinary, private])] == [False, True]
    assert browser.trouble == ""


def test_a_private_window_is_not_taken_for_a_hidden_one_whose_title_it_has_just_got(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    """Its new name has not arrived yet; a minimised ordinary window bears the same."""
    service.names = {"/hidden": "A - Chromium", "/private": "B - Chromium (Incognito)"}
    turned = window("A - Chromium", 2)
    assert browser.complete([turned])[0].private is None
    service.names["/private"] = "A - Chromium (Incognito)"
    assert [w.private for w in settled(browser, clock, turned)] == [None]


def test_two_windows_of_one_title_need_two_names_that_agree(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    twins = window("A - Chromium", 1), window("A - Chromium", 2)
    service.names = {"/1": "A - Chromium"}
    assert [w.private for w in settled(browser, clock, *twins)] == [None, None]
    service.names = {"/1": "A - Chromium", "/2": "A - Chromium"}
    assert [w.private for w in settled(browser, clock, *twins)] == [False, False]
    assert [w.url for w in settled(browser, clock, *twins)] == [None, None]  # whose would it be?


def test_what_is_known_of_a_window_holds_as_long_as_it_is_there(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    service.names = {"/1": "A - Chromium"}
    (known,) = settled(browser, clock, window("A - Chromium"))
    assert (known.private, known.url) == (False, "example.com/inbox")
    (changing,) = browser.complete([window("elsewhere - Chromium")])
    assert (changing.private, changing.url) == (False, None)  # whose address would it be?
    service.is_silent = True
    (silent,) = browser.complete([window("elsewhere - Chromium")])
    assert (silent.private, silent.url) == (False, None)
    browser.complete([])  # closed; the next of that number is another window
    assert browser.complete([window("A - Chromium")])[0].private is None


def test_while_somebody_types_an_address_none_is_told(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    service.names = {"/1": "A - Chromium"}
    service.states_of_address = {FOCUSED}
    assert settled(browser, clock, window("A - Chromium"))[0].url is None
    service.states_of_address = set()
    assert browser.complete([window("A - Chromium")])[0].url == "example.com/inbox"


def test_a_service_that_does_not_answer_is_left_alone_for_a_while(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    service.is_silent = True
    for _ in range(3):
        assert browser.complete([window("A - Chromium")])[0].private is None
    assert service.asked == 1
    clock.now_s += REST_S
    browser.complete([window("A - Chromium")])
    assert service.asked == 2


def test_firefox_tells_its_address_and_its_mode_is_left_to_the_title(
    browser: Pages, clock: Clock, service: FakeService
) -> None:
    service.names = {"/1": "A — Mozilla Firefox", "/2": "B — Mozilla Firefox Private Browsing"}
    ordinary = window("A — Mozilla Firefox", 1, app="firefox-esr")
    private = window("B — Mozilla Firefox Private Browsing", 2, app="firefox-esr")
    found = settled(browser, clock, ordinary, private)
    assert [w.private for w in found] == [None, None]
    assert found[0].url == "example.com/inbox"


def test_other_programs_and_menus_are_left_as_they_are(
    browser: Pages, service: FakeService
) -> None:
    windows = [window("a shell", app="xterm"), window("", 2), window("A", 3, app="qutebrowser")]
    assert browser.complete(windows) == windows
    assert service.asked == 0
    assert browser.trouble == ""


@pytest.fixture
def incognito() -> Iterator[int]:
    """A process whose command line asks for private windows."""
    command = [sys.executable, "-c", "input()", "--incognito"]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_a_process_that_was_started_private_is_so_unless_its_window_says_otherwise(
    browser: Pages, clock: Clock, service: FakeService, incognito: int
) -> None:
    asked = window("A - Chromium", pid=incognito)
    assert browser.complete([asked])[0].private is True
    epiphany = window("A", 2, app="epiphany", pid=incognito)
    assert browser.complete([epiphany])[0].private is True
    service.programs = lambda: {incognito: APP}  # type: ignore[method-assign]
    service.names = {"/1": "A - Chromium"}
    assert settled(browser, clock, asked)[0].private is False


def test_without_a_session_bus_nothing_is_told() -> None:
    lonely = Pages("unix:path=/nowhere/bus")
    assert lonely.complete([window("A - Chromium")])[0].private is None
    assert "at-spi2-core" in lonely.trouble
    lonely.close()
