"""A home full of people, stored at once: for what must be as quick with five hundred residents as with ten."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from companion.accounts.models import User
from companion.care.medicines.models import DoseState, Occurrence, Regimen, RegimenVersion
from companion.chat.models import Message
from companion.circle.models import Senior
from companion.circle.organisations.models import HomeSharing, Residency, Unit
from companion.circle.organisations.selectors import ASKED_ITEMS
from companion.safety.models import Alert, AlertSource, AlertState, CheckInPlan

#: Of so many residents one has an open alert, one a medicine that is late, one was asked and has not answered.
ALERTS, LATE, ASKED = 50, 20, 25
DOSES = 3


def fill(units: list[Unit], count: int, now: datetime, *, prefix: str = "resident") -> list[Senior]:
    """So many residents spread over the units, each with medicines, talk, check-ins and everything shared."""
    zone = units[0].organisation.time_zone
    users = [
        User(username=f"{prefix}{n}", full_name=f"{prefix.title()} Number {n}", kind="senior", time_zone=zone)
        for n in range(count)
    ]
    User.objects.bulk_create(users)
    seniors = Senior.objects.bulk_create([Senior(user=user) for user in users])
    lives = Residency.objects.bulk_create(
        [
            Residency(senior=senior, unit=units[n % len(units)], room=str(n + 1), moved_in_at=now - timedelta(days=30))
            for n, senior in enumerate(seniors)
        ]
    )
    HomeSharing.objects.bulk_create(
        [HomeSharing(residency=one, item=item.value, is_on=True) for one in lives for item in ASKED_ITEMS]
    )
    CheckInPlan.objects.bulk_create(
        [
            CheckInPlan(senior=user, time_of_day="09:00", last_seen_at=now - timedelta(minutes=n), asked=not n % ASKED)
            for n, user in enumerate(users)
        ]
    )
    Message.objects.bulk_create(
        [
            Message(user=user, turn_id=user.pk, message_id="1", role="senior", text="Good morning", said_at=now)
            for user in users
        ]
    )
    _medicines(seniors, zone, now)
    Alert.objects.bulk_create([_alert(user, now) for n, user in enumerate(users) if not n % ALERTS])
    return seniors


def _medicines(seniors: list[Senior], zone: str, now: datetime) -> None:
    regimens = Regimen.objects.bulk_create(
        [
            Regimen(senior=senior, name="Apixaban", is_critical=True, active_since=now, laid_out_until=now)
            for senior in seniors
        ]
    )
    rule = {"kind": "times", "start": "2026-01-01", "slots": [{"at": "08:00"}]}
    versions = RegimenVersion.objects.bulk_create(
        [RegimenVersion(regimen=one, number=1, effective_from=now, rule_data=rule, zone=zone) for one in regimens]
    )
    Occurrence.objects.bulk_create(
        [
            _dose(regimen, version, zone, now + timedelta(hours=8 * number - 9), is_late=not n % LATE)
            for n, (regimen, version) in enumerate(zip(regimens, versions, strict=True))
            for number in range(DOSES)
        ]
    )


def _dose(regimen: Regimen, version: RegimenVersion, zone: str, due: datetime, *, is_late: bool) -> Occurrence:
    return Occurrence(
        senior_id=regimen.senior_id,
        regimen=regimen,
        version=version,
        local_date=due.date(),
        slot=due.strftime("%H:%M"),
        label=due.strftime("%H:%M"),
        zone=zone,
        quantity=Decimal(1),
        due_at=due,
        opens_at=due - timedelta(minutes=30),
        late_at=due + timedelta(minutes=30),
        closes_at=due + timedelta(hours=2),
        state=DoseState.PENDING if is_late else DoseState.TAKEN,
        taken_at=None if is_late else due,
        settled_at=None if is_late else due,
    )


def _alert(user: User, now: datetime) -> Alert:
    return Alert(
        senior=user,
        level="E",
        category="help",
        source=AlertSource.HELP_BUTTON,
        state=AlertState.NOTIFIED,
        raised_at=now,
        told_since=now,
    )
