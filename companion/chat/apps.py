from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.apps import AppConfig

if TYPE_CHECKING:
    from knowledge.public import Answered


class ChatConfig(AppConfig):
    name = "companion.chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What was said is part of a person's own copy, and goes with them; curators may try the answers."""
        from companion.accounts.events import tell_of_erasure
        from companion.chat.export import offer_all
        from companion.chat.taking_part import participants
        from knowledge.public import hand_over_answering, hand_over_participants

        offer_all()
        tell_of_erasure(_forget)
        hand_over_answering(_try_answer)
        hand_over_participants(participants)


def _forget(user_id: UUID) -> None:
    from companion.chat.questions.actions import take_back

    take_back(user_id)


async def _try_answer(
    message: str, *, before: Sequence[str] = (), by_senior: bool = True, is_well: bool = False
) -> Answered:
    from companion.chat.trial import try_answer  # the turn's parts are of no use to most commands

    return await try_answer(message, before=before, by_senior=by_senior, is_well=is_well)
