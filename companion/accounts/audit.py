"""The one way to write to the audit log."""

from __future__ import annotations

import re
from uuid import UUID

from django.db import transaction

from companion.accounts.models import AuditLog, User

WORD = re.compile(r"[\w.:-]{0,64}", re.ASCII)


def record(
    actor: User | None,
    action: str,
    resource_type: str,
    resource_id: object = "",
    *,
    subject: User | UUID | None = None,
    **details: str | int | bool | None,
) -> AuditLog:
    """Write one row, inside the transaction of the change it tells of.

    Args:
        actor: who did it; None for Lilo itself.
        action: what was done, as `sign_in.revoked`.
        resource_type: what it was done to, as `sign_in`.
        resource_id: which one.
        subject: whose data it is, where that is a person.
        **details: numbers and single plain words. Sentences and addresses are refused, so that no health word, name or
            e-mail address can ever get in.

    Raises:
        ValueError: a detail is more than a word, or there is no transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise ValueError("An audit row is written in the transaction of the change it tells of.")
    for name, value in {"action": action, "resource_id": str(resource_id), **details}.items():
        if isinstance(value, str) and not WORD.fullmatch(value):
            raise ValueError(f"The audit detail {name} must be one plain word.")
    return AuditLog.objects.create(
        actor_id=actor.pk if actor else None,
        subject_id=subject.pk if isinstance(subject, User) else subject,
        action=action,
        resource_type=resource_type,
        resource_id=str(resource_id),
        details=details,
    )
