"""The model hub: what it says of a file, and its bytes. huggingface_hub is used here alone.

Its `hf_hub_download` begins anew after every interruption, so a file is fetched with the two calls
that it is made of: one asks for size and hash, the other reads on from where a former try ended.
`HF_ENDPOINT`, `HF_TOKEN`, `HF_HUB_OFFLINE` and the proxy variables hold for both.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mirrordesk.errors import DiskFull, WeightsMissing
from mirrordesk.registry.model import Model, ModelFile, Source

_SHA256 = re.compile("[0-9a-f]{64}")
_HINTS = {
    401: "it wants to know who asks: set HF_TOKEN",
    403: "it wants its terms accepted first, on its page",
    404: "the file is not there, or no longer",
}


@dataclass(frozen=True, slots=True)
class Remote:
    """A file where it is published. Size 0, no hash and no commit: the server does not say."""

    url: str
    size: int
    sha256: str
    commit: str


def look(model: Model, file: ModelFile, revision: str) -> Remote:
    """Ask where a file of `model` lies. Raises WeightsMissing where it cannot be had."""
    library = _library()
    with _told_in_one_sentence(library, model, file):
        if model.source is Source.URL:
            about = library.get_hf_file_metadata(file.url, token=False)
            return Remote(file.url, about.size or file.size, file.sha256, "")
        url = library.hf_hub_url(model.repo, file.path, revision=revision)
        about = library.get_hf_file_metadata(url)
        commit = about.commit_hash or ""
        etag = about.etag or ""  # the SHA-256 of a large file, a git hash of a small one
        return Remote(
            library.hf_hub_url(model.repo, file.path, revision=commit or revision),
            about.size or 0,
            etag if _SHA256.fullmatch(etag) else "",
            commit,
        )


def fetch(model: Model, file: ModelFile, remote: Remote, part: Path) -> None:
    """Read on from where `part` ends until it is whole, with a progress bar on a terminal.

    Raises WeightsMissing where that fails, leaving `part` to be continued, and DiskFull.
    """
    library = _library()
    with _told_in_one_sentence(library, model, file), part.open("ab") as target:
        begun = target.tell()
        if remote.size and begun > remote.size:
            begun = target.truncate(target.seek(0))
        library.file_download.http_get(
            remote.url,
            target,
            resume_size=begun,
            headers=library.utils.build_hf_headers(
                token=None if model.source is Source.HUB else False
            ),
            expected_size=remote.size or None,
            displayed_filename=f"{model.name}: {file.path}",
        )
        target.flush()
        os.fsync(target.fileno())


def _library() -> Any:
    """huggingface_hub, which tells nobody more about this machine than it must."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # read when the library is imported
    import huggingface_hub
    import huggingface_hub.errors
    import huggingface_hub.file_download
    import huggingface_hub.utils

    return huggingface_hub


@contextlib.contextmanager
def _told_in_one_sentence(library: Any, model: Model, file: ModelFile) -> Iterator[None]:
    """Map what the library and the HTTP client below it raise."""
    url = library.constants.ENDPOINT if model.source is Source.HUB else file.url
    place = urlsplit(url).netloc
    try:
        yield
    except library.errors.OfflineModeIsEnabled as error:
        raise WeightsMissing(
            f"{model.name} is not here, and HF_HUB_OFFLINE forbids fetching it; unset it to pull."
        ) from error
    except library.errors.HfHubHTTPError as error:
        status = error.response.status_code
        raise WeightsMissing(
            f"{place} answers {status} for {file.path} of {model.name}; "
            f"{_HINTS.get(status, 'try again later')}."
        ) from error
    except (library.errors.HTTPError, OSError) as error:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"No space is left for {model.name}; make room, then pull again."
            ) from error
        first = str(error).partition("\n")[0].rstrip(".")
        raise WeightsMissing(
            f"{model.name} cannot be fetched from {place} ({first}); once that works, "
            f"`mirrordesk models pull {model.name}` goes on where it ended."
        ) from error
