"""Where evidence may go: over https anywhere, in clear only within one's own network."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mirrordesk.errors import UsageError, WorkerError
from mirrordesk.llm import endpoint
from mirrordesk.llm.endpoint import Connection, Endpoint, parse
from tests.llm.answer_server import AnswerServer, serving


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


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody has signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(here, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(certificate: Path) -> Iterator[AnswerServer]:
    """A server that speaks https; what is trusted is read anew."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    endpoint._trust.cache_clear()
    with serving() as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server
    endpoint._trust.cache_clear()


def models(server: AnswerServer) -> bytes:
    where = parse(f"https://127.0.0.1:{server.server_address[1]}/v1")
    with Connection(where, "sesame", threading.Event()).open("GET", "/models") as response:
        return response.read()


def test_a_server_with_a_certificate_that_the_system_trusts_is_asked(
    secure: AnswerServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert b"big-reader" in models(secure)


def test_a_server_with_another_certificate_gets_no_key(secure: AnswerServer) -> None:
    with pytest.raises(WorkerError, match="certificate"):
        models(secure)
    assert secure.keys == []
