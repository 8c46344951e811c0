"""Encrypted columns, under the name by which migrations and rooms know them: see `lilo_site.encryption`."""

from __future__ import annotations

from lilo_site.encryption import (
    VERSION,
    BlindIndexField,
    EncryptedTextField,
    UnreadableError,
    blind_index,
    seal,
    unseal,
)

__all__ = ["VERSION", "BlindIndexField", "EncryptedTextField", "UnreadableError", "blind_index", "seal", "unseal"]
