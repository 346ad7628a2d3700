"""The Jupyter widget: `from mirrordesk.notebook import MirrorDesk`.

Importing this package loads nothing but this file; anywidget comes with the first name taken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mirrordesk.notebook.widget import MirrorDesk, ask

__all__ = ["MirrorDesk", "ask"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mirrordesk.notebook import widget

    return getattr(widget, name)
