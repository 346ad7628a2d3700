"""Resources: files, pages and repositories under one address each, with when they were in front."""

from __future__ import annotations

import dataclasses

import pytest

from mirrordesk import clock
from mirrordesk.knowledge import Resource
from mirrordesk.learning import paths, repositories, resources
from mirrordesk.learning.resources import MOST_PASSAGES, MOST_VISITS, mine
from mirrordesk.records import Box, FrameWindow, Moment, TextLine
from tests.learning.days import BEGIN, DAY, STEP, Terminal, frame, sitting

GUIDE = "https://docs.example/guide"


def learnt(seen: list[Moment], known: list[Resource] | None = None) -> dict[str, Resource]:
    return {one.uri: one for one in mine(seen, [], known or [])}


@pytest.mark.parametrize(
    ("title", "path"),
    [
        ("/home/ana/notes.txt - Mousepad", "/home/ana/notes.txt"),
        ("main.py (~/shop/src) - VIM", "~/shop/src/main.py"),
        ("● budget 2026.xlsx - LibreOffice Calc", "budget 2026.xlsx"),
        (r"C:\work\plan.docx - Word", r"C:\work\plan.docx"),
        ("Inbox - Mail", None),
        ("Node.js and how it works - News", None),
        ("ana@desk: ~/shop", None),
    ],
)
def test_a_title_names_a_file(title: str, path: str | None) -> None:
    assert paths.in_title(title) == path


def test_a_command_names_files_under_the_folder_of_its_prompt() -> None:
    assert paths.in_command("vim src/../main.py /etc/hosts.conf", "~/shop") == [
        "~/shop/main.py",
        "/etc/hosts.conf",
    ]
    assert paths.in_command("curl https://x.example/a.zip", "~") == []
    assert paths.in_command("echo 'half a quote.txt", "~") == []


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://github.com/acme/shop/pull/41", "https://github.com/acme/shop"),
        ("https://gitlab.acme.example/team/shop", "https://gitlab.acme.example/team/shop"),
        ("https://github.com/settings/profile", None),
        ("https://github.com/acme", None),
        ("https://news.example/acme/shop", None),
    ],
)
def test_pages_at_a_host_of_git_belong_to_a_repository(url: str, repository: str | None) -> None:
    assert repositories.of_page(url) == repository


@pytest.mark.parametrize(
    "command",
    [
        "git clone git@github.com:acme/shop.git",
        "git clone --depth 1 https://ana:token@github.com/acme/shop.git here",
        "git clone ssh://git@github.com/acme/shop",
    ],
)
def test_a_clone_tells_the_same_address_however_it_is_written(command: str) -> None:
    assert repositories.cloned(command) == "https://github.com/acme/shop"


def test_a_page_is_one_resource_however_it_was_reached() -> None:
    seen = [
        frame(0, "firefox", "Guide", url=f"{GUIDE}?utm_source=mail"),
        frame(0, "firefox", "Guide", url=f"{GUIDE}#part-2"),
    ]
    (found,) = learnt(sitting(BEGIN, seen)).values()
    assert (found.form, found.uri, found.title) == ("page", GUIDE, "Guide")


def test_visits_last_while_it_is_in_front_and_go_on_over_a_short_interruption() -> None:
    guide = frame(0, "firefox", "Guide", url=GUIDE)
    mail = frame(0, "mail", "Inbox")
    short = sitting(BEGIN, [guide, guide, mail, guide, mail])
    long = sitting(BEGIN + 30 * clock.MINUTE, [guide, mail])
    visits = learnt([*short, *long])[GUIDE].visits
    assert [(v.start_ns - BEGIN, v.end_ns - BEGIN) for v in visits] == [
        (0, 4 * STEP),
        (30 * clock.MINUTE, 30 * clock.MINUTE + STEP),
    ]
    assert visits[0].moment == short[0].id


def test_lines_are_kept_once_and_only_those_of_the_window_in_front() -> None:
    line = TextLine("The budget was moved to Friday", Box(10, 10, 300, 16), 0.9)
    other = TextLine("Somebody wrote to you just now", Box(900, 10, 300, 16), 0.9)
    label = TextLine("File Edit", Box(10, 40, 60, 16), 0.9)
    again = dataclasses.replace(line, text="The budgetwas moved to Friday")
    window = FrameWindow("firefox", "Guide", Box(0, 0, 800, 600))
    seen = [
        dataclasses.replace(
            frame(0, "firefox", "Guide", url=GUIDE), lines=lines, windows=(window,), text="…"
        )
        for lines in ((line, other, label), (again,))
    ]
    moments = sitting(BEGIN, seen)
    found = learnt(moments)[GUIDE]
    assert found.passages == ("The budget was moved to Friday",)
    assert [s.moment for s in found.sources if s.quote] == [moments[0].id]


def test_terminals_name_files_and_the_repository_they_stand_in() -> None:
    shell = Terminal()
    seen = [shell.type("vim src/app.py"), shell.type("git clone git@github.com:acme/lib.git")]
    branch = frame(0, "xterm", "shell", "ana@desk:~/shop (main)$ git push\nEverything up-to-date")
    found = learnt(sitting(BEGIN, [*seen, branch]))
    assert {uri: one.form for uri, one in found.items()} == {
        "file:~/shop/src/app.py": "file",
        "https://github.com/acme/lib": "repository",
        "file:~/shop": "repository",
    }


def test_what_is_known_grows_and_what_was_read_before_changes_nothing() -> None:
    guide = frame(0, "firefox", "Guide", "It begins with a short introduction", url=GUIDE)
    first = sitting(BEGIN, [guide])
    known = list(learnt(first).values())
    assert mine(first, [], known) == []
    again = sitting(BEGIN + DAY, [dataclasses.replace(guide, title="Guide, second edition")])
    (grown,) = mine(again, [], known)
    assert len(grown.visits) == 2
    assert grown.title == "Guide, second edition"
    assert mine([*first, *again], [], [grown]) == []


def test_what_is_kept_is_bounded_and_every_part_has_its_source() -> None:
    seen = [
        frame(0, "firefox", "Guide", f"This is line number {number} of it", url=GUIDE)
        for number in range(MOST_VISITS + 20)
    ]
    days = [sitting(BEGIN + n * DAY, [one])[0] for n, one in enumerate(seen)]
    found = learnt(days)[GUIDE]
    assert (len(found.visits), len(found.passages)) == (MOST_VISITS, MOST_PASSAGES)
    assert {s.moment for s in found.sources if not s.quote} == {m.id for m in days}
    assert set(found.passages) == {s.quote for s in found.sources if s.quote}


def test_merging_two_keeps_all_visits_and_the_later_title() -> None:
    one = learnt(sitting(BEGIN, [frame(0, "firefox", "Old", url=GUIDE)]))[GUIDE]
    other = learnt(sitting(BEGIN + DAY, [frame(0, "firefox", "New", url=f"{GUIDE}/new")]))
    merged = resources.joined([one, *other.values()])
    assert (merged.uri, merged.title, len(merged.visits)) == (GUIDE, "New", 2)
