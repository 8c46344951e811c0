"""The cast: Margaret, her daughter and son, a carer, a visitor, and a stranger."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.circle import actions
from companion.circle.models import Membership, Role


def join(senior: User, user: User, role: str, relation: str = "") -> Membership:
    """Bring somebody into the circle the way people come into it."""
    actions.create_profile(senior)
    invited = actions.invite(senior, senior.pk, role=role, relation=relation)
    return actions.accept_invitation(user, invited.token)


def person(username: str, full_name: str, kind: str = Kind.FAMILY, phone: str = "") -> User:
    """Somebody with a verified e-mail address."""
    return create_user(
        username=username,
        full_name=full_name,
        kind=kind,
        email=f"{username}@example.org",
        phone=phone,
        is_verified=True,
        time_zone="America/New_York",
    )


def signed_in(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user, backend="companion.accounts.backends.PersonBackend")
    return client


def text_of(response: Any) -> str:
    """A page, with its white space as one sees it."""
    return " ".join(response.content.decode().split())


@pytest.fixture
def senior(db: None) -> User:
    margaret = person("margaret", "Margaret Doyle", Kind.SENIOR, "+12025550111")
    actions.create_profile(margaret)
    return margaret


@pytest.fixture
def daughter(senior: User) -> User:
    """Anna, the first contact."""
    anna = person("anna", "Anna Doyle", phone="+12025550123")
    join(senior, anna, Role.PRIMARY, "daughter")
    return anna


@pytest.fixture
def son(senior: User) -> User:
    ben = person("ben", "Ben Doyle", phone="+442079460018")
    join(senior, ben, Role.FAMILY, "son")
    return ben


@pytest.fixture
def visitor(senior: User) -> User:
    vera = person("vera", "Vera Lund")
    join(senior, vera, Role.VIEWER, "friend")
    return vera


@pytest.fixture
def stranger(db: None) -> User:
    return person("stranger", "Sam Stranger")


@pytest.fixture
def operator(db: None) -> User:
    return User.objects.create_superuser("operator", "nine loud sparrows", full_name="Olga Operator")
