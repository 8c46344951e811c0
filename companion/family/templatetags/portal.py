"""What the portal's frame shows on every page, whichever room the page is of."""

from __future__ import annotations

from django import template
from django.contrib.auth.models import AnonymousUser

from companion.accounts.models import User
from companion.circle.access import visible_seniors
from companion.safety.selectors import open_alerts

register = template.Library()


@register.filter
def open_alert_count(person: User | AnonymousUser) -> int:
    """How many open alerts the person may see."""
    return open_alerts(person).count() if isinstance(person, User) else 0


@register.filter
def looks_after_several(person: User | AnonymousUser) -> bool:
    """Whether there is another senior to switch to."""
    return isinstance(person, User) and len(visible_seniors(person).values_list("pk")[:2]) > 1
