"""A JupyterLab of its own on 127.0.0.1, and a Chromium that writes down where its requests go."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, sync_playwright

REPOSITORY = Path(__file__).parents[2]
CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_S = 120.0
SETTINGS = {  # what JupyterLab would fetch or ask about at its first start
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "notebook-extension/tracker": {"windowingMode": "none"},
}


@dataclass(frozen=True, slots=True)
class Lab:
    """A running JupyterLab whose notebooks lie in `folder`."""

    url: str
    token: str
    folder: Path
    settings: Path

    def notebook(self, name: str, *cells: str) -> str:
        """Write a notebook of code cells; returns the address that opens it, and only it."""
        content = {
            "cells": [
                {
                    "cell_type": "code",
                    "id": f"cell-{number}",
                    "source": source,
                    "metadata": {},
                    "outputs": [],
                    "execution_count": None,
                }
                for number, source in enumerate(cells)
            ],
            "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (self.folder / name).write_text(json.dumps(content))
        workspace = Path(name).stem
        return f"{self.url}lab/workspaces/{workspace}/tree/{name}?token={self.token}"

    def theme(self, name: str) -> None:
        """Set the theme for the next load of the page."""
        _settings(self.settings, "apputils-extension/themes", {"theme": name})


@contextlib.contextmanager
def jupyter_lab(root: Path) -> Iterator[Lab]:
    """Start JupyterLab with a home of its own under `root`, and end it."""
    places = {name: root / name.lower() for name in ("HOME", *_PLACES)}
    for place in (*places.values(), root / "notebooks"):
        place.mkdir(mode=0o700)
    settings = places["JUPYTERLAB_SETTINGS_DIR"]
    for name, values in SETTINGS.items():
        _settings(settings, name, values)
    token = secrets.token_hex(16)
    env = {**os.environ, **{k: str(v) for k, v in places.items()}, "PYTHONPATH": str(REPOSITORY)}
    with (root / "lab.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *_options(root / "notebooks", token)],
            env=env,
            stdout=log,
            stderr=log,
        )
    try:
        url = _wait_for_url(process, places["JUPYTER_RUNTIME_DIR"], root / "lab.log")
        yield Lab(url, token, root / "notebooks", settings)
    finally:
        process.terminate()  # the server ends its kernels
        process.wait(30)


_PLACES = (
    "JUPYTER_CONFIG_DIR",
    "JUPYTER_DATA_DIR",
    "JUPYTER_RUNTIME_DIR",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "IPYTHONDIR",
)


def _options(folder: Path, token: str) -> Sequence[str]:
    return (
        "--no-browser",
        "--allow-root",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={token}",
        "--LabApp.extension_manager=readonly",
    )


def _settings(folder: Path, name: str, values: object) -> None:
    path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


def _wait_for_url(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> str:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline and process.poll() is None:
        for path in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(json.JSONDecodeError):  # it is just being written
                return str(json.loads(path.read_text())["url"])
        time.sleep(0.1)
    raise AssertionError(f"JupyterLab did not start:\n{log.read_text()}")


@dataclass(slots=True)
class Browser:
    """A page, the requests it made to other machines and the errors it reported."""

    page: Page
    strangers: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Write down every request that leaves this machine, and every uncaught error."""
        self.page.on("request", lambda request: self._visit(request.url))
        self.page.on("websocket", lambda socket: self._visit(socket.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _visit(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname != "127.0.0.1":
            self.strangers.append(url)


@contextlib.contextmanager
def chromium(width: int = 1280, height: int = 1000) -> Iterator[Browser]:
    """Debian's Chromium, headless. Fails the test where it is not installed."""
    if shutil.which(CHROMIUM) is None:
        pytest.fail(f"{CHROMIUM} is missing; install Debian's package chromium.")
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        page = instance.new_page(viewport={"width": width, "height": height})
        page.set_default_timeout(30_000)
        _accept_dialogs(page)
        browser = Browser(page)
        browser.watch()
        try:
            yield browser
        finally:
            instance.close()


def _accept_dialogs(page: Page) -> None:
    """Press what JupyterLab's dialogs propose: on a busy machine it may ask which kernel to use."""
    dialog = page.locator(".jp-Dialog")
    page.add_locator_handler(dialog, lambda: dialog.locator(".jp-mod-accept").last.click())
