"""What the relay does now and then: new contact points are asked to confirm, old ones are tested each month."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import uuid5

from django.db import transaction

from companion.circle import actions as circle
from companion.circle.models import ContactPoint
from companion.safety import clock, notices, wording
from companion.safety.models import Delivery

TEST_EVERY = timedelta(days=30)
BATCH = 50
#: After every emergency.
PRIORITY = 8


def check_contact_points() -> None:
    """Write the messages that are due to contact points themselves."""
    with transaction.atomic():
        _write(circle.take_unasked_contact_points(limit=BATCH), wording.CONFIRM)
        _write(circle.take_untested_contact_points(TEST_EVERY, limit=BATCH), wording.TEST)


def _write(points: Iterable[ContactPoint], message: str) -> None:
    now = clock.now()
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=uuid5(point.pk, f"{message}:{now:%Y-%m-%d}"),
                contact_point=point,
                recipient_id=point.user_id,
                channel=point.kind,
                message=message,
                priority=PRIORITY,
                created_at=now,
                due_at=notices.after_quiet_hours(point, now),
            )
            for point in points
        ],
        ignore_conflicts=True,
    )
