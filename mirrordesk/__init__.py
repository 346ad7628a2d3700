"""MirrorDesk: a personal memory of screen and sound that stays on the machine."""

__version__ = "0.1.0"
