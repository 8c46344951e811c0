"""Rewriting encrypted columns with the newest key, while the site runs.

A row that is already under the newest key is not touched, so a run that was stopped goes on where it was. A row that
somebody changes meanwhile is left as they wrote it: that was with the newest key.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Cast

from companion.accounts.fields import VERSION, EncryptedTextField, unseal


def encrypted_fields() -> Iterator[EncryptedTextField]:
    """Every encrypted column of every app."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            yield from (field for field in model._meta.local_fields if isinstance(field, EncryptedTextField))


def rows_to_rewrite(field: EncryptedTextField) -> models.QuerySet[models.Model]:
    """The rows whose value is under another key than the first, with the stored text as `sealed`."""
    newest = f"{VERSION}|{next(iter(settings.FIELD_KEYS))}|"
    stored = field.model._base_manager.annotate(sealed=Cast(field.name, models.TextField()))
    return stored.exclude(sealed="").exclude(sealed=None).exclude(sealed__startswith=newest).order_by("pk")


def rewrite_batch(field: EncryptedTextField, *, after: object, size: int) -> tuple[object, int]:
    """Rewrite the next rows, in one transaction.

    Args:
        field: which column.
        after: the primary key of the last row seen; None at the beginning.
        size: how many rows.

    Returns:
        The primary key of the last row seen, None when there was none, and how many were rewritten.

    Raises:
        UnreadableError: a value's key is missing from the ring. Nothing of this batch is changed.
    """
    rows = rows_to_rewrite(field)
    if after is not None:
        rows = rows.filter(pk__gt=after)
    with transaction.atomic():
        found = list(rows.values_list("pk", "sealed")[:size])
        done = 0
        for key, sealed in found:
            text = unseal(field.sealed_for, sealed)
            done += rows_to_rewrite(field).order_by().filter(pk=key, sealed=sealed).update(**{field.name: text})
    return (found[-1][0] if found else None), done
