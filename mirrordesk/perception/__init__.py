"""Turns pixels and sound into text and vectors, behind small interfaces."""
