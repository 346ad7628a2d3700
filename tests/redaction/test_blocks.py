"""Secrets of many lines."""

from __future__ import annotations

from mirrordesk.redaction.text import without_secrets
from tests.redaction.samples import drawn

BASE64 = "\n".join(drawn(64) for _ in range(5))
BEGIN, END = "-----BEGIN " + "RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
WORDS = "abandon ability able about above absent absorb abstract absurd abuse access accident"


def test_a_private_key_goes_as_a_whole() -> None:
    text = f"$ cat key.pem\n{BEGIN}\n{BASE64}\nqQ==\n{END}\n$ ls"
    assert without_secrets(text) == "$ cat key.pem\n[private key]\n$ ls"


def test_a_private_key_whose_end_is_out_of_sight_goes_as_far_as_it_is_seen() -> None:
    text = f"{BEGIN}\n{BASE64}\n$ echo the next command"
    assert without_secrets(text) == "[private key]\n$ echo the next command"


def test_lines_of_a_private_key_whose_beginning_is_out_of_sight_go() -> None:
    assert set(without_secrets(BASE64).split("\n")) == {"[key]"}


def test_recovery_words_go_in_a_row_and_in_a_numbered_grid() -> None:
    grid = "\n".join(f"{n}. {word}" for n, word in enumerate(WORDS.split(), 1))
    assert without_secrets(f"Write down: {WORDS}!") == "Write down: [recovery words]!"
    assert "absurd" not in without_secrets(grid)


def test_recovery_words_go_although_one_was_misread() -> None:
    assert "absurd" not in without_secrets(WORDS.replace("absorb", "ab5orb"))


def test_ordinary_sentences_are_no_recovery_words() -> None:
    text = (
        "You can use this tool to open any file and then print all that you want to keep about it"
    )
    assert without_secrets(text) == text


def test_a_list_of_recovery_codes_goes_and_what_follows_stays() -> None:
    text = "Recovery codes\nKeep these safe.\na1b2c-3d4e5\nf6g7h-8i9j0\nDownload\nPrint"
    kept = "Recovery codes\nKeep these safe.\n[code]\n[code]\nDownload\nPrint"
    assert without_secrets(text) == kept
