"""What the portal's pages are written with, whichever room a page is of."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.contrib.auth.models import AnonymousUser
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from companion.accounts.models import User
from companion.family import rules, selectors
from companion.family.live.render import render
from companion.family.picture import Picture
from companion.family.registry import FRAGMENTS
from companion.family.selectors import Frame

register = template.Library()


@register.simple_tag
def frame_of(person: User | AnonymousUser) -> Frame:
    """What stands on top of every page."""
    return selectors.frame_of(person) if isinstance(person, User) else Frame((), is_several=False)


@register.simple_tag(takes_context=True)
def fragment(context: Context, name: str, picture: Picture) -> SafeString:
    """A fragment in its first state; `/ws/live/` puts later ones in its place."""
    html = render(FRAGMENTS[name], picture, csrf_token=str(context.get("csrf_token", "")))
    return mark_safe(html)  # noqa: S308  (a rendered template)  # nosec B308 B703


@register.filter
def when(at: datetime, picture: Picture) -> str:
    """An instant by the senior's clock, as people say it: `9:12 a.m.`, `yesterday at 8:14 p.m.`."""
    return rules.when_in_words(at, picture.now, picture.zone)


@register.filter
def day(value: date, picture: Picture) -> str:
    """A day of the senior's, as people say it: `today`, `Tuesday`, `3 March`."""
    return rules.day_in_words(value, picture.today)


@register.filter
def ago(at: datetime, picture: Picture) -> SafeString:
    """How old a fact is: `4 min ago`. An open page keeps it true."""
    words = rules.ago_in_words(at, picture.now)
    return format_html('<time class="ago" datetime="{}" data-ago>{}</time>', at.isoformat(), words)
