"""Columns that are encrypted at rest, and blind indexes by which their values are still found.

A value is kept as `v1|key id|nonce|ciphertext` (AES-256-GCM). The table and column are bound in as associated data, so
a value moved to another column does not open. Key ring: `settings.FIELD_KEYS`; the first key encrypts, all decrypt.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:  # Django's fields take types in brackets for the type checker only
    TextField = models.TextField[str, str]
    CharField = models.CharField[str, str]
else:
    TextField, CharField = models.TextField, models.CharField

log = logging.getLogger(__name__)
VERSION = "v1"
NONCE_BYTES = 12


class UnreadableError(Exception):
    """A stored value does not open: its key is gone, it was changed, or it belongs to another column."""


def seal(column: str, text: str) -> str:
    """Encrypt `text` for one column, named `table.column`."""
    key_id, key = next(iter(settings.FIELD_KEYS.items()))
    nonce = secrets.token_bytes(NONCE_BYTES)
    ciphertext = _cipher(key).encrypt(nonce, text.encode("utf-8", "surrogatepass"), column.encode())
    return "|".join((VERSION, key_id, _encode(nonce), _encode(ciphertext)))


def unseal(column: str, envelope: str) -> str:
    """Decrypt what `seal` made for the same column.

    Raises:
        UnreadableError: it does not open. The message names the column and never the value.
    """
    try:
        version, key_id, nonce, ciphertext = envelope.split("|")
        if version != VERSION:
            raise UnreadableError(f"A value of {column} has an unknown layout.")
        opened = _cipher(settings.FIELD_KEYS[key_id]).decrypt(_decode(nonce), _decode(ciphertext), column.encode())
    except KeyError:
        raise UnreadableError(f"A value of {column} was encrypted with a key that is not in FIELD_KEYS.") from None
    except (ValueError, InvalidTag):
        raise UnreadableError(f"A value of {column} is damaged or was made for another column.") from None
    return opened.decode("utf-8", "surrogatepass")


def blind_index(column: str, value: str) -> str:
    """The keyed fingerprint, 64 hexadecimal digits, of an already normalised value of one column."""
    text = f"{column}|{value}".encode("utf-8", "surrogatepass")
    return hmac.new(settings.BLIND_INDEX_KEY, text, hashlib.sha256).hexdigest()


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii")


def _decode(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)


class EncryptedTextField(TextField):
    """Text that the database holds encrypted. It can be read and written, never searched; empty stays empty.

    Args:
        unreadable: what is read where a value does not open. For texts that stand beside what must be read in any case,
            as an address beside a name; without it reading raises `UnreadableError`.
    """

    description = "Encrypted text"

    def __init__(self, *args: Any, unreadable: str = "", **options: Any) -> None:
        self.unreadable = unreadable
        super().__init__(*args, **options)

    @property
    def sealed_for(self) -> str:
        """The table and column that each value is bound to."""
        return f"{self.model._meta.db_table}.{self.column}"

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way to the database.

        Raises:
            ValueError: it is what stands for a value that does not open, which must not take that value's place.
        """
        text = super().get_prep_value(value)
        if text and text == self.unreadable:
            raise ValueError(f"A value of {self.sealed_for} that does not open is not written over unread.")
        return seal(self.sealed_for, text) if isinstance(text, str) and text else text

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        """Decrypt on the way back."""
        if not value:
            return value
        try:
            return unseal(self.sealed_for, value)
        except UnreadableError:
            if not self.unreadable:
                raise
            log.exception("a value does not open", extra={"column": self.sealed_for})
            return self.unreadable

    def get_lookup(self, lookup_name: str) -> Any:
        """Refuse every comparison but `isnull`: each encryption differs, so none could ever be right."""
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class BlindIndexField(CharField):
    """The blind index of an encrypted field of the same model, worked out at each save. Empty where the field is."""

    def __init__(self, *, of: str, **options: Any) -> None:
        self.of = of
        super().__init__(**{**options, "max_length": 64, "editable": False, "blank": True, "default": ""})

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """For migrations: the name of the field that is indexed is all that differs."""
        name, path, args, options = super().deconstruct()
        for fixed in ("max_length", "editable", "blank", "default"):
            options.pop(fixed, None)
        return name, path, args, {**options, "of": self.of}

    def index_of(self, value: str) -> str:
        """The index under which a normalised value is stored."""
        column = self.model._meta.get_field(self.of).column  # type: ignore[union-attr]
        return blind_index(f"{self.model._meta.db_table}.{column}", value)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Work the index out from the value about to be stored."""
        value = getattr(model_instance, self.of)
        index = self.index_of(value) if value else ""
        setattr(model_instance, self.attname, index)
        return index
