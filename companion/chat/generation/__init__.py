"""Who words the answers: a port, and the backend the settings ask for."""

from __future__ import annotations

from functools import lru_cache

from companion.chat.generation.extractive import ExtractiveGenerator
from companion.chat.generation.port import Generator, Request

__all__ = ["Generator", "Request", "generator"]


@lru_cache(maxsize=1)
def generator() -> Generator:
    """The generator in use."""
    return ExtractiveGenerator()
