"""How the window looks: colour tokens for light and dark, a spacing scale, one theme object.

Nothing else spells a colour, a radius or a font size. Text tokens keep at least 4.5:1 against every
ground they stand on (WCAG AA); a test computes it.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from mirrordesk.ui.sheet import sheet

# The spacing scale, in device-independent pixels; every margin and gap is one of these.
XS, S, M, L, XL, XXL = 4, 8, 12, 16, 24, 40
RADIUS = 10  # of cards; controls take SMALL_RADIUS
SMALL_RADIUS = 7

# Type sizes, in device-independent pixels.
CAPTION, BODY, LEAD, TITLE, DISPLAY = 12, 14, 16, 20, 28


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme, as `#rrggbb`."""

    dark: bool
    ground: str  # behind everything
    rail: str  # behind the navigation
    card: str
    sunken: str  # wells: picture backgrounds, the lanes of the day
    hover: str
    line: str  # hairlines and borders
    ink: str  # text
    ink_soft: str  # secondary text
    accent: str
    accent_hover: str
    on_accent: str
    accent_wash: str  # a faint ground in the accent's hue
    outline: str  # around cited lines, over pictures of any colour
    good: str
    warn: str
    bad: str
    episodes: tuple[str, ...]  # blocks of the day; neighbours differ in hue and lightness


LIGHT = Tokens(
    dark=False,
    ground="#f7f6f3",
    rail="#efede8",
    card="#ffffff",
    sunken="#f1efea",
    hover="#e6e3dc",
    line="#dedad2",
    ink="#1c1e22",
    ink_soft="#5b5f68",
    accent="#3350c4",
    accent_hover="#2a43a8",
    on_accent="#ffffff",
    accent_wash="#e6eafb",
    outline="#3350c4",
    good="#1b7a4b",
    warn="#8f5a00",
    bad="#b3362b",
    episodes=(
        "#5b76dc",
        "#d98c4a",
        "#4f9f86",
        "#b06ab3",
        "#c9a227",
        "#5aa3c7",
        "#cc6b74",
        "#7f9a4c",
    ),
)

DARK = Tokens(
    dark=True,
    ground="#17181b",
    rail="#121316",
    card="#1f2126",
    sunken="#191b1f",
    hover="#2b2e35",
    line="#33363d",
    ink="#eceef1",
    ink_soft="#a6abb5",
    accent="#93a8ff",
    accent_hover="#aebeff",
    on_accent="#11131a",
    accent_wash="#272d45",
    outline="#4d6bff",
    good="#62c796",
    warn="#e2b15f",
    bad="#f08c82",
    episodes=(
        "#7f97f0",
        "#e0a068",
        "#66b89d",
        "#c48bc7",
        "#d6b74e",
        "#74b6d6",
        "#df8a92",
        "#9ab468",
    ),
)

# Families drawn for screens, best first; the desktop's own choice is the last resort because Qt
# names a wide fallback where no desktop has chosen one.
_SANS = ("Inter", "Segoe UI", "SF Pro Text", "Cantarell", "Noto Sans", "Liberation Sans")


def font(size: int = BODY, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """The interface's font. Painted text takes it from here; widgets get it from the sheet."""
    general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    chosen = QFont([*_SANS, general.family()])
    chosen.setPixelSize(size)
    chosen.setWeight(weight)
    return chosen


def palette(tokens: Tokens) -> QPalette:
    """The palette that parts of Qt which ignore style sheets follow."""
    result = QPalette()
    role = QPalette.ColorRole
    for colour, roles in (
        (tokens.ground, (role.Window, role.AlternateBase)),
        (tokens.card, (role.Base, role.Button, role.ToolTipBase)),
        (tokens.ink, (role.WindowText, role.Text, role.ButtonText, role.ToolTipText)),
        (tokens.ink_soft, (role.PlaceholderText,)),
        (tokens.accent, (role.Highlight, role.Link, role.Accent)),
        (tokens.on_accent, (role.HighlightedText,)),
    ):
        for each in roles:
            result.setColor(each, QColor(colour))
    for each in (role.WindowText, role.Text, role.ButtonText):
        result.setColor(QPalette.ColorGroup.Disabled, each, QColor(tokens.ink_soft))
    return result


class Theme(QObject):
    """The theme in force. Applies itself to the application and follows the system's choice."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self.tokens = LIGHT
        app.setStyle("Fusion")
        app.setFont(font())
        app.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: str) -> None:
        """Take `system`, `light` or `dark`."""
        self._choice = choice
        self._apply()

    def colour(self, name: str, alpha: float = 1.0) -> QColor:
        """A token as a colour to paint with; `alpha` from 0 to 1."""
        result = QColor(getattr(self.tokens, name))
        result.setAlphaF(alpha)
        return result

    def _apply(self) -> None:
        system_dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        dark = self._choice == "dark" or (self._choice == "system" and system_dark)
        self.tokens = DARK if dark else LIGHT
        self._app.setPalette(palette(self.tokens))
        self._app.setStyleSheet(sheet(self.tokens))
        self.changed.emit()
