"""Due deliveries: claimed under a lease, written as letters, and marked by how the attempt ended.

A delivery is sent at least once: a crash between sending and marking means that it is sent again, under the same key.
The fence number says who holds it now; a relay that slept past its lease can no longer mark it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from companion.circle import actions as circle
from companion.circle.models import ContactPoint, Senior
from companion.circle.push import actions as push
from companion.circle.selectors import contact_points, name_of
from companion.safety import calm, clock, ladder, notices, probe, retries, wording
from companion.safety.apart import NO_DATABASE, apart
from companion.safety.delivery import Letter, Outcome
from companion.safety.models import SEALED, Alert, AlertEvent, Delivery
from companion.safety.wording import About

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=30)
SHORTEST_LEASE = timedelta(seconds=4)
#: The newest layout of a row that this relay understands.
VERSION = 2
State = Delivery.State
#: Somebody is on it, or it is over: a call for help that comes late now would only frighten.
QUIET = {ladder.State.CLAIMED, *ladder.CLOSED}


@dataclass(frozen=True, slots=True)
class Held:
    """A delivery this relay has claimed, and its letter."""

    id: UUID
    fence: int
    channel: str
    letter: Letter


def claim_due(limit: int, *, crowded: Collection[str] = (), held: Collection[UUID] = ()) -> list[Held]:
    """Claim up to `limit` due deliveries, the most urgent first.

    Args:
        limit: how many can be sent at once.
        crowded: channels that have enough under way; theirs wait, so that one slow service holds up no other.
        held: what the caller is sending now, which it does not take again even after its own lease.
    """
    with transaction.atomic():
        now = clock.now()
        due = Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            Q(leased_until=None) | Q(leased_until__lte=now), state=State.PENDING, due_at__lte=now, version__lte=VERSION
        )
        free = due.select_related("alert").defer(*(f"alert__{name}" for name in SEALED))
        rows = list(free.exclude(Q(channel__in=crowded) | Q(pk__in=held)).order_by("priority", "due_at")[:limit])
        leased_until = now + max(LEASE / settings.ALERT_TIME_DIVISOR, SHORTEST_LEASE)
        Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
            claimed_at=now, leased_until=leased_until, fence=F("fence") + 1
        )
    return [taken for row in rows if (taken := _held(row)) is not None]


def mark(held: Held, outcome: Outcome) -> None:
    """Write how an attempt ended, unless another relay holds the delivery by now."""
    _mark(held.id, held.fence, outcome)


def _held(row: Delivery) -> Held | None:
    """A claimed row with its letter; one whose letter cannot be written counts as tried, and holds up no other."""
    fence = row.fence + 1
    try:
        letter = _letter(row)
    except NO_DATABASE:
        raise
    except Exception:  # an outer edge: an address that cannot be read is one delivery's trouble only
        log.exception("a message cannot be written", extra={"delivery": str(row.pk)})
        with apart("the marking of a delivery", delivery=str(row.pk)):
            _mark(row.pk, fence, Outcome("unreadable"))
        return None
    return None if letter is None else Held(row.pk, fence, row.channel, letter)


def _mark(key: UUID, fence: int, outcome: Outcome) -> None:
    with transaction.atomic():
        row = Delivery.objects.get(pk=key)
        alert = Alert.objects.defer(*SEALED).select_for_update().get(pk=row.alert_id) if row.alert_id else None
        now = clock.now()
        changes = {"state": State.SENT, "sent_at": now} if outcome.is_sent else _after_failure(row, outcome, now)
        mine = Delivery.objects.filter(pk=key, fence=fence, state=State.PENDING)
        if not mine.update(leased_until=None, tries=row.tries + 1, trouble=outcome.trouble, **changes):
            log.warning("a delivery was taken over by another relay", extra={"delivery": str(key)})
            return
        _note_contact(row, outcome)
        if alert is not None:
            _tell_alert(alert, row, outcome, now, given_up=changes["state"] == State.DEAD)


def _after_failure(row: Delivery, outcome: Outcome, now: datetime) -> dict[str, object]:
    if outcome.is_gone:
        return {"state": State.DEAD, "due_at": None}
    again = retries.next_try(row.tries + 1, now, retry_after=outcome.retry_after, divisor=settings.ALERT_TIME_DIVISOR)
    return {"state": State.DEAD if again is None else State.PENDING, "due_at": again}


def _note_contact(row: Delivery, outcome: Outcome) -> None:
    if row.contact_point_id is None:
        return
    if outcome.is_gone:
        push.give_up(row.contact_point_id)
        return
    if row.message == wording.CONFIRM:
        return
    if outcome.is_sent or row.tries + 1 >= retries.HURRY_AFTER:
        circle.note_contact_result(
            row.contact_point_id, works=outcome.is_sent, tested=outcome.is_sent or row.message == wording.TEST
        )


def _tell_alert(alert: Alert, row: Delivery, outcome: Outcome, now: datetime, *, given_up: bool) -> None:
    kind = AlertEvent.Kind
    if outcome.is_sent:
        taken = kind.DISPATCHED if row.channel == "dispatcher" else kind.SENT
        notices.add_event(alert, taken, now=now, actor=row.recipient)
        if row.message in notices.CALLS:
            notices.enact(alert, ladder.reach(notices.standing_of(alert)), None, now=now)
        return
    if given_up:
        notices.add_event(alert, kind.FAILED, now=now, actor=row.recipient)
        if row.message != ladder.Tell.OPERATOR and not _has_other_ways(row, outcome):
            notices.call_operator(alert, now)
    if row.message in notices.CALLS and _nobody_reached(alert, row.created_at):
        notices.enact(alert, ladder.hurry(notices.standing_of(alert), now), None, now=now)


def _has_other_ways(row: Delivery, outcome: Outcome) -> bool:
    """Whether what failed was only a browser that is gone, of somebody who is reached in another way."""
    return outcome.is_gone and row.recipient_id is not None and bool(contact_points([row.recipient_id]))


def _nobody_reached(alert: Alert, round_at: datetime) -> bool:
    """Whether every message of the newest round has failed more than once."""
    last = alert.deliveries.filter(message__in=notices.CALLS).order_by("-created_at").first()
    if last is None or last.created_at != round_at:
        return False
    hopeful = alert.deliveries.filter(created_at=round_at, message__in=notices.CALLS).exclude(
        Q(state=State.DEAD) | Q(tries__gte=retries.HURRY_AFTER, state=State.PENDING)
    )
    return not hopeful.exists()


def _letter(row: Delivery) -> Letter | None:
    """The letter of a claimed delivery; None, and the delivery is called off, where it may not be sent any more."""
    if row.channel == probe.CHANNEL:
        return Letter(row.pk, probe.CHANNEL, "", "", "")
    address = _address(row)
    if address is None:
        Delivery.objects.filter(pk=row.pk).update(state=State.CANCELLED, due_at=None, trouble="not_wanted")
        return None
    words = calm.words_of(row) if row.message == calm.CALM else wording.words_of(row.message, _about(row))
    return Letter(row.pk, row.channel, address, words.subject, words.body, _details(row))


def _details(row: Delivery) -> dict[str, object]:
    if row.channel == "dispatcher" and row.alert is not None:
        return _for_dispatcher(row.alert)
    return _for_notice(row, row.contact_point) if row.channel == "push" and row.contact_point is not None else {}


def _for_notice(row: Delivery, point: ContactPoint) -> dict[str, object]:
    return {
        "urgent": row.message in notices.CALLS,
        "drill": row.alert is not None and row.alert.is_drill,
        "topic": (row.alert_id or row.pk).hex,
        "tells_more": point.tells_more or row.message in (wording.CONFIRM, wording.TEST),
        "token": circle.contact_token(point.pk),
    }


def _address(row: Delivery) -> str | None:
    if row.alert is not None and row.message in notices.CALLS and row.alert.state in QUIET:
        return None
    if row.channel == "dispatcher":
        return settings.DISPATCHER_URL or None
    if row.channel.startswith("operator"):
        number = int(row.channel.removeprefix("operator"))
        return settings.ALERT_OPERATORS[number] if number < len(settings.ALERT_OPERATORS) else None
    point = row.contact_point
    if point is None or (row.alert is not None and not notices.may_be_told(row.alert, point.user_id)):
        return None
    if row.message == calm.CALM and not calm.may_be_read(row, point.user_id):
        return None
    return point.address


def _about(row: Delivery) -> About:
    alert = row.alert
    if alert is None:
        return About(name="somebody you look after", link=_link(row))
    helper = alert.claimed_by.short_name if alert.claimed_by else ""
    return About(
        name=name_of(alert.senior_id),
        link=_link(row),
        helper=helper,
        is_drill=alert.is_drill,
        is_calmed=alert.is_calmed,
        is_again=alert.rung > 1,
    )


def _link(row: Delivery) -> str:
    if row.message == wording.CONFIRM and row.contact_point is not None:
        return settings.SITE_URL + reverse("confirm-contact", args=[circle.contact_token(row.contact_point.pk)])
    if row.channel.startswith("operator"):
        return settings.SITE_URL + reverse("admin:safety_alert_change", args=[row.alert_id])
    return settings.SITE_URL + reverse("alert", args=[row.alert_id]) if row.alert_id else settings.SITE_URL


def _for_dispatcher(alert: Alert) -> dict[str, object]:
    profile = Senior.objects.filter(pk=alert.senior_id).first()
    return {
        "alert_id": str(alert.pk),
        "level": alert.level,
        "category": alert.category,
        "raised_at": alert.raised_at.isoformat(),
        "name": alert.senior.full_name,
        "phone": alert.senior.phone,
        "country": alert.senior.country,
        "language": alert.senior.language,
        "address": profile.address if profile else "",
        "link": settings.SITE_URL + reverse("alert", args=[alert.pk]),
    }
