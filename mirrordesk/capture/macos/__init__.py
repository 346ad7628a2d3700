"""macOS: pixels, windows, session and hot keys, by its own frameworks."""
