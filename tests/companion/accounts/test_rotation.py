"""Rotating the keys of encrypted columns."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django.fixtures import Settings

from companion.accounts import rotation
from companion.accounts.models import User

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture
def people(db: None, settings: Settings) -> list[User]:
    """Seven people under the old key, one of them gone, one without an address."""
    settings.FIELD_KEYS = {"old": OLD}
    made = [User.objects.create_user(f"person{n}", email=f"p{n}@example.org" if n else "") for n in range(7)]
    made[6].deleted_at = made[6].created_at
    made[6].save(update_fields=["deleted_at"])
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}
    return made


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM accounts_user WHERE email <> ''")
        return [row[0].split("|")[1] for row in cursor.fetchall()]


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_field_keys", *arguments, stdout=out)
    return out.getvalue()


def test_every_row_is_rewritten_and_reads_as_before(people: list[User], settings: Settings) -> None:
    assert "accounts_user.email: 6 rewritten, 0 left" in rotate("--batch", "2")
    assert stored() == ["new"] * 6
    settings.FIELD_KEYS = {"new": NEW}
    assert {user.email for user in User.everyone.all()} == {"", *(f"p{n}@example.org" for n in range(1, 7))}
    assert User.objects.get_by_email("p3@example.org").username == "person3"


def test_a_stopped_run_goes_on_where_it_was(people: list[User]) -> None:
    field = next(field for field in rotation.encrypted_fields() if field.name == "email" and field.model is User)
    _, done = rotation.rewrite_batch(field, after=None, size=4)
    assert (done, sorted(stored())) == (4, ["new"] * 4 + ["old"] * 2)
    assert "accounts_user.email: 2 rewritten, 0 left" in rotate()


def test_a_second_run_touches_nothing(people: list[User]) -> None:
    rotate()
    assert "accounts_user.email: 0 rewritten, 0 left" in rotate()


def test_a_lost_key_is_named_and_changes_nothing(people: list[User], settings: Settings) -> None:
    settings.FIELD_KEYS = {"new": NEW}
    with pytest.raises(CommandError, match=r"accounts_user\.email .*FIELD_KEYS"):
        rotate()
    assert stored() == ["old"] * 6


def test_batches_have_a_size(db: None) -> None:
    with pytest.raises(CommandError):
        rotate("--batch", "0")
