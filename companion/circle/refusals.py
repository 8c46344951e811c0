"""What cannot be done, in words for the person who asked."""

from __future__ import annotations


class RefusedError(Exception):
    """It cannot be done; the message says why, in words for the person who asked."""
