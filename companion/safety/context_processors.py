"""What every page of a signed-in person has at hand: whom to ring. Looked up only where a template shows it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from companion.accounts.models import User
from companion.circle.selectors import HelpContact, help_contacts
from companion.safety.numbers import Phone, emergency_numbers


def whom_to_ring(request: HttpRequest) -> dict[str, Any]:
    """`emergency` and `contacts` of the person who is signed in, both empty for anybody else; and a fresh `help_key`,
    by which two taps on one page are one call for help.
    """

    def numbers() -> tuple[Phone, ...]:
        user = getattr(request, "user", None)
        return emergency_numbers(user.country) if isinstance(user, User) else ()

    def contacts() -> tuple[HelpContact, ...]:
        user = getattr(request, "user", None)
        return help_contacts(user.pk) if isinstance(user, User) else ()

    return {"emergency": SimpleLazyObject(numbers), "contacts": SimpleLazyObject(contacts), "help_key": uuid4()}
