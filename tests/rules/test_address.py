"""Addresses: what of one is kept, and which pages a pattern means."""

from __future__ import annotations

import pytest

from mirrordesk.rules import address


@pytest.mark.parametrize(
    ("shown", "kept"),
    [
        ("example.com/inbox", "example.com/inbox"),
        ("https://example.com/a?token=s3cret#key=1", "https://example.com/a"),
        ("https://me:s3cret@example.com/a", "https://example.com/a"),
        ("example.com", "example.com"),
        ("localhost:8000/x", "localhost:8000/x"),
        ("intranet/wiki", "intranet/wiki"),
        ("/home/me/notes.html", "file:///home/me/notes.html"),
        ("file:///home/me/a.html", "file:///home/me/a.html"),
        ("chrome://settings/passwords", "chrome://settings/passwords"),
        ("about:logins", "about:logins"),
        ("data:text/html,s3cret", "data:"),
        ("how to leave him", None),
        ("divorce", None),
        ("", None),
    ],
)
def test_of_an_address_only_what_carries_no_token_is_kept(shown: str, kept: str | None) -> None:
    assert address.kept(shown) == kept


@pytest.mark.parametrize(
    ("pattern", "there", "means"),
    [
        ("example.com", "https://example.com/a", True),
        ("example.com", "example.com", True),
        ("example.com", "mail.example.com/x", True),
        ("example.com", "EXAMPLE.com:8443/", True),
        ("www.example.com", "example.com/a", True),
        ("https://www.example.com/", "example.com/a", True),
        ("example.com", "notexample.com", False),
        ("example.com", "example.com.evil.org", False),
        ("example.com", "evil.org/example.com", False),
        ("example.com/mail", "example.com/mail/1", True),
        ("example.com/mail", "example.com/mailing", False),
        ("example.com/mail/", "example.com/mail", True),
        ("paypal", "www.paypal.com/x", True),
        ("paypal", "example.com/paypal", False),
        ("localhost", "localhost:8888/lab", True),
        ("localhost:8888", "localhost:8000", False),
        ("about:logins", "about:logins", True),
        ("chrome://password-manager", "chrome://password-manager/passwords", True),
        ("file:///home/me/private", "file:///home/me/private/x.html", True),
        (" ", "example.com", False),
    ],
)
def test_a_pattern_means_a_host_and_what_lies_below_it(
    pattern: str, there: str, means: bool
) -> None:
    assert address.fits(pattern, there) is means
