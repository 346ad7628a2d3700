"""Shapes that more than one drawing needs."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPolygonF


def triangle(place: QRectF) -> QPolygonF:
    """A triangle standing on the base of `place`."""
    top = QPointF(place.center().x(), place.top())
    return QPolygonF([top, place.bottomRight(), place.bottomLeft()])
