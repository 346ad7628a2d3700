"""Where in a browser's window the address stands, as browsers tell the accessibility service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mirrordesk.capture.accessibility import Accessibility, Node
from mirrordesk.rules.browsers import is_chromium, is_gecko


@dataclass(frozen=True, slots=True)
class Way:
    """What the field is called, and in which attribute.

    `around`: parts of the names of what is looked into; an empty one fits all, and is therefore
    bound to what lies `inside` one part of the window. A page is never looked into.
    """

    attribute: str
    field: str
    around: tuple[str, ...]
    inside: str = ""


_CHROMIUM = Way(
    "class",
    "OmniboxViewViews",
    (
        *("NonClientView", "FrameView", "BrowserView", "TopContainerView", "ToolbarView"),
        "LocationBarView",
    ),
)
_GECKO = Way("id", "urlbar-input", ("",), inside="nav-bar")


def way(app: str) -> Way | None:
    """The way of a browser; None where none is known."""
    if is_chromium(app):
        return _CHROMIUM
    return _GECKO if is_gecko(app) else None


def find(service: Accessibility, frame: Node, app: str) -> Node | None:
    """The field that shows the address in a window, or None. Raises Silent."""
    known = way(app)
    if known is None:
        return None
    service.attribute(frame, known.attribute)  # only then does Chromium tell what lies in it
    if not known.inside:
        return _within(service, frame, known)
    places = (node for node, name in _called(service, frame, known) if name == known.inside)
    return next((field for node in places if (field := _within(service, node, known))), None)


def _within(service: Accessibility, node: Node, known: Way) -> Node | None:
    for child, name in _called(service, node, known):
        if name == known.field:
            return child
        if any(part in name for part in known.around) and (found := _within(service, child, known)):
            return found
    return None


def _called(service: Accessibility, node: Node, known: Way) -> Iterator[tuple[Node, str]]:
    for child in service.children(node):
        yield child, service.attribute(child, known.attribute)
