"""Of an address the private part goes, and the host stays."""

from __future__ import annotations

import pytest

from mirrordesk.redaction.text import without_secrets


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://a-b.com/welcome?token=tok_8d7f6a5s4d3f", "https://a-b.com/welcome?token=[key]"),
        ("a-b.com/welcome?token=tok_8d7f6a5s4d3f&x=1", "a-b.com/welcome?token=[key]&x=1"),
        (
            "https://a.io/#access_token=Zx81kd0Qp2&state=1",
            "https://a.io/#access_token=[key]&state=1",
        ),
        ("https: //a.io/welcome token=tok_8d7f6a5s4d3f", "https: //a.io/welcome token=[key]"),
        ("https://a.io/reset/9f8a7c6b5d4e3f2a1b0c", "https://a.io/reset/[key]"),
        ("https://a.io/invite/Ab3dE5gH7j", "https://a.io/invite/[key]"),
        ("https://a.io/f?x=Qw7Er5Ty3Ui1Op9As8Df", "https://a.io/f?x=[key]"),
        (
            "https://s3.aws.com/b/k?X-Amz-Signature=abcdef0123456789&X-Amz-Expires=600",
            "https://s3.aws.com/b/k?X-Amz-Signature=[key]&X-Amz-Expires=600",
        ),
        (
            "https://x.blob.core.net/c/f?sv=2022-11-02&sig=a1B2c3D4e5F6%3D&se=2024",
            "https://x.blob.core.net/c/f?sv=2022-11-02&sig=[key]&se=2024",
        ),
        (
            "postgres://admin:S3cr3t!pw@db.example.com:5432/app",
            "postgres://admin:[password]@db.example.com:5432/app",
        ),
    ],
)
def test_the_private_part_of_an_address_goes(address: str, kept: str) -> None:
    assert without_secrets(address) == kept


@pytest.mark.parametrize(
    "address",
    [
        "https://github.com/verdant-foods/widget",
        "https://en.wikipedia.org/wiki/Password_(disambiguation)",
        "https://shop.example/item/4711?color=blue&page=2#reviews",
        "https://example.com/verify/your-mail-address",
        "http://localhost:8888/lab/tree/notebook.ipynb",
    ],
)
def test_an_address_that_opens_nothing_stays(address: str) -> None:
    assert without_secrets(address) == address
