"""Open pages hear at once that a person's sign-ins have ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from companion.accounts import actions, events
from companion.accounts.models import User

Commit = Callable[..., Any]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What would go over the channel layer."""
    sent: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(events, "send_hints", sent.extend)
    return sent


@pytest.mark.parametrize(
    "act",
    [
        actions.sign_out_everywhere,
        lambda user: actions.change_password(user, "nine loud sparrows"),
        lambda user: actions.close_account(user, by=user),
    ],
    ids=["signed out everywhere", "new password", "account closed"],
)
def test_ended_sign_ins_are_told(
    senior: User, hints: list[Any], act: Callable[[User], None], django_capture_on_commit_callbacks: Commit
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        act(senior)
    assert hints == [(f"user.{senior.pk}", {"type": "revoked", "user_id": str(senior.pk)})]


def test_signing_out_here_is_told(
    client: Client, senior: User, hints: list[Any], django_capture_on_commit_callbacks: Commit
) -> None:
    client.force_login(senior)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("sign-out"))
        client.post(reverse("sign-out"))  # once more, as nobody
    assert [group for group, _ in hints] == [f"user.{senior.pk}"]
