"""The only way to get an alert for a person. Unknown and forbidden are the same error."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid5

from django.db.models import Q, QuerySet

from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, may_write, safeguarded_seniors, visible_seniors
from companion.circle.models import Item, Membership
from companion.circle.seen import note_seen
from companion.circle.selectors import alert_members, is_alert_member
from companion.safety import clock
from companion.safety.ladder import CLOSED
from companion.safety.models import Alert, AlertEvent, AlertLevel

#: How long a link of a report that joined another alert leads there.
LINKS_LAST = timedelta(days=30)


def visible_alerts(person: User) -> QuerySet[Alert]:
    """Every alert the person may see: their own, those of seniors who share alerts, confidential ones told to them.

    A question that tells nobody is the senior's alone, and stays so when the answer is no.
    """
    if not person.is_active or person.deleted_at is not None:
        return Alert.objects.none()
    seniors = visible_seniors(person, need=Need.ALERTS).values("pk")
    trusted = Q(senior__in=safeguarded_seniors(person).values("pk")) | Q(picked=person)
    shared = Q(senior__in=seniors, told_since__isnull=False) & (Q(is_confidential=False) | trusted)
    return Alert.objects.filter(Q(senior=person) | shared).distinct()


def access_alert(person: User, alert_id: UUID) -> Alert:
    """One alert, where the person may see it. The look goes into the senior's access log.

    A message that went out while the database was away may lead to a report that then joined an open alert: its id
    finds that alert.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    theirs = visible_alerts(person).select_related("senior", "claimed_by", "closed_by")
    alert = theirs.filter(pk=alert_id).first()
    if alert is None and (joined := _joined_by(person, alert_id)) is not None:
        alert = theirs.filter(pk=joined).first()
    if alert is None:
        raise NotYoursError
    note_seen(person, [alert.senior_id], Item.ALERTS)
    return alert


def _joined_by(person: User, alert_id: UUID) -> UUID | None:
    """The alert that a report joined which would have had this id, by the key on the timeline."""
    said_again = AlertEvent.objects.filter(alert__in=visible_alerts(person), kind=AlertEvent.Kind.SAID_AGAIN)
    recent = said_again.filter(at__gt=clock.now() - LINKS_LAST).exclude(key="")
    for joined, senior_id, key in recent.values_list("alert_id", "alert__senior_id", "key"):
        if key == str(alert_id) or uuid5(senior_id, key) == alert_id:
            return joined
    return None


def called_to_emergency(person: User, senior_id: UUID) -> bool:
    """Whether a person is among those called to an emergency of the senior's that is still open; a drill is none."""
    emergencies = visible_alerts(person).filter(senior=senior_id, level=AlertLevel.EMERGENCY, is_drill=False)
    return is_alert_member(senior_id, person.pk) and emergencies.exclude(state__in=CLOSED).exists()


def alert_to_handle(person: User, alert_id: UUID) -> Alert:
    """The alert with its row held, where the person may claim and close it: those who see it, but visitors and the
    senior.

    The senior's own word lowers an alert (`senior_all_clear`); closing needs somebody else.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    alert = access_alert(person, alert_id)
    if not may_handle(person, alert):
        raise NotYoursError
    return Alert.objects.select_for_update().get(pk=alert.pk)


def may_handle(person: User, alert: Alert) -> bool:
    """Whether a person who sees the alert may also claim and close it."""
    return person.pk != alert.senior_id and may_write(person, alert.senior_id, need=Need.BELONG)


def possible_confidants(alert: Alert) -> list[Membership]:
    """Whom the senior can pick to be told of a confidential alert: members not told yet, in order of contact."""
    picked = set(alert.picked.values_list("pk", flat=True))
    return [member for member in alert_members(alert.senior_id) if member.user_id not in picked]


def own_alert(senior_id: UUID, alert_id: UUID) -> Alert:
    """The senior's own alert with its row held.

    Raises:
        NotYoursError: unknown, or another's.
    """
    alert = Alert.objects.select_for_update().filter(pk=alert_id, senior_id=senior_id).first()
    if alert is None:
        raise NotYoursError
    return alert
