"""Paths of files in titles of windows and in commands."""

from __future__ import annotations

import posixpath
import re
import shlex

_ENDINGS = (
    "bib|c|cc|cfg|conf|cpp|cs|css|csv|docx?|epub|go|h|hpp|html?|ini|ipynb|java|jpe?g|js|json|key|kt"
    "|less|log|lua|m|md|mp3|mp4|numbers|odp|ods|odt|pages|pdf|php|pl|png|pptx?|ps1|py|r|rb|rs|rst"
    "|scala|scss|sh|sql|svg|swift|tar|tex|toml|tsx?|txt|vue|wav|webp|xlsx?|xml|ya?ml|yml|zip"
)
_NAME = rf"[\w@+-][\w.@+ ()-]{{0,120}}?\.(?:{_ENDINGS})"
_ROOTED = re.compile(r"(?:~|/|[A-Za-z]:\\)[^\s:*?\"<>|]*[^\s:*?\"<>|.,;)]")
_BEGIN = re.compile(rf"^[*●•\s]*(?P<name>{_NAME})(?=\s*(?:$|[-–—|(\[+*•]))", re.IGNORECASE)
_BESIDE = re.compile(r"\((?P<folder>(?:~|/|[A-Za-z]:\\)[^)]*)\)")  # as Vim and Emacs show it
_FILE = re.compile(rf"{_NAME}$", re.IGNORECASE)
_URL = re.compile(r"[a-z]+://|@[\w.-]+:")


def in_title(title: str) -> str | None:
    """The file that a window is called after, with its folder where the title tells it."""
    if rooted := _ROOTED.search(title):
        path = rooted.group()
        if _FILE.fullmatch(_name(path)):
            return path
    if (named := _BEGIN.match(title)) is None:
        return None
    folder = _BESIDE.search(title)
    return _join(folder["folder"], named["name"]) if folder else named["name"]


def in_command(command: str, folder: str) -> list[str]:
    """The files that a command names, each under `folder` unless it says otherwise."""
    try:
        words = shlex.split(command)[1:]
    except ValueError:  # a quote that does not end
        return []
    files = [w for w in words if not _URL.search(w) and _FILE.fullmatch(_name(w))]
    return [word if _is_rooted(word) else _join(folder, word) for word in files]


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _is_rooted(path: str) -> bool:
    return path.startswith(("~", "/")) or path[1:3] == ":\\"


def _join(folder: str, path: str) -> str:
    if folder[1:3] == ":\\":
        return folder.rstrip("\\") + "\\" + path.replace("/", "\\")
    return posixpath.normpath(posixpath.join(folder, path)) if folder else path
