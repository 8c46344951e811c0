"""Many seniors at once, each with a daughter and some medicines: for tests of work that must not grow with people."""

from __future__ import annotations

from companion.accounts.models import User
from companion.care.medicines.models import Regimen, RegimenVersion
from companion.circle.models import ContactPoint, Item, Membership, Senior, Sharing
from companion.safety import clock
from tests.companion.care.medicines.conftest import daily


def make_crowd(count: int, *, medicines: int, at: str = "08:00") -> None:
    """Seniors in New York with so many medicines each, all due at one time, whose daughters see them."""
    now = clock.now()
    zone = "America/New_York"
    seniors = [User(username=f"s{n}", full_name=f"Senior {n}", kind="senior", time_zone=zone) for n in range(count)]
    daughters = [User(username=f"d{n}", full_name=f"Daughter {n}", time_zone=zone) for n in range(count)]
    User.objects.bulk_create([*seniors, *daughters])
    Senior.objects.bulk_create([Senior(user=user) for user in seniors])
    Membership.objects.bulk_create(
        [Membership(senior_id=s.pk, user=d, accepted_at=now) for s, d in zip(seniors, daughters, strict=True)]
    )
    Sharing.objects.bulk_create([Sharing(senior_id=user.pk, item=Item.MEDICINES, is_on=True) for user in seniors])
    ContactPoint.objects.bulk_create(
        [
            ContactPoint(user=user, kind="email", address=f"{user.username}@example.org", accepted_at=now)
            for user in [*seniors, *daughters]
        ]
    )
    regimens = [
        Regimen(senior_id=user.pk, name=f"Medicine {n}", active_since=now, laid_out_until=now)
        for user in seniors
        for n in range(medicines)
    ]
    Regimen.objects.bulk_create(regimens)
    rule = daily(at).as_json()
    RegimenVersion.objects.bulk_create(
        [RegimenVersion(regimen=one, number=1, effective_from=now, rule_data=rule, zone=zone) for one in regimens]
    )
