from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from knowledge.public import Answered


class ChatConfig(AppConfig):
    name = "companion.chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What was said is part of a person's own copy of their data; curators may try the answers."""
        from companion.chat.export import offer_all
        from knowledge.public import hand_over_answering

        offer_all()
        hand_over_answering(_try_answer)


async def _try_answer(message: str, *, before: Sequence[str] = (), by_senior: bool = True) -> Answered:
    from companion.chat.trial import try_answer  # the turn's parts are of no use to most commands

    return await try_answer(message, before=before, by_senior=by_senior)
