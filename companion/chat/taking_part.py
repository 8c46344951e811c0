"""Who takes part in experiments: seniors who agreed, and only while nothing is wrong."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from companion.accounts import audit
from companion.accounts.models import Kind, User
from companion.chat.models import TakesPart
from companion.safety.ladder import CLOSED
from companion.safety.models import Alert


def takes_part(person: User) -> bool:
    """Whether the person agreed."""
    return TakesPart.objects.filter(user=person).exists()


@transaction.atomic
def set_taking_part(person: User, *, agreed: bool) -> None:
    """Keep what the person says. Who stops is forgotten: nothing tells any more which counts were theirs."""
    if agreed == takes_part(person):
        return
    if agreed:
        TakesPart.objects.create(user=person, alias=uuid4().hex, agreed_at=timezone.now())
    else:
        TakesPart.objects.filter(user=person).delete()
    audit.record(person, "experiments.joined" if agreed else "experiments.left", "account", person.pk, subject=person)


def participants() -> dict[UUID, str]:
    """Who takes part now, each with their alias: never somebody with an alert open. Blocks."""
    in_trouble = Alert.objects.exclude(state__in=CLOSED).values("senior")
    people = TakesPart.objects.filter(user__kind=Kind.SENIOR, user__is_active=True, user__deleted_at=None)
    return dict(people.exclude(user__in=in_trouble).values_list("user_id", "alias"))


def alias_of(user_id: UUID) -> str:
    """The name that stands for the person in experiments; empty where they take no part. Blocks."""
    return TakesPart.objects.filter(user=user_id).values_list("alias", flat=True).first() or ""
