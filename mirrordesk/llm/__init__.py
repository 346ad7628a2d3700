"""Turns ranked evidence into a cited answer, with a local model or without one."""
