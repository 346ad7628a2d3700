"""What every page of the window works with."""

from __future__ import annotations

from dataclasses import dataclass

from mirrordesk.client import DeskClient
from mirrordesk.ui.background import Background
from mirrordesk.ui.pictures import Pictures
from mirrordesk.ui.style import Theme


@dataclass(frozen=True, slots=True)
class Context:
    """The desk, the way to call it off the main thread, the picture cache and the theme."""

    desk: DeskClient
    background: Background
    pictures: Pictures
    theme: Theme
