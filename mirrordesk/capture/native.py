"""Functions of the operating system's own libraries, declared before they are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mirrordesk.errors import CaptureUnavailable

Signature = tuple[Any, ...]  # what a function returns, then what it takes, as types of ctypes


def declared(library: Any, signatures: Mapping[str, Signature]) -> Any:
    """The library, its functions of those names declared.

    Raises CaptureUnavailable where one is missing, as in a system that is too old.
    """
    for name, (result, *arguments) in signatures.items():
        try:
            function = getattr(library, name)
        except AttributeError as error:
            raise CaptureUnavailable(
                f"This system does not have the function {name}, which MirrorDesk needs."
            ) from error
        function.restype, function.argtypes = result, arguments
    return library
