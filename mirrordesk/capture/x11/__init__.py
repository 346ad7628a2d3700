"""X11: windows and hot keys, by the X protocol."""
