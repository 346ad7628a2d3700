"""Repositories: at hosts of git, in commands that clone one, and in prompts that show a branch."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOSTS = ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "git.sr.ht", "gitee.com")
_OWN_HOST = re.compile(r"(?:git|gitlab|gitea|forgejo|code)\.")
_NO_OWNER = frozenset(
    (
        "about", "account", "apps", "collections", "dashboard", "explore", "features", "groups",
        "help", "issues", "login", "marketplace", "new", "notifications", "organizations", "orgs",
        "pricing", "pulls", "repo", "search", "security", "sessions", "settings", "signup", "site",
        "sponsors", "stars", "topics", "trending", "user", "users",
    )
)  # fmt: skip
_NAME = re.compile(r"~?[\w.-]+")
_CLONE = re.compile(r"\bgit\s+(?:-\S+\s+)*clone\s+(?:-\S+\s+(?:\d+\s+)?)*(?P<from>\S+)")
_SHELL = re.compile(r"(?:ssh://)?(?:[\w.-]+@)(?P<host>[\w.-]+)(?::\d+/|[:/])(?P<path>\S+)")


def of_page(url: str) -> str | None:
    """The repository that a page, by its canonical address, belongs to."""
    page = urlsplit(url)
    parts = [part for part in page.path.split("/") if part]
    if not (page.netloc in _HOSTS or _OWN_HOST.match(page.netloc)) or len(parts) < 2:
        return None
    owner, name = parts[0], parts[1].removesuffix(".git")
    if owner.lower() in _NO_OWNER or not (_NAME.fullmatch(owner) and _NAME.fullmatch(name)):
        return None
    return f"https://{page.netloc}/{owner}/{name}"


def cloned(command: str) -> str | None:
    """The address of the repository that a command clones."""
    found = _CLONE.search(command)
    if found is None:
        return None
    source = found["from"].strip("\"'")
    if shell := _SHELL.fullmatch(source):
        source = f"https://{shell['host']}/{shell['path']}"
    address = urlsplit(source)
    if address.scheme not in ("https", "http") or not address.netloc:
        return None
    path = address.path.rstrip("/").removesuffix(".git")
    return f"https://{address.netloc.rpartition('@')[2].lower()}{path}"
