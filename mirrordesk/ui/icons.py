"""The icons, drawn as strokes on a 24-unit grid and tinted when used."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

_FRAME = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" '
    'stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">{shape}</svg>'
)

SHAPES = {
    "ask": '<path d="M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11'
    'l-4.5 4v-4A2.5 2.5 0 0 1 4 13.5z"/><path d="M8.5 8.7h7M8.5 11.7h4.5"/>',
    "timeline": '<path d="M3.5 7h9M15.5 7h5M3.5 12h4M10.5 12h10M3.5 17h11M17.5 17h3"/>',
    "status": '<path d="M3.5 12.5h4l2.6-7 4 13 2.6-6h3.8"/>',
    "send": '<path d="M12 19V5.5M6 11l6-6 6 6"/>',
    "stop": '<rect x="7" y="7" width="10" height="10" rx="1.5" fill="{colour}"/>',
    "pause": '<path d="M9 6.5v11M15 6.5v11" stroke-width="2.6"/>',
    "resume": '<path d="M8.5 6v12l9.5-6z" fill="{colour}"/>',
    "left": '<path d="M14.5 6l-6 6 6 6"/>',
    "right": '<path d="M9.5 6l6 6-6 6"/>',
    "close": '<path d="M6.5 6.5l11 11M17.5 6.5l-11 11"/>',
    "plus": '<path d="M12 6v12M6 12h12"/>',
    "minus": '<path d="M6 12h12"/>',
    "fit": '<path d="M4.5 9V5.5a1 1 0 0 1 1-1H9M15 4.5h3.5a1 1 0 0 1 1 1V9'
    'M19.5 15v3.5a1 1 0 0 1-1 1H15M9 19.5H5.5a1 1 0 0 1-1-1V15"/>',
    "calendar": '<rect x="4" y="5.5" width="16" height="14.5" rx="2.5"/>'
    '<path d="M4 10h16M8.5 3.5v4M15.5 3.5v4"/>',
    "sound": '<path d="M5 10v4M8.7 7v10M12.3 4.5v15M16 8v8M19.5 10.5v3"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="2"/>'
    '<path d="M15 9V6a2 2 0 0 0-2-2H6a2 2 0 0 0-2 2v7a2 2 0 0 0 2 2h3"/>',
    "again": '<path d="M19.5 12a7.5 7.5 0 1 1-2.4-5.5"/><path d="M19.8 3.5v4h-4"/>',
    "quiet": '<circle cx="10.5" cy="10.5" r="6"/><path d="M15 15l5 5"/>',
    "ok": '<circle cx="12" cy="12" r="8.5"/><path d="M8.2 12.3l2.6 2.6 5-5.4"/>',
    "missing": '<circle cx="12" cy="12" r="8.5" stroke-dasharray="3.4 3.3"/><path d="M8.5 12h7"/>',
    "problem": '<path d="M12 4l9 15.5H3z"/><path d="M12 10v4.2M12 16.9v.1"/>',
    "mirror": '<rect x="3.5" y="5" width="12" height="11" rx="2.5"/>'
    '<path d="M19 9.5a1.5 1.5 0 0 1 1.5 1.5v6a2.5 2.5 0 0 1-2.5 2.5H10A1.5 1.5 '
    '0 0 1 8.5 19"/>',
}


def pixmap(name: str, colour: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon of `size` device-independent pixels for a screen with that pixel ratio."""
    result = QPixmap(round(size * ratio), round(size * ratio))
    result.fill(Qt.GlobalColor.transparent)
    source = _FRAME.replace("{shape}", SHAPES[name]).replace("{colour}", colour.name())
    painter = QPainter(result)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(source.encode())).render(
        painter, QRectF(0, 0, result.width(), result.height())
    )
    painter.end()
    result.setDevicePixelRatio(ratio)
    return result


def icon(name: str, colour: QColor, size: int = 20) -> QIcon:
    """An icon sharp on screens of pixel ratio 1 and 2."""
    result = QIcon()
    for ratio in (1.0, 2.0):
        result.addPixmap(pixmap(name, colour, size, ratio))
    return result
