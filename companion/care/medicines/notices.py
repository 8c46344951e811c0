"""Who is told what of doses: the senior on their page and other ways, the circle calmly, and what is taken back.

Each is a row before it is sent, with an id worked out from what it is about, so that no second tick says it again.
Everything here runs inside the caller's transaction. Messages name no medicine unless the senior wants it so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from companion.care.medicines import wording
from companion.care.medicines.models import DoseEvent, Notice, Occurrence, Regimen
from companion.care.medicines.wording import Card
from companion.circle.access import sharing_members
from companion.circle.events import send_hints
from companion.circle.models import ContactPoint, Item, Membership, Role
from companion.safety import actions as safety
from companion.safety import calm
from companion.safety.calm import Calm

Kind = Notice.Kind
State = Notice.State
PAGE = "page"
PUSH = "push"
#: When the day's note is written, by the senior's clock.
DIGEST_AT = time(20)
#: After a dose as needed: when Lilo asks whether it has helped.
EFFECT_AFTER = timedelta(minutes=45)
#: Ways on which a member of the circle is told: more where it must not be missed.
USUAL_WAYS, CRITICAL_WAYS = 1, 2
SENIOR_PAGE, FAMILY_PAGE = "/today/", "/family/{}/"


@dataclass(slots=True)
class Round:
    """What one look of a tick has to say, gathered so that the queries do not grow with the people."""

    now: datetime
    points: dict[UUID, list[ContactPoint]]
    """Ways to reach each person, the easiest first."""
    members: dict[UUID, list[Membership]]
    """By senior: who may be told of medicines."""
    notices: list[Notice] = field(default_factory=list)
    letters: list[Calm] = field(default_factory=list)
    hints: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def store(self) -> None:
        """Write it all; pages are told once that is stored."""
        Notice.objects.bulk_create(self.notices, ignore_conflicts=True, batch_size=200)
        calm.write(self.letters)
        if self.hints:
            hints = list(self.hints)
            transaction.on_commit(lambda: send_hints(hints))


def begin(now: datetime, *, to_tell: Collection[UUID] = (), to_remind: Collection[UUID] = ()) -> Round:
    """A round in which the circles of some seniors are told, and some seniors reminded."""
    members: dict[UUID, list[Membership]] = {}
    if to_tell:
        sharing = sharing_members(Item.MEDICINES).filter(senior__in=to_tell).exclude(role=Role.VIEWER)
        for member in sharing.select_related("senior__user"):
            members.setdefault(member.senior_id, []).append(member)
    people = {*to_remind, *(member.user_id for circle in members.values() for member in circle)}
    return Round(now, calm.best_points(people) if people else {}, members)


def remind(round_: Round, occurrence: Occurrence) -> None:
    """Tell the senior that it is time: on their open pages, and by push."""
    here = occurrence.senior.user.time_zone
    card = wording.reminder(occurrence, here)
    show(round_, occurrence.senior_id, occurrence.pk, card)
    key = f"reminder:{occurrence.snoozes}:{occurrence.remind_at or occurrence.due_at}"
    _note(round_, Kind.REMINDER, occurrence, occurrence.senior_id, PAGE, f"{key}:{PAGE}")
    for point in round_.points.get(occurrence.senior_id, []):
        if point.kind == PUSH:
            _write_to_senior(round_, occurrence, point, card, key)


def nudge(round_: Round, occurrence: Occurrence) -> None:
    """Nothing shows that the reminder was seen: say it again, on every other way too."""
    card = wording.reminder(occurrence, occurrence.senior.user.time_zone)
    show(round_, occurrence.senior_id, occurrence.pk, card)
    for point in round_.points.get(occurrence.senior_id, []):
        _write_to_senior(round_, occurrence, point, card, f"nudge:{occurrence.snoozes}:{occurrence.reminded_at}")


def tell_circle(round_: Round, occurrence: Occurrence, kind: Notice.Kind, key: str) -> None:
    """Tell the circle calmly of a dose; what is of low risk waits for the day's note."""
    regimen = occurrence.regimen
    for member in round_.members.get(occurrence.senior_id, []):
        if regimen.is_low_risk:
            due = _evening(round_.now, occurrence.senior.user.time_zone)
            _note(round_, Kind.DIGEST, occurrence, member.user_id, "", f"digest:{member.user_id}", due=due)
            continue
        senior = member.senior
        words = wording.letter_to_circle(kind, occurrence, senior.name, senior.user.time_zone)
        for point in _ways(round_, member.user_id, is_critical=regimen.is_critical):
            notice = _note(round_, kind, occurrence, member.user_id, point.kind, f"{kind}:{key}:{point.pk}")
            _carry(round_, notice, point, words, can_wait=not regimen.is_critical)


def taken_after_all(occurrence: Occurrence, event: DoseEvent, now: datetime) -> None:
    """A dose was noted: take back what was not sent yet, tell those who were told, and say where it may be double."""
    told = _call_off(occurrence, now)
    if told:
        round_ = begin(now, to_tell=[occurrence.senior_id])
        for member in round_.members.get(occurrence.senior_id, []):
            if member.user_id not in told:
                continue
            words = wording.letter_to_circle(Kind.TAKEN, occurrence, member.senior.name, member.senior.user.time_zone)
            for point in _ways(round_, member.user_id, is_critical=False):
                key = f"taken:{event.pk}:{point.pk}"
                _carry(round_, _note(round_, Kind.TAKEN, occurrence, member.user_id, point.kind, key), point, words)
        round_.store()
    if event.doubt:
        tell_double(event, now)


def no_longer_open(occurrence: Occurrence, now: datetime) -> None:
    """A dose was skipped: take back what was not sent yet."""
    _call_off(occurrence, now)


def tell_double(event: DoseEvent, now: datetime) -> None:
    """Tell the circle calmly that more may have been taken than planned."""
    round_ = begin(now, to_tell=[event.senior_id])
    for member in round_.members.get(event.senior_id, []):
        words = wording.letter_of_doubt(event, member.senior.name, member.senior.user.time_zone)
        for point in _ways(round_, member.user_id, is_critical=True):
            notice = _row(round_, Kind.DOUBLE, event.pk, f"{point.pk}", event.senior_id, member.user_id, point.kind)
            notice.regimen_id, notice.event = event.regimen_id, event
            _carry(round_, notice, point, words, can_wait=False)
    round_.store()


def ask_effect(event: DoseEvent, now: datetime) -> None:
    """Ask later whether a dose as needed has helped. One noted long after it was taken is not asked about."""
    due = (event.taken_at or now) + EFFECT_AFTER
    if due < now:
        return
    round_ = begin(now)
    notice = _row(round_, Kind.EFFECT, event.pk, "effect", event.senior_id, event.senior_id, PAGE)
    notice.regimen_id, notice.event, notice.state, notice.due_at = event.regimen_id, event, State.WAITING, due
    notice.sent_at = None
    round_.store()


def forget_event(event: DoseEvent) -> None:
    """Say nothing more of a dose that was taken back, or has been answered."""
    event.notices.filter(state=State.WAITING).update(state=State.CANCELLED)


def close_alert_on_commit(occurrence: Occurrence) -> None:
    """The dose whose being missed raised an alert is settled: its question is answered, nobody need be called.

    Once people have been called, a person says how it ended, as with every alert.
    """
    alert_id, senior_id = occurrence.alert_id, occurrence.senior_id
    if alert_id is not None:
        transaction.on_commit(lambda: safety.answer_question(alert_id, senior_id, yes=False))


def tell_of_regimen(round_: Round, regimen: Regimen, kind: Notice.Kind, key: str, card: Card) -> None:
    """Tell the senior of a medicine on their page, and whoever helps with it by a message; once for each key."""
    notice = _row(round_, kind, regimen.pk, f"{key}:{PAGE}", regimen.senior_id, regimen.senior_id, PAGE)
    notice.regimen = regimen
    show(round_, regimen.senior_id, notice.pk, card)
    for member in round_.members.get(regimen.senior_id, []):
        what = "a medicine" if regimen.hides_name else regimen.name
        words = (f"{member.senior.name}: a small errand", f"It is time to see to {what}. {FAMILY_HINT}")
        for point in _ways(round_, member.user_id, is_critical=False):
            row = _row(round_, kind, regimen.pk, f"{key}:{point.pk}", regimen.senior_id, member.user_id, point.kind)
            row.regimen = regimen
            _carry(round_, row, point, words)


FAMILY_HINT = "What is left, and by when to order, is on its page."


def was_said(regimen: Regimen, key: str) -> bool:
    """Whether the senior was told this of a medicine before."""
    return Notice.objects.filter(pk=uuid5(regimen.pk, f"{key}:{PAGE}")).exists()


def show(round_: Round, senior_id: UUID, reminder_id: UUID, card: Card) -> None:
    """Show a card on the senior's open pages."""
    event = {
        "type": "reminder",
        "reminder_id": str(reminder_id),
        "title": card.title,
        "detail": card.detail,
        "choices": [{"label": label, "value": value} for label, value in card.choices],
    }
    round_.hints.append((f"user.{senior_id}", {"type": "push", "user_id": str(senior_id), "event": event}))


def digests(round_: Round, waiting: Sequence[Notice]) -> None:
    """One note to each person for each senior of the day's doses of low risk that are still not taken."""
    groups: dict[tuple[UUID, UUID], list[Notice]] = {}
    for notice in waiting:
        groups.setdefault((notice.senior_id, notice.recipient_id), []).append(notice)
    for (senior_id, recipient_id), notices in groups.items():
        member = next((one for one in round_.members.get(senior_id, []) if one.user_id == recipient_id), None)
        if member is None:
            continue
        words = wording.digest(member.senior.name, len(notices))
        for point in _ways(round_, recipient_id, is_critical=False):
            round_.letters.append(_calm(notices[0].pk, point, senior_id, Item.MEDICINES, words, can_wait=True))


def _call_off(occurrence: Occurrence, now: datetime) -> set[UUID]:
    """Take back what was not sent yet; who of the circle was told, or may just be being told."""
    if occurrence.reminded_at is None and occurrence.told_at is None:
        return set()
    mine = Notice.objects.filter(occurrence=occurrence)
    mine.filter(state=State.WAITING).update(state=State.CANCELLED)
    rows = list(mine.filter(state=State.SENT, kind__in=(Kind.LATE, Kind.UNSEEN, Kind.REMINDER)))
    out = calm.call_off({row.delivery_id for row in rows if row.delivery_id is not None})
    mine.filter(pk__in=[row.pk for row in rows if row.delivery_id and row.delivery_id not in out]).update(
        state=State.CANCELLED
    )
    return {row.recipient_id for row in rows if row.delivery_id in out and row.kind != Kind.REMINDER}


def _ways(round_: Round, user_id: UUID, *, is_critical: bool) -> list[ContactPoint]:
    return round_.points.get(user_id, [])[: CRITICAL_WAYS if is_critical else USUAL_WAYS]


def _write_to_senior(round_: Round, occurrence: Occurrence, point: ContactPoint, card: Card, key: str) -> None:
    notice = _note(round_, Kind.REMINDER, occurrence, occurrence.senior_id, point.kind, f"{key}:{point.pk}")
    notice.delivery_id = notice.pk
    words = wording.letter_to_senior(occurrence.regimen, card)
    round_.letters.append(_calm(notice.pk, point, occurrence.senior_id, None, words, can_wait=False))


def _carry(
    round_: Round, notice: Notice, point: ContactPoint, words: tuple[str, str], *, can_wait: bool = True
) -> None:
    notice.delivery_id = notice.pk
    round_.letters.append(_calm(notice.pk, point, notice.senior_id, Item.MEDICINES, words, can_wait=can_wait))


def _calm(
    key: UUID, point: ContactPoint, senior_id: UUID, item: Item | None, words: tuple[str, str], *, can_wait: bool
) -> Calm:
    path = FAMILY_PAGE.format(senior_id) if item else SENIOR_PAGE
    return Calm(key, point, senior_id, item, *words, path, can_wait)


def _note(
    round_: Round,
    kind: Notice.Kind,
    occurrence: Occurrence,
    recipient_id: UUID,
    channel: str,
    key: str,
    *,
    due: datetime | None = None,
) -> Notice:
    notice = _row(round_, kind, occurrence.pk, key, occurrence.senior_id, recipient_id, channel)
    notice.occurrence, notice.regimen_id = occurrence, occurrence.regimen_id
    if due is not None:
        notice.state, notice.due_at, notice.sent_at = State.WAITING, due, None
    return notice


def _row(
    round_: Round, kind: Notice.Kind, subject: UUID, key: str, senior_id: UUID, recipient_id: UUID, channel: str
) -> Notice:
    notice = Notice(
        id=uuid5(subject, key),
        senior_id=senior_id,
        recipient_id=recipient_id,
        kind=kind,
        channel=channel,
        state=State.SENT,
        due_at=round_.now,
        sent_at=round_.now,
    )
    round_.notices.append(notice)
    return notice


def _evening(now: datetime, zone: str) -> datetime:
    place = ZoneInfo(zone)
    local = now.astimezone(place)
    day = local.date() if local.time() < DIGEST_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DIGEST_AT, place)
