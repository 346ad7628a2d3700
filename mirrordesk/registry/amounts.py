"""Bytes in the sentences of the registry."""

from __future__ import annotations


def gigabytes(amount: int) -> str:
    """`2.5 GB`, base 1000; below a tenth of that, `12 MB`."""
    return f"{amount / 1e9:.1f} GB" if amount >= 10**8 else f"{amount / 1e6:.0f} MB"
