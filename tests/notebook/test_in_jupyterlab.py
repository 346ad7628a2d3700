"""The widget as a person sees it: a real JupyterLab, a real kernel, a real browser."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Error, Locator, expect

from tests.notebook.fakedesk import CHAT, HOSTILE, QUESTION
from tests.notebook.jupyter import Browser, Lab, chromium, jupyter_lab

pytestmark = pytest.mark.desktop

CELL = """
from pathlib import Path
from mirrordesk.notebook import MirrorDesk
from mirrordesk.paths import Profile
from tests.notebook.fakedesk import HOSTILE, TalkingDesk, remembered
profile = Profile.open(Path("memory"))
widget = MirrorDesk(desk=TalkingDesk(profile, remembered(profile, HOSTILE)))
widget
""".strip()
DARK = 80  # the brightest channel of a dark ground, of 255
PATIENCE_MS = 60_000
TRIES = 4
expect.set_options(PATIENCE_MS)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with jupyter_lab(tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture
def browser() -> Iterator[Browser]:
    """A browser; a test that uses it fails where a request left this machine or a script failed."""
    with chromium() as browser:
        yield browser
        assert browser.strangers == []
        assert browser.errors == []


def _show_widget(lab: Lab, browser: Browser, name: str) -> Locator:
    """Open a notebook and run its cell; returns the widget on the page."""
    page = browser.page
    page.goto(lab.notebook(name, CELL))
    page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for()  # the kernel is up
    widget = page.locator(".mirrordesk")
    for _ in range(TRIES):  # a key or a run is lost where JupyterLab still draws or connects
        page.locator(".jp-Cell .cm-content").first.click()
        page.keyboard.press("Shift+Enter")
        with contextlib.suppress(Error):
            widget.wait_for(timeout=PATIENCE_MS / TRIES)
            return widget
    raise AssertionError("JupyterLab does not show the widget.")


def _ask(widget: Locator) -> None:
    """Type the question key by key: no key may reach the notebook's own commands."""
    field = widget.get_by_label("Question")
    field.press_sequentially(QUESTION)
    field.press("Enter")
    expect(widget.get_by_role("heading")).to_have_text(QUESTION)


def _darkest_is_dark(widget: Locator) -> bool:
    ground = widget.evaluate("node => getComputedStyle(node).backgroundColor")
    return max(int(part) for part in ground.strip("rgb()").split(",")) < DARK


def test_a_question_is_answered_with_evidence_to_look_at_and_listen_to(
    lab: Lab, browser: Browser, tmp_path: Path
) -> None:
    page = browser.page
    lab.theme("JupyterLab Light")
    widget = _show_widget(lab, browser, "diary.ipynb")
    _ask(widget)

    streaming = widget.locator(".md-streaming")
    expect(streaming).to_contain_text("Launch moves")
    assert CHAT[2][1] not in streaming.inner_text()

    expect(widget.locator(".md-claim").first).to_contain_text(CHAT[2][1])
    expect(widget.locator(".md-chip")).to_have_text(["1", "2", "3"])
    expect(widget.locator(".md-label")).to_have_text("Found text · 0.8 s")
    expect(widget.locator(".md-thumb img")).to_have_count(2)
    expect(widget.locator(".md-quote").nth(1)).to_have_text(HOSTILE)
    assert widget.locator("a, script, .md-quote *").count() == 0
    page.wait_for_function("document.querySelector('.mirrordesk audio').duration > 2.5")

    widget.locator(".md-chip").first.click()
    outline = widget.locator(".md-outline")
    expect(outline).to_be_visible()
    frame = widget.locator(".md-sheet img").bounding_box()
    marked = outline.bounding_box()
    assert frame is not None
    assert marked is not None
    assert frame["y"] + 0.4 * frame["height"] < marked["y"] < frame["y"] + 0.5 * frame["height"]
    page.screenshot(path=tmp_path / "enlarged.png")
    page.keyboard.press("Escape")
    expect(outline).to_have_count(0)

    field = widget.get_by_label("Question")
    field.press_sequentially("And who holds the leaflets?")
    field.press("Enter")
    expect(widget.locator(".md-asked")).to_have_text(QUESTION)
    expect(widget.locator(".md-said")).to_contain_text(CHAT[2][1])
    expect(widget.locator(".md-thumb img")).to_have_count(2)
    widget.screenshot(path=tmp_path / "conversation.png")

    page.keyboard.press("Control+s")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    saved = (lab.folder / "diary.ipynb").read_text()
    assert "widget-view" in saved
    assert "Maya" not in saved
    assert CHAT[2][1] not in saved

    assert not _darkest_is_dark(widget)
    lab.theme("JupyterLab Dark")
    page.reload()
    expect(widget.locator(".md-thumb img")).to_have_count(2)
    expect(widget.locator(".md-claim").first).to_contain_text(CHAT[2][1])
    assert _darkest_is_dark(widget)
    widget.screenshot(path=tmp_path / "dark.png")
    widget.get_by_role("button", name="New conversation").click()
    expect(widget.locator(".md-claim, .md-turn, .md-card")).to_have_count(0)
    expect(field).to_be_focused()


def test_the_stop_button_ends_the_answer_and_python_can_read_it(lab: Lab, browser: Browser) -> None:
    widget = _show_widget(lab, browser, "stopped.ipynb")
    _ask(widget)
    expect(widget.locator(".md-streaming")).to_contain_text("Launch")
    widget.get_by_role("button", name="Stop").click()
    expect(widget.locator(".md-label")).to_contain_text("Stopped")
    expect(widget.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    browser.page.locator(".jp-Cell .cm-content").last.click()
    browser.page.keyboard.insert_text("print(widget.answer.engine); widget.close()")
    browser.page.keyboard.press("Shift+Enter")
    expect(browser.page.locator(".jp-OutputArea-output pre").last).to_have_text("extractive")
    expect(widget).to_have_count(0)
