"""Days and times as people say them, by their own clock: `{{ look.at|moment:user.time_zone }}`."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from companion.circle import wording
from companion.circle.models import Item

register = template.Library()


@register.filter
def moment(at: datetime, zone: str) -> str:
    """`today at 9:12 a.m.`"""
    return wording.at_in_words(at, timezone.now(), zone)


@register.filter
def day(at: datetime, zone: str) -> str:
    """`today`, `Tuesday, 3 March`."""
    return wording.day_in_words(at, timezone.now(), zone)


@register.filter
def item_words(item: str) -> wording.ItemWords:
    """What an item is, in words."""
    return wording.ITEM_WORDS[Item(item)]


@register.filter
def role_words(role: str) -> str:
    """What a role may do."""
    return wording.ROLE_WORDS.get(role, "")  # type: ignore[call-overload,no-any-return]
