"""Entries of a manifest, written as TOML."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping


def manifest(*entries: str) -> str:
    return "\n".join(["format = 1", *entries])


def entry(name: str, role: str, source: str, files: Mapping[str, bytes | None], **more: str) -> str:
    """One model; a file's bytes pin its hash, None leaves it to the first pull."""
    lines = [f'name = "{name}"', f'role = "{role}"', f'source = "{source}"']
    lines += [f'{key} = "{value}"' for key, value in more.items()]
    listed = ", ".join(_file(path, data) for path, data in files.items())
    return "\n".join(["[[model]]", *lines, f"files = [{listed}]", ""])


def _file(path: str, data: bytes | None) -> str:
    if data is None:
        return f'{{ path = "{path}" }}'
    sha256 = hashlib.sha256(data).hexdigest()
    return f'{{ path = "{path}", size = {len(data)}, sha256 = "{sha256}" }}'


def with_url(text: str, url: str) -> str:
    """The entry with an address for each of its files."""
    return text.replace('path = "', f'url = "{url}", path = "')
