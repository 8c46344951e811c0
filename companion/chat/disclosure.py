"""Lilo says what it is: a computer program. At the start of a talk, and again after three hours of talking.

The law asks for it (New York's General Business Law, article 47), and it is only fair. When it was last said is a row,
so that every page, device and process of a person agrees. It is never said in an emergency: it waits for the next
answer.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone

from companion.chat import phrases
from companion.chat.models import Disclosure
from companion.chat.reply import Reply
from lilo_site.threads import in_thread

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=3)
#: Seconds a database may take to know; after that it is said, rather once too often.
PATIENCE: Final = 2.0
#: Answers that are talk with Lilo: no emergency, and nothing that a pressed button leads to.
TALK: Final = frozenset({"answer", "abstention", "small_talk", "refusal"})
_SAYS_SO = re.compile(r"\b(?:I am|I'm|Lilo is)(?: Lilo,)? a computer program\b", re.IGNORECASE)


async def due(user_id: UUID) -> bool:
    """Whether it is time to say it. Where that cannot be known, it is."""
    try:
        async with asyncio.timeout(PATIENCE):
            return await in_thread(_is_due, user_id)
    except (DatabaseError, TimeoutError):
        log.warning("it is not known when Lilo last said that it is a program: it says so again", exc_info=True)
        return True


def with_notice(reply: Reply) -> Reply:
    """The reply, led by the notice; one that may say so by itself gets it at the end, if it did not."""
    if reply.kind not in TALK:
        return reply
    may_say_so = any(_SAYS_SO.search(ground) for ground in reply.grounds)
    sentences = _told_last(reply.sentences) if may_say_so else _told_first(reply.sentences)
    return replace(reply, sentences=sentences, grounds=(*reply.grounds, phrases.A_PROGRAM))


def note(user_id: UUID, text: str, at: datetime) -> None:
    """Remember that an answer said it, where it did. Blocks."""
    if _SAYS_SO.search(text):
        Disclosure.objects.update_or_create(user_id=user_id, defaults={"said_at": at})


def _is_due(user_id: UUID) -> bool:
    return not Disclosure.objects.filter(user_id=user_id, said_at__gt=timezone.now() - EVERY).exists()


async def _told_first(sentences: AsyncIterator[str]) -> AsyncIterator[str]:
    yield phrases.A_PROGRAM
    async for sentence in sentences:
        yield sentence


async def _told_last(sentences: AsyncIterator[str]) -> AsyncIterator[str]:
    is_said = False
    async for sentence in sentences:
        is_said = is_said or bool(_SAYS_SO.search(sentence))
        yield sentence
    if not is_said:
        yield phrases.A_PROGRAM
