"""What only the words beside it make a secret: passwords, keys in base 16, codes."""

from __future__ import annotations

import pytest

from mirrordesk.redaction.text import without_secrets


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Password: sunshine", "Password: [password]"),
        ("Passw0rd: hunter2", "Passw0rd: [password]"),
        ("Passwort: Geheim!2024", "Passwort: [password]"),
        ("mot de passe : Soleil22", "mot de passe : [password]"),
        ("密码：Abc12345", "密码：[password]"),
        ("the password is Tr0ub4dor&3, ok?", "the password is [password], ok?"),
        ("wifi password → Sommer2024", "wifi password → [password]"),
        ('"password": "my dog rex",', '"password": "[password]",'),
        ("passphrase: correct horse battery staple", "passphrase: [password]"),
        ("DB_PASSWORD=letmein", "DB_PASSWORD=[password]"),
        ("Server=x;User ID=a;Password=Pa$$w0rd;Encrypt=True", None),
        ("mysql -u root -pS3cretPw app", "mysql -u root -p[key] app"),
        ("curl -u admin:hunter22 https://x.io", "curl -u admin:[key] https://x.io"),
        ("API key 8f14e45fceea167a5a36dedd4bea2543", "API key [key]"),
        ("client_secret=1q2w3e4r5t6y7u8i", "client_secret=[key]"),
        ("Authorization: Bearer a8f5f167f44f4964e6c998dee827110c", "Authorization: Bearer [key]"),
        ("CVV 123", "CVV [code]"),
        ("PIN: 4821", "PIN: [code]"),
    ],
)
def test_a_label_tells_of_its_value(text: str, kept: str | None) -> None:
    expected = kept or "Server=x;User ID=a;Password=[password];Encrypt=True"
    assert without_secrets(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Your verification code is [482913]",
        "[482913] is your Uber code",
        "[G-123456] is your Google verification code",
        "Your code: [482 913]. Don't share it",
        "Use code [739204] to sign in",
        "Ihr Bestätigungscode lautet [48291]",
        "您的验证码 [482913]",
        "OTP: [8841 2093]",
    ],
)
def test_a_code_for_one_use_is_found_and_the_sentence_stays(text: str) -> None:
    code = text[text.index("[") : text.index("]") + 1]
    assert without_secrets(text.replace(code, code[1:-1])) == text.replace(code, "[code]")
