"""What looks like a secret and is none stays as it is."""

from __future__ import annotations

import hashlib
import uuid
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mirrordesk.redaction.text import find, without_secrets


@pytest.mark.parametrize(
    "text",
    [
        "a7d35f4 Keep the time that is being loaded",
        "Order number 302-7718291-1192012, tracking 1Z999AA10123456784",
        "+1 (305) 555-0156, 212-555-0188, +49 89 1234567",
        "def get_token(self, key): return self.tokens[key]",
        'password = getpass.getpass("Password: ")',
        'api_key = os.environ["OPENAI_API_KEY"]',
        'token = response.json()["token"]',
        "Forgot password? Sign in",
        "Password must be at least 8 characters",
        "The password is incorrect. Try again",
        "Password required",
        "perf: cache token validation results #434",
        "EUR 1,299.00 on 2024-10-11 at 14:32:05",
        "https://docs.google.com/document/d/1a2B3c4D5e6F7g8H9i0J1k2L3m4N5o6P7q8R9s0T/edit",
        "https://www.bing.com/search?q=how+to+bake&form=QBLH&sp=-1",
        "https://github.com/verdant-foods/widget/blob/main/src/index.ts#L10-L20",
        "max_tokens: 4096, primary key: id, Error code: 404, zip code 94107",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0r7n8g7Yk9mQ2wP5xV6zT3uH1sL4dF0aB8cE7iJ2kM",
        '"integrity": "sha512-AbCdEf1234567890abcdefGHIJKLmnopQRSTuvwxyz0123456789ABCD=="',
        "node_modules/.pnpm/react-dom@18.2.0_react@18.2.0",
        "python3 -m pytest tests/memory/test_store.py::test_one_two_three",
        "Meeting ID: 812 3456 7890, ISBN 978-3-16-148410-0",
        "IBAN DE89 3704 0044 0532 0130 00",
        "Use code SAVE20 at checkout",
        "headers = self._build_headers(token=token, password=registry_password)",
        "def connect(self, user: str, password: bytes | None) -> None:",
        "403 Client Error. (Request ID: ViT1Bf7O_026LGSQuVqfa)",
        "my-org/iccv-2023-64f9a55bb3115b4f513ec026",
        "the Device Code login flow (RFC 8628)",
        "Cannot pass 'force_download=True' when offline",
        "linus.fontaine@spireshift.io and Valentina Fontaine",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert without_secrets(text) == text


@settings(deadline=None)
@given(st.binary(min_size=1, max_size=64), st.sampled_from(["sha1", "sha256", "md5"]))
def test_a_hash_is_no_key(content: bytes, method: str) -> None:
    assert find(f"commit {hashlib.new(method, content).hexdigest()} on main") == []


@settings(deadline=None)
@given(st.uuids())
def test_a_uuid_is_no_key(number: uuid.UUID) -> None:
    assert find(f"request {number} took 20 ms") == []


@settings(deadline=None)
@given(st.text(max_size=300))
def test_marks_hold_no_secret_and_finding_never_fails(text: str) -> None:
    spans = find(text)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
