"""The senior's profile: written by the senior, and by first contacts as far as they may."""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from companion.accounts import audit, rules
from companion.accounts.models import User
from companion.circle import events
from companion.circle.access import Need, NotYoursError, access_senior, profile_rights
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError

#: Each text of a profile, and how long it may be.
DETAILS = {"preferred_name": 60, "country": 2, "address": 500, "doctor": 300, "pharmacy": 300}
HEALTH = {"conditions": 2000, "allergies": 2000, "notes": 2000}
LENGTHS = DETAILS | HEALTH


def create_profile(user: User, **details: str) -> Senior:
    """The profile of a senior, made if there is none, with the given details written.

    Raises:
        RefusedError: the person is no senior, or a text is too long.
    """
    if not user.is_senior:
        raise RefusedError("Only a senior has a profile.")
    with transaction.atomic():
        senior, is_new = Senior.objects.get_or_create(user=user)
        if is_new:
            audit.record(user, "profile.written", "senior", senior.pk, subject=user)
    return change_profile(user, user.pk, **details) if details else senior


def create_profile_with_account(user: User) -> None:
    """A senior has a profile from the first moment: others reach them through it."""
    if user.is_senior:
        create_profile(user)


def change_profile(by: User, senior_id: UUID, **details: str) -> Senior:
    """Write texts of a profile; those not named stay. The audit log keeps who wrote which, never what.

    Raises:
        NotYoursError: `by` may not change one of them.
        RefusedError: a text is too long, or the country is none.
        ValueError: there is no such text.
    """
    unknown = details.keys() - LENGTHS.keys()
    if unknown:
        raise ValueError(f"A profile has no {', '.join(sorted(unknown))}.")
    with transaction.atomic():
        senior = access_senior(by, senior_id, need=Need.BELONG, to_write=True)
        rights = profile_rights(by, senior_id)
        if (details.keys() & DETAILS.keys() and not rights.changes_details) or (
            details.keys() & HEALTH.keys() and not rights.changes_health
        ):
            raise NotYoursError
        changed = _write(senior, {name: value.strip() for name, value in details.items()})
        for name in changed:
            audit.record(by, "profile.written", "senior", senior.pk, subject=senior.pk, field=name)
        if changed:
            events.circle_changed_on_commit(senior.pk, what="profile")
    return senior


def _write(senior: Senior, details: dict[str, str]) -> list[str]:
    """Store what differs; its names."""
    for name, value in details.items():
        if len(value) > LENGTHS[name]:
            raise RefusedError(f"Please use at most {LENGTHS[name]} letters.")
    country = details.pop("country", senior.user.country)
    changed = [name for name, value in details.items() if getattr(senior, name) != value]
    for name in changed:
        setattr(senior, name, details[name])
    if changed:
        senior.save(update_fields=[*changed, "updated_at"])
    if country == senior.user.country:
        return changed
    try:
        rules.check_country(country)
    except ValidationError as error:
        raise RefusedError(" ".join(error.messages)) from None
    senior.user.country = country
    senior.user.save(update_fields=["country"])
    return [*changed, "country"]
