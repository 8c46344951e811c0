"""How an answer and its sources are shown. `static/lilo/turns.js` does the same for an answer that streams in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django import template
from django.urls import reverse
from django.utils import timezone

from companion.chat.events import SourceItem
from companion.chat.history import StoredMessage
from companion.chat.reply import TELL_ME_MORE

register = template.Library()

MARK = re.compile(r"\s*\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of an answer, and the source they rest on, if any."""

    words: str
    source: SourceItem | None = None


@register.filter
def pieces(message: StoredMessage) -> Iterator[Piece]:
    """The answer cut at its [1] marks. A mark without a source is left out."""
    sources = {item.number: item for item in message.sources}
    start = 0
    for mark in MARK.finditer(message.text):
        yield Piece(message.text[start : mark.start()], sources.get(int(mark[1])))
        start = mark.end()
    if rest := message.text[start:]:
        yield Piece(rest)


@register.filter
def of_turn(opinions: Mapping[UUID, bool], turn_id: UUID) -> str:
    """What was said of a turn's answer: `helped`, `unhelpful`, or nothing."""
    return {True: "helped", False: "unhelpful", None: ""}[opinions.get(turn_id)]


@register.filter
def spoken(message: StoredMessage) -> str:
    """The answer as it is read aloud: without marks."""
    return MARK.sub("", message.text)


@register.filter
def further(message: StoredMessage) -> list[str]:
    """Other questions that fit, besides hearing more."""
    return [question for question in message.suggestions if question != TELL_ME_MORE]


@register.filter
def entry_address(source: SourceItem) -> str:
    """The page of the entry, with the sentences that were used marked on it."""
    return reverse("entry", args=[source.key]) + "?" + urlencode([("used", sentence) for sentence in source.used])


@register.filter
def checked(day: str | date | None) -> str:
    """When a source was read: "as of May", with the year where it is not this one."""
    if not day:
        return ""
    when = date.fromisoformat(day) if isinstance(day, str) else day
    year = "" if when.year == timezone.localdate().year else f" {when.year}"
    return f"as of {when:%B}{year}"
