"""Wayland sessions: where the pixels come from, and who tells of the windows."""
