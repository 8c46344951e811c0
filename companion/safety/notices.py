"""Turns a step of the ladder into rows: the alert's new standing, its timeline, and a delivery for each person to be
told.

Everything here runs inside the transaction of the change, with the alert's row held.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from companion.accounts.models import User
from companion.circle.models import ContactPoint, Membership, Role
from companion.circle.organisations.selectors import Duty, staff_of_resident
from companion.circle.selectors import alert_members, contact_points, is_alert_member
from companion.safety import audience, bell, clock, retries
from companion.safety.audience import AtHome, Person, Target
from companion.safety.ladder import EVERYONE, Standing, State, Step, Tell
from companion.safety.models import Alert, AlertEvent, AlertLevel, Delivery

Kind = AlertEvent.Kind
STANDING = ("level", "state", "rung", "is_calmed", "told_since", "answer_due_at", "escalate_at", "outcome_due_at")
#: An emergency goes before everything else; what ends the worry comes next.
PRIORITY = {Tell.ALERT: 0, Tell.REOPENED: 0, Tell.OPERATOR: 0, Tell.CALMED: 2, Tell.CLAIMED: 3, Tell.CLOSED: 3}
#: Messages that say that help is needed.
CALLS = (Tell.ALERT, Tell.REOPENED)


def standing_of(alert: Alert) -> Standing:
    """Where an alert stands, for the ladder."""
    return Standing(**{**{name: getattr(alert, name) for name in STANDING}, "state": State(alert.state)})


def people_of(senior_id: UUID) -> tuple[Person, ...]:
    """The circle of a senior and the staff of their home who may be told now, with the accepted ways to reach them."""
    people = as_people(alert_members(senior_id), staff_of_resident(senior_id, clock.now()))
    points: dict[UUID, list[tuple[UUID, str]]] = {}
    for point in contact_points([person.user_id for person in people]):
        points.setdefault(point.user_id, []).append((point.pk, point.kind))
    return tuple(replace(person, points=tuple(points.get(person.user_id, ()))) for person in people)


def as_people(members: Sequence[Membership], duties: Sequence[Duty]) -> list[Person]:
    """Members and staff, each person once: somebody who works where their mother lives is family when off shift."""
    people = {member.user_id: Person(member.user_id, member.role, member.is_safeguarding_lead) for member in members}
    for duty in duties:
        user_id = duty.member.user_id
        at_home = AtHome.ON_SHIFT if duty.is_on_shift else AtHome.LEAD if duty.member.is_lead else AtHome.OFF_SHIFT
        if user_id is None:
            continue
        known = people.get(user_id)
        is_lead = duty.member.is_safeguarding_lead or (known is not None and known.is_safeguarding_lead)
        if known is not None and at_home is AtHome.OFF_SHIFT:
            people[user_id] = replace(known, is_safeguarding_lead=is_lead)
        else:
            people[user_id] = Person(user_id, Role.FACILITY_STAFF, is_lead, at_home=at_home)
    return list(people.values())


def enact(
    alert: Alert,
    step: Step,
    kind: AlertEvent.Kind | None,
    *,
    now: datetime,
    actor: User | None = None,
    words: str = "",
    key: str = "",
) -> None:
    """Write what a step comes to: the timeline's line where it has one, the standing, the deliveries."""
    if kind is not None:
        add_event(alert, kind, now=now, actor=actor, words=words, key=key)
    if alert.state == State.CLAIMED and Tell.ALERT in step.tell:
        alert.claimed_by = alert.claimed_at = None  # they took on less than what is the matter now
    for name in STANDING:
        setattr(alert, name, getattr(step.standing, name))
    for tell in step.tell:
        alert.notices += 1
        _tell(alert, tell, now, actor)
    alert.save(update_fields=[*STANDING, "notices", "claimed_by", "claimed_at"])
    bell.ring_on_commit()


def add_event(
    alert: Alert,
    kind: AlertEvent.Kind,
    *,
    now: datetime,
    actor: User | None = None,
    words: str = "",
    key: str = "",
) -> AlertEvent:
    """Write one line of the timeline, which is also the live notice to be published."""
    return AlertEvent.objects.create(alert=alert, kind=kind, at=now, actor=actor, words=words, key=key)


def call_operator(alert: Alert, now: datetime) -> None:
    """Tell the operators of this installation, by id only: they may not know who or what."""
    add_event(alert, Kind.OPERATOR, now=now)
    alert.notices += 1
    alert.save(update_fields=["notices"])
    _write(alert, Tell.OPERATOR, _operators(), now)
    bell.ring_on_commit()


def write_rounds(alert: Alert, rungs: Sequence[int], now: datetime) -> None:
    """Write the calls of rounds that were made while the database was down; those it has already stay as they are."""
    standing_rung = alert.rung
    for alert.notices, alert.rung in enumerate(rungs, start=1):
        _write(alert, Tell.ALERT, _rung_targets(alert), now)
    alert.rung = standing_rung
    alert.save(update_fields=["notices"])


def _tell(alert: Alert, tell: Tell, now: datetime, actor: User | None) -> None:
    if tell in (Tell.CLAIMED, Tell.CLOSED):
        _hold_back_calls(alert)
    if tell is Tell.OPERATOR:
        add_event(alert, Kind.OPERATOR, now=now)
        _write(alert, tell, _operators(), now)
    elif tell is Tell.ALERT:
        _call_people(alert, now)
    elif tell is Tell.REOPENED:
        _write(alert, tell, {*_told(alert), *_rung_targets(alert)}, now)
    else:
        _write(alert, tell, (target for target in _told(alert) if actor is None or target.user_id != actor.pk), now)


def _call_people(alert: Alert, now: datetime) -> None:
    found = set(_rung_targets(alert))
    may_dispatch = bool(settings.DISPATCHER_URL) and not (alert.is_drill or alert.is_calmed or alert.is_confidential)
    if may_dispatch and (alert.rung == EVERYONE or not found):
        found.add(Target("dispatcher"))
    if found or alert.rung <= EVERYONE:
        add_event(alert, Kind.TOLD if found else Kind.NOBODY, now=now)
    if not found and alert.rung == 1:
        add_event(alert, Kind.OPERATOR, now=now)
        _write(alert, Tell.OPERATOR, _operators(), now)
    _write(alert, Tell.ALERT, found, now)


def may_be_told(alert: Alert, user_id: UUID) -> bool:
    """Whether a person may still be told: the senior may have taken it back since the message was written."""
    if alert.is_confidential:
        return any(person.user_id == user_id for person in _listeners(alert))
    return is_alert_member(alert.senior_id, user_id)


def _listeners(alert: Alert) -> tuple[Person, ...]:
    people = people_of(alert.senior_id)
    if not alert.is_confidential:
        return people
    return audience.confidants(people, frozenset(alert.picked.values_list("pk", flat=True)))


def _rung_targets(alert: Alert) -> tuple[Target, ...]:
    people = _listeners(alert)
    if alert.is_confidential:
        return audience.targets(people)
    return audience.targets(audience.on_rung(people, alert.rung, is_calmed=alert.is_calmed))


def _operators() -> tuple[Target, ...]:
    return tuple(Target(f"operator{number}") for number in range(len(settings.ALERT_OPERATORS)))


def _told(alert: Alert) -> set[Target]:
    """Those who were told that help is needed, or may just be being told, and may still be told."""
    calls = alert.deliveries.filter(message__in=CALLS, contact_point__isnull=False).filter(
        Q(state=Delivery.State.SENT) | Q(state=Delivery.State.PENDING, fence__gt=0)
    )
    told = {Target(row.channel, row.contact_point_id, row.recipient_id) for row in calls}
    return told & set(audience.targets(_listeners(alert)))


def _hold_back_calls(alert: Alert) -> None:
    """What nobody has begun to send need not be sent any more."""
    unsent = alert.deliveries.filter(state=Delivery.State.PENDING, message__in=CALLS, fence=0)
    unsent.update(state=Delivery.State.CANCELLED, due_at=None)


def _write(alert: Alert, tell: Tell, found: Iterable[Target], now: datetime) -> None:
    found = set(found)
    is_urgent = alert.level == AlertLevel.EMERGENCY and tell in (*CALLS, Tell.OPERATOR)
    ids = [] if is_urgent else [target.point_id for target in found if target.point_id is not None]
    hours = ContactPoint.objects.select_related("user").only("quiet_from", "quiet_to", "user__time_zone")
    points = hours.in_bulk(ids)
    Delivery.objects.bulk_create(
        [
            Delivery(
                id=target.key(alert.pk, alert.notices),
                alert=alert,
                contact_point_id=target.point_id,
                recipient_id=target.user_id,
                channel=target.channel,
                message=tell.value,
                priority=PRIORITY[tell],
                created_at=now,
                due_at=now if is_urgent else after_quiet_hours(points.get(target.point_id), now),
            )
            for target in found
        ],
        ignore_conflicts=True,
    )


def after_quiet_hours(point: ContactPoint | None, now: datetime) -> datetime:
    """When a message that can wait may be sent. An emergency never asks."""
    if point is None:
        return now
    return retries.quiet_until(now, point.user.time_zone, point.quiet_from, point.quiet_to)
