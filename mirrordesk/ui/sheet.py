"""The style sheet. Widgets say what they are by `role`; the colours are the tokens'."""

from __future__ import annotations

from dataclasses import fields
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mirrordesk.ui.style import Tokens

_SHEET = Template("""
* { font-size: 14px; color: $ink; }
QMainWindow, QDialog, QMessageBox, QWidget[role="page"] { background: $ground; }
QToolTip { background: $card; color: $ink; border: 1px solid $line; padding: 5px 7px;
  font-size: 12px; }

QLabel[role="display"] { font-size: 28px; font-weight: 600; }
QLabel[role="title"] { font-size: 20px; font-weight: 600; }
QLabel[role="question"] { font-size: 20px; font-weight: 600; }
QLabel[role="lead"] { font-size: 16px; color: $ink_soft; }
QLabel[role="heading"] { font-size: 14px; font-weight: 600; }
QLabel[role="soft"] { color: $ink_soft; }
QLabel[role="caption"] { font-size: 12px; color: $ink_soft; }
QLabel[role="overline"] { font-size: 12px; font-weight: 600; color: $ink_soft; }
QLabel[role="brand"] { font-size: 16px; font-weight: 600; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="code"] { font-family: "JetBrains Mono", "Liberation Mono", monospace;
  font-size: 12px; background: $sunken; border: 1px solid $line; border-radius: 6px;
  padding: 3px 7px; }
QLabel[role="tag"] { font-size: 12px; font-weight: 600; color: $accent; background: $accent_wash;
  border-radius: 9px; padding: 2px 9px; }

QFrame[role="rail"] { background: $rail; border: none; border-right: 1px solid $line; }
QFrame[role="card"] { background: $card; border: 1px solid $line; border-radius: 10px; }
QFrame[role="well"] { background: $sunken; border: 1px solid $line; border-radius: 10px; }
QFrame[role="line"] { background: $line; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="side"] { background: $card; border: none; border-left: 1px solid $line; }
QFrame[role="bar"] { background: $card; border: none; border-bottom: 1px solid $line; }
QWidget[role="overlay"] { background: $ground; }

QFrame[role="composer"] { background: $card; border: 1px solid $line; border-radius: 14px; }
QFrame[role="composer"][focused="true"] { border: 1px solid $accent; }
QFrame[role="composer"] QLineEdit { background: transparent; border: none; font-size: 16px;
  placeholder-text-color: $ink_soft;
  selection-background-color: $accent; selection-color: $on_accent; }

QFrame[role="notice"] { background: $ink; border-radius: 10px; }
QFrame[role="notice"] QLabel { color: $ground; }

QMessageBox QLabel { min-width: 320px; }
QMessageBox QLabel#qt_msgbox_label { font-size: 16px; font-weight: 600; }

QPushButton { background: $card; border: 1px solid $line; border-radius: 7px; padding: 6px 14px;
  min-height: 20px; }
QPushButton:hover { background: $hover; }
QPushButton:focus { border: 1px solid $accent; }
QPushButton:disabled { color: $ink_soft; background: transparent; }
QPushButton[role="primary"], QPushButton:default { background: $accent; color: $on_accent;
  border: 1px solid $accent; font-weight: 600; }
QPushButton[role="primary"]:hover, QPushButton:default:hover { background: $accent_hover;
  border: 1px solid $accent_hover; }
QPushButton[role="suggestion"] { text-align: left; padding: 12px 16px; border-radius: 10px; }
QPushButton[role="suggestion"]:hover { border: 1px solid $accent; background: $card; }
QPushButton[role="quiet"] { background: transparent; border: 1px solid transparent;
  padding: 4px 8px; color: $accent; font-weight: 600; }
QPushButton[role="quiet"]:hover { background: $accent_wash; }
QPushButton[role="quiet"]:focus { border: 1px solid $accent; }
QPushButton[role="link"] { background: transparent; border: none; padding: 2px 0;
  text-align: left; color: $accent; font-weight: 600; }
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus { text-decoration: underline; }
QPushButton[role="nav"] { background: transparent; border: 1px solid transparent;
  text-align: left; padding: 8px 12px; border-radius: 8px; color: $ink_soft; }
QPushButton[role="nav"]:hover { background: $hover; color: $ink; }
QPushButton[role="nav"]:checked { background: $card; border: 1px solid $line; color: $ink;
  font-weight: 600; }
QPushButton[role="nav"]:focus { border: 1px solid $accent; }

QToolButton { background: transparent; border: 1px solid transparent; border-radius: 7px;
  padding: 5px; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border: 1px solid $accent; }
QToolButton[role="send"] { background: $accent; border-radius: 10px; padding: 7px; }
QToolButton[role="send"]:hover { background: $accent_hover; }
QToolButton[role="send"]:disabled { background: $hover; }

QFrame[role="cite"] { background: $card; border: 1px solid $line; border-radius: 10px; }
QFrame[role="cite"]:hover { border: 1px solid $accent; }
QFrame[role="cite"][focused="true"] { border: 1px solid $accent; }

QTextEdit, QPlainTextEdit { background: transparent; border: none;
  selection-background-color: $accent; selection-color: $on_accent; }
QScrollArea, QScrollArea > QWidget > QWidget[role="canvas"] { background: transparent;
  border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 2px; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 2px; }
QScrollBar::handle { background: $line; border-radius: 3px; min-height: 32px; min-width: 32px; }
QScrollBar::handle:hover { background: $ink_soft; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $card; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 7px 24px 7px 12px; border-radius: 6px; }
QMenu::item:selected { background: $accent_wash; color: $ink; }
QMenu::item:disabled { color: $ink_soft; }
QMenu::separator { height: 1px; background: $line; margin: 6px 4px; }

QCalendarWidget QWidget#qt_calendar_navigationbar { background: $card; }
QCalendarWidget QToolButton { font-weight: 600; padding: 6px 10px; }
QCalendarWidget QAbstractItemView { background: $card; selection-background-color: $accent;
  selection-color: $on_accent; outline: none; border: none; }
""")


def sheet(tokens: Tokens) -> str:
    """The sheet for one theme."""
    return _SHEET.substitute({f.name: getattr(tokens, f.name) for f in fields(tokens)})
