"""Conversation history: a port, and the adapter the settings ask for."""

from __future__ import annotations

from functools import lru_cache

from companion.chat.history.orm import OrmHistory
from companion.chat.history.port import ConversationHistory, Spoken, StoredMessage, StoredTurn

__all__ = ["ConversationHistory", "Spoken", "StoredMessage", "StoredTurn", "history"]


@lru_cache(maxsize=1)
def history() -> ConversationHistory:
    """The history in use."""
    return OrmHistory()
