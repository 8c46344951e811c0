"""Encrypted columns and blind indexes."""

from __future__ import annotations

import base64

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from companion.accounts.fields import UnreadableError, blind_index, seal, unseal
from companion.accounts.models import User

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert unseal("accounts_user.email", seal("accounts_user.email", text)) == text


def test_the_envelope_names_its_version_and_key_and_hides_the_text(settings: Settings) -> None:
    settings.FIELD_KEYS = {"k7": NEW}
    version, key_id, nonce, _ = seal("t.c", "margaret@example.org").split("|")
    assert (version, key_id, len(base64.urlsafe_b64decode(nonce))) == ("v1", "k7", 12)
    assert "margaret" not in seal("t.c", "margaret@example.org")
    assert seal("t.c", "same") != seal("t.c", "same")


def test_a_value_moved_to_another_column_does_not_open() -> None:
    with pytest.raises(UnreadableError):
        unseal("accounts_user.phone", seal("accounts_user.email", "margaret@example.org"))


def test_old_keys_still_open_and_unknown_ones_say_so(settings: Settings) -> None:
    settings.FIELD_KEYS = {"old": OLD}
    envelope = seal("t.c", "hello")
    settings.FIELD_KEYS = {"new": NEW, "old": OLD}
    assert unseal("t.c", envelope) == "hello"
    assert seal("t.c", "hello").startswith("v1|new|")
    settings.FIELD_KEYS = {"new": NEW}
    with pytest.raises(UnreadableError, match="not in FIELD_KEYS"):
        unseal("t.c", envelope)


@given(st.text(alphabet="v12|kabc=-_é", max_size=60) | st.text(max_size=60))
def test_no_garbage_opens_or_breaks(garbage: str) -> None:
    with pytest.raises(UnreadableError):
        unseal("t.c", garbage)


@given(st.data())
def test_a_changed_envelope_does_not_open(data: st.DataObject) -> None:
    version, key_id, nonce, ciphertext = seal("t.c", "margaret@example.org").split("|")
    raw = bytearray(base64.urlsafe_b64decode(ciphertext))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(UnreadableError) as refusal:
        unseal("t.c", "|".join((version, key_id, nonce, base64.urlsafe_b64encode(raw).decode())))
    assert "margaret" not in str(refusal.value)


def test_blind_indexes_differ_by_column_value_and_key(settings: Settings) -> None:
    index = blind_index("a.email", "x")
    assert index == blind_index("a.email", "x")
    others = {blind_index("b.email", "x"), blind_index("a.email", "y")}
    settings.BLIND_INDEX_KEY = b"z" * 32
    assert index not in others | {blind_index("a.email", "x")}
    assert len(index) == 64


def test_the_database_never_holds_the_address_or_number(senior: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_user")
        row = " ".join(str(value) for value in cursor.fetchone()).lower()
    assert "margaret@example" not in row
    assert "5552671" not in row


def test_encrypted_columns_refuse_to_be_searched(senior: User) -> None:
    for look_up in ("email", "email__contains", "email__iexact", "email__in"):
        with pytest.raises(FieldError):
            User.objects.filter(**{look_up: ["margaret@example.org"]}).exists()
    assert User.objects.filter(email__isnull=False).count() == 1


def test_empty_stays_empty(stranger: User) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, email_index FROM accounts_user")
        assert cursor.fetchone() == ("", "")
