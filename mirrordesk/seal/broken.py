"""What is raised of bytes that are not what was sealed."""

from __future__ import annotations


class Broken(OSError):
    """Bytes that were changed, cut off, moved, or sealed with a key that is not there.

    An OSError, as readers of files foresee one; they turn it into their own sentence.
    """
