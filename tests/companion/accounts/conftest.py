"""The cast of the accounts tests: a senior, a daughter, an operator and a stranger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from celery import current_app
from django.core.cache import cache
from django.http import HttpRequest
from django.test import RequestFactory

from companion.accounts import access, actions, limits, mails, tasks
from companion.accounts.clients import Client
from companion.accounts.models import Kind, User

PASSWORD = "seven quiet herons"
PHONE = Client("203.0.113.7", "Lilo/1.0 (phone)")
THIEF = Client("198.51.100.9", "curl/8")


@pytest.fixture(autouse=True)
def _fresh_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test begins with full buckets, an empty cache and no rules of other rooms."""
    monkeypatch.setattr(limits, "_local", limits._LocalBuckets())
    monkeypatch.setattr(limits, "_outage", limits._Outage())
    monkeypatch.setattr(access, "_hand_over_rules", [])
    cache.clear()


@pytest.fixture
def senior(db: None) -> User:
    return actions.create_user(
        username="margaret",
        full_name="Margaret Hill",
        password=PASSWORD,
        kind=Kind.SENIOR,
        email="Margaret@Example.org",
        phone="(415) 555-2671",
        time_zone="America/Los_Angeles",
    )


@pytest.fixture
def daughter(db: None) -> User:
    return actions.create_user(
        username="anna", full_name="Anna Hill", password=PASSWORD, kind=Kind.FAMILY, email="anna@example.org"
    )


@pytest.fixture
def stranger(db: None) -> User:
    return actions.create_user(username="stranger", full_name="Some Body", kind=Kind.FAMILY)


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("operator", PASSWORD, full_name="Olga Operator")


@pytest.fixture
def a_request(rf: RequestFactory) -> Callable[..., HttpRequest]:
    def make(**meta: Any) -> HttpRequest:
        return rf.post("/sign-in/", **meta)

    return make


@pytest.fixture
def mails_leave(django_capture_on_commit_callbacks: Callable[..., object]) -> Iterator[Callable[..., object]]:
    """A block at whose end its transactions count as done; tasks run where they are queued."""
    assert {mails.VERIFY_TASK, mails.RESET_TASK} <= set(current_app.tasks), f"{tasks.__name__} must register them"
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    yield partial(django_capture_on_commit_callbacks, execute=True)
    current_app.conf.task_always_eager = before
