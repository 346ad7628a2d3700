"""Secrets in text and on screens: found, replaced by a mark, painted over. Pure functions."""
