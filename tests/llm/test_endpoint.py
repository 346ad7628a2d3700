"""Where evidence may go: over https anywhere, in clear only within one's own network."""

from __future__ import annotations

import threading

import pytest

from mirrordesk.errors import UsageError
from mirrordesk.llm.endpoint import Connection, Endpoint, parse


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080", "/v1"),
        ("http://localhost:8080", "http://localhost:8080", "/v1"),
        ("http://192.168.1.5:8080/", "http://192.168.1.5:8080", "/v1"),
        ("http://[::1]:1/api/v1/", "http://[::1]:1", "/api/v1"),
        ("http://[fd00::2]", "http://[fd00::2]:80", "/v1"),
        ("https://models.example/openai/v1", "https://models.example:443", "/openai/v1"),
        ("https://8.8.8.8", "https://8.8.8.8:443", "/v1"),
    ],
)
def test_an_address_of_ones_own_network_or_https_is_taken(url: str, origin: str, path: str) -> None:
    found = parse(url)
    assert (found.origin, found.path) == (origin, path)


@pytest.mark.parametrize("url", ["http://8.8.8.8", "http://[2001:4860::8888]", "http://0.0.0.0"])
def test_plain_http_to_the_world_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="https"):
        parse(url)


def test_plain_http_to_a_name_of_the_world_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = [(2, 1, 6, "", ("127.0.0.1", 80)), (2, 1, 6, "", ("93.184.215.14", 80))]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: answer)
    where = Endpoint(False, "rebound.example", 80, "/v1")
    with (
        pytest.raises(UsageError, match="https"),
        Connection(where, "", threading.Event()).open("GET", "/models"),
    ):
        pass


@pytest.mark.parametrize(
    "url",
    [
        "nas.local:8080",
        "ftp://nas.local",
        "https://",
        "https://me:secret@nas.local",
        "https://nas.local/v1?key=secret",
        "https://nas.local/#x",
        "http://[::1",
        "https://nas.local:99999",
    ],
)
def test_what_is_no_plain_address_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(UsageError, match=r"llm\.server"):
        parse(url)
