"""Owns every table and media file; ranks what it holds for a question."""
