"""Proving who one is, under limits that slow a guesser down and never lock an elder out of help.

A pair of name and address is locked after a few failures (axes). Beyond that, each address and each name has a bucket;
the bucket of a name is wide and empties by failures only. A senior can always come in by a code or a link.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.contrib.auth import authenticate, user_logged_in
from django.http import HttpRequest
from django.utils import timezone

from companion.accounts import actions, clients, limits, rules
from companion.accounts.models import SignInPass, User


class WrongPasswordError(Exception):
    """No open account has this name and this password; which of them is wrong is never told."""


class WrongPassError(Exception):
    """The code or link is unknown, used or too old."""


class MustWaitError(Exception):
    """Too many tries.

    Args:
        seconds: when to try again.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many tries: wait {seconds:.0f} s.")
        self.seconds = seconds


def with_password(request: HttpRequest, name: str, password: str) -> User:
    """The person whose user name or e-mail address and password these are.

    Raises:
        WrongPasswordError: they are nobody's.
        MustWaitError: too many tries from here, or for this name.
    """
    typed = rules.normal_name(name)
    _take("sign-in", clients.address_of(request), capacity=30, refill_per_s=0.1)
    _take("sign-in-name", typed, capacity=30, refill_per_s=1 / 600)
    setattr(request, clients.NAME, typed)
    user = authenticate(request, username=name, password=password)
    if getattr(request, "axes_locked_out", False):
        raise MustWaitError(lock_seconds(request))
    if not isinstance(user, User):
        raise WrongPasswordError
    limits.forget("sign-in-name", typed)
    return user


def with_pass(request: HttpRequest, form: Literal["code", "link"], secret: str) -> User:
    """The senior whom a code or a link's token lets in; it is used up by this.

    Raises:
        WrongPassError: it lets nobody in.
        MustWaitError: too many tries from here, or from everywhere.
    """
    _take("sign-in-pass", clients.address_of(request), capacity=10, refill_per_s=1 / 60)
    _take("sign-in-pass-all", form, capacity=300, refill_per_s=5)
    senior = actions.redeem_pass(SignInPass.Form(form), secret)
    if senior is None:
        raise WrongPassError
    limits.forget("sign-in-pass", clients.address_of(request))
    return senior


def tell_django(request: HttpRequest, user: User) -> None:
    """Let Django note the time and axes forget the failures, for a sign-in that opens no session."""
    user_logged_in.send(sender=type(user), request=request, user=user)


def lock_seconds(request: HttpRequest) -> float:
    """How long the pair of this request's name and address stays locked."""
    name, address = clients.name_for_axes(request, None), clients.address_of(request)
    last = AccessAttempt.objects.filter(username=name, ip_address=address).order_by("-attempt_time").first()
    cool_off = get_cool_off(request) or timedelta()
    until = (last.attempt_time if last else timezone.now()) + cool_off
    return max(1.0, (until - timezone.now()).total_seconds())


def _take(name: str, key: str, *, capacity: int, refill_per_s: float) -> None:
    wait = limits.take(name, key, capacity=capacity, refill_per_s=refill_per_s, fail_open=False)
    if wait is not None:
        raise MustWaitError(wait)
