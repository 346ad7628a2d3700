"""Actions: what was typed, opened and turned to, told apart from what merely stands there."""

from __future__ import annotations

import pytest

from mirrordesk.learning import pages, prompts
from mirrordesk.learning.actions import actions, distance
from mirrordesk.learning.front import is_terminal
from tests.learning.days import BEGIN, Terminal, frame, sitting


@pytest.mark.parametrize(
    ("line", "command", "folder"),
    [
        ("$ make deploy", "make deploy", ""),
        ("ana@desk:~/shop$ make deploy", "make deploy", "~/shop"),
        ("(venv) ana@desk:/srv/shop (main)$ git push", "git push", "/srv/shop"),
        ("[ana@desk shop]$ ls -la", "ls -la", ""),
        ("root@web:/etc# systemctl restart nginx", "systemctl restart nginx", "/etc"),
        ("ana@mac shop % ./run.sh", "./run.sh", ""),
        (r"PS C:\work> npm run build", "npm run build", r"C:\work"),
        (r"C:\work>dir", "dir", r"C:\work"),
        ("❯ cargo test", "cargo test", ""),
    ],
)
def test_a_command_behind_a_prompt_is_read(line: str, command: str, folder: str) -> None:
    found = prompts.typed(line)
    assert found is not None
    assert (found.command, found.folder) == (command, folder)


@pytest.mark.parametrize(
    "line",
    ["$ 48,500", "# a heading", "> quoted", "total 48", "ana@desk:~$", "50 % of it", "make deploy"],
)
def test_what_has_no_prompt_is_no_command(line: str) -> None:
    assert prompts.typed(line) is None


@pytest.mark.parametrize(
    ("command", "verb"),
    [
        ('git commit -m "mend it"', "git commit"),
        ('git commit -m "cut off', "git commit"),
        ("sudo scp -r build-41 web:/srv", "scp"),
        ("docker compose -f prod.yaml up -d", "docker compose up"),
        ("STAGE=prod ./deploy.sh", "deploy.sh"),
        ("kubectl apply -f shop-12.yaml", "kubectl apply"),
    ],
)
def test_a_command_is_called_by_what_stays_the_same(command: str, verb: str) -> None:
    assert prompts.verb(command) == verb


def test_a_terminal_is_known_by_its_name() -> None:
    assert all(map(is_terminal, ("xterm", "gnome-terminal-server", "Alacritty", "cmd.exe")))
    assert not any(map(is_terminal, ("firefox", "code", "mousepad")))


def test_each_command_is_done_once_however_long_it_stays_on_the_screen() -> None:
    shell = Terminal(rows=4)
    commands = ["make test", "make build", "make test", "make deploy"]
    shown = [frame for command in commands for frame in [shell.type(command)] * 2]
    assert [a.text for a in actions(sitting(BEGIN, shown))] == [f"$ {c}" for c in commands]


def test_what_stood_above_when_watching_began_was_not_typed_now() -> None:
    first = frame(0, "xterm", "shell", "$ make test\nok\n$ make build\nok\n$ make deploy\nok")
    assert [a.text for a in actions(sitting(BEGIN, [first]))] == ["$ make deploy"]


def test_a_shell_that_comes_back_to_the_front_shows_nothing_new() -> None:
    one, other = Terminal(), Terminal()
    shown = [one.type("make test"), other.type("npm start"), one.type("make build")]
    shown.append(shown[1])
    assert [a.text for a in actions(sitting(BEGIN, shown))] == [
        "$ make test",
        "$ npm start",
        "$ make build",
    ]


def test_a_command_that_was_half_typed_counts_when_it_is_whole() -> None:
    half = frame(0, "xterm", "shell", "$ make test\nok\n$ make dep")
    first = frame(0, "xterm", "shell", "$ make test")
    whole = frame(0, "xterm", "shell", "$ make test\nok\n$ make deploy")
    assert [a.text for a in actions(sitting(BEGIN, [first, half, whole]))] == [
        "$ make test",
        "$ make deploy",
    ]


def test_looking_around_is_nothing_done() -> None:
    shell = Terminal()
    shown = [shell.type(c) for c in ("ls -la", "git status", "git push", "clear")]
    assert [a.text for a in actions(sitting(BEGIN, shown))] == ["$ git push"]


def test_pages_of_one_kind_are_the_same_and_windows_go_by_their_wording() -> None:
    one = frame(0, "firefox", "Order 12", url="https://shop.example/orders/12?utm_source=mail")
    other = frame(0, "firefox", "Order 40", url="shop.example/orders/40#top")
    inbox = [frame(0, "mail", f"Inbox ({number})") for number in (3, 4)]
    found = actions(sitting(BEGIN, [one, inbox[0], other, inbox[1]]))
    assert found[0].key == found[2].key == "shop.example/orders"
    assert found[1].key == found[3].key


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("HTTPS://Shop.Example:443/a%20b#top", "https://shop.example/a%20b"),
        ("http://shop.example?utm_source=x&q=1&a=2", "http://shop.example/?a=2&q=1"),
        ("https://ana:pw@shop.example/x;jsessionid=1F?sid=9", "https://shop.example/x"),
        ("docs.example/guide/", "https://docs.example/guide/"),
    ],
)
def test_an_address_has_one_form(url: str, same: str) -> None:
    assert pages.canonical(url) == same
    assert pages.canonical(same) == same


@pytest.mark.parametrize("url", ["about:blank", "chrome://settings", "file:///home/a", "http://["])
def test_what_is_no_page_of_the_web_has_no_address(url: str) -> None:
    assert pages.canonical(url) is None


def test_the_distance_of_two_ways_is_the_steps_that_differ() -> None:
    assert distance("abcd", "abcd") == 0
    assert distance("abd", "abcd") == 1
    assert distance("abcd", "bcda") == 2
