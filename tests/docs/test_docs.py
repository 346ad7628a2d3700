"""The docs name every setting, command and variable, and nothing that is gone."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from mirrordesk import config, paths
from mirrordesk.cli.parser import parser

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
SETTINGS = ROOT / "docs" / "settings.md"


def settings_page() -> str:
    """docs/settings.md from the declarations; `python -m tests.docs.test_docs` writes it."""
    lines = [
        "# Settings",
        "",
        "Generated from `mirrordesk/config.py`. Change one with `mirrordesk config KEY VALUE`;",
        "they are kept in the profile's `config.toml`. All but those marked wait for a restart.",
        "",
        "| key | default | what it does |",
        "|---|---|---|",
    ]
    for setting in config.declared():
        default = ", ".join(setting.default) if setting.type is tuple else repr(setting.default)
        at_once = "" if setting.restart else " Takes effect at once."
        lines.append(f"| `{setting.key}` | `{default}` | {setting.help}{at_once} |")
    return "\n".join(lines) + "\n"


def _commands() -> set[str]:
    (sub,) = [a for a in parser()._actions if isinstance(a, argparse._SubParsersAction)]
    return set(sub.choices)


def test_the_settings_page_is_what_the_declarations_say() -> None:
    assert SETTINGS.read_text() == settings_page()


def test_the_readme_names_every_command_and_no_other() -> None:
    assert set(re.findall(r"`mirrordesk ([a-z]+)", README)) == _commands()


def test_the_readme_names_the_environment_variable() -> None:
    assert paths.HOME_VARIABLE in README


def test_every_setting_in_the_readme_exists() -> None:
    keys = {setting.key for setting in config.declared()}
    named = set(re.findall(r"config ([a-z]+\.[a-z_]+)", README))
    assert named
    assert named <= keys


def test_every_file_that_a_page_links_to_exists() -> None:
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_every_module_that_the_architecture_names_exists() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    for name in re.findall(r"`((?:mirrordesk|models|tests|installer|benchmarks)/[\w./]+)`", text):
        assert (ROOT / name).exists(), name


if __name__ == "__main__":
    SETTINGS.write_text(settings_page())
