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
from companion.circle.models import ContactPoint, Item, Role
from companion.circle.organisations.models import Residency
from companion.circle.organisations.selectors import duties, with_names
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


@dataclass(frozen=True, slots=True)
class Listener:
    """Somebody who may be told of a senior's medicines."""

    user_id: UUID
    name: str
    """The senior's."""
    zone: str
    """The senior's."""
    is_on_shift: bool | None = None
    """For staff of the senior's home; None for their circle."""

    @property
    def hears_now(self) -> bool:
        """Whether they are told as it happens; who is off shift only hears the end of what they were told of."""
        return self.is_on_shift is not False


@dataclass(slots=True)
class Round:
    """What one look of a tick has to say, gathered so that the queries do not grow with the people."""

    now: datetime
    points: dict[UUID, list[ContactPoint]]
    """Ways to reach each person, the easiest first."""
    listeners: dict[UUID, list[Listener]]
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
    """A round in which the circles and homes of some seniors are told, and some seniors reminded."""
    listeners: dict[UUID, list[Listener]] = {}
    if to_tell:
        sharing = sharing_members(Item.MEDICINES).filter(senior__in=to_tell).exclude(role=Role.VIEWER)
        for member in sharing.select_related("senior__user"):
            found = Listener(member.user_id, member.senior.name, member.senior.user.time_zone)
            listeners.setdefault(member.senior_id, []).append(found)
        _add_homes(listeners, to_tell, now)
    people = {*to_remind, *(listener.user_id for told in listeners.values() for listener in told)}
    return Round(now, calm.best_points(people) if people else {}, listeners)


def _add_homes(listeners: dict[UUID, list[Listener]], to_tell: Collection[UUID], now: datetime) -> None:
    """The staff of the homes that residents let see their medicines; who runs the home where nobody is on shift."""
    agreed = Residency.objects.filter(
        senior__in=to_tell, moved_out_at=None, sharing__item=Item.MEDICINES, sharing__is_on=True
    )
    homes = list(with_names(agreed))
    by_unit = duties({home.unit_id for home in homes}, now) if homes else {}
    for home in homes:
        told = listeners.setdefault(home.senior_id, [])
        known = {listener.user_id for listener in told}
        staff = by_unit[home.unit_id]
        is_kept = any(duty.is_on_shift for duty in staff)
        for duty in staff:
            user_id = duty.member.user_id
            if user_id is not None and user_id not in known:
                near = duty.is_on_shift if is_kept else duty.member.is_lead
                told.append(Listener(user_id, home.senior.name, home.senior.user.time_zone, near))


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
    for listener in round_.listeners.get(occurrence.senior_id, []):
        if regimen.is_low_risk and listener.is_on_shift is None:
            due = _evening(round_.now, listener.zone)
            _note(round_, Kind.DIGEST, occurrence, listener.user_id, "", f"digest:{listener.user_id}", due=due)
        if regimen.is_low_risk or not listener.hears_now:
            continue
        words = wording.letter_to_circle(kind, occurrence, listener.name, listener.zone)
        for point in _ways(round_, listener.user_id, is_critical=regimen.is_critical):
            notice = _note(round_, kind, occurrence, listener.user_id, point.kind, f"{kind}:{key}:{point.pk}")
            _carry(round_, notice, point, words, can_wait=not regimen.is_critical)


def taken_after_all(occurrence: Occurrence, event: DoseEvent, now: datetime) -> None:
    """A dose was noted: take back what was not sent yet, tell those who were told, and say where it may be double."""
    told = _call_off(occurrence, now)
    if told:
        round_ = begin(now, to_tell=[occurrence.senior_id])
        for listener in round_.listeners.get(occurrence.senior_id, []):
            if listener.user_id not in told:
                continue
            words = wording.letter_to_circle(Kind.TAKEN, occurrence, listener.name, listener.zone)
            for point in _ways(round_, listener.user_id, is_critical=False):
                key = f"taken:{event.pk}:{point.pk}"
                _carry(round_, _note(round_, Kind.TAKEN, occurrence, listener.user_id, point.kind, key), point, words)
        round_.store()
    if event.doubt:
        tell_double(event, now)


def no_longer_open(occurrence: Occurrence, now: datetime) -> None:
    """A dose was skipped: take back what was not sent yet."""
    _call_off(occurrence, now)


def tell_double(event: DoseEvent, now: datetime) -> None:
    """Tell the circle calmly that more may have been taken than planned."""
    round_ = begin(now, to_tell=[event.senior_id])
    for listener in round_.listeners.get(event.senior_id, []):
        if not listener.hears_now:
            continue
        words = wording.letter_of_doubt(event, listener.name, listener.zone)
        for point in _ways(round_, listener.user_id, is_critical=True):
            notice = _row(round_, Kind.DOUBLE, event.pk, f"{point.pk}", event.senior_id, listener.user_id, point.kind)
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
    for listener in round_.listeners.get(regimen.senior_id, []):
        if not listener.hears_now:
            continue
        what = "a medicine" if regimen.hides_name else regimen.name
        words = (f"{listener.name}: a small errand", f"It is time to see to {what}. {FAMILY_HINT}")
        for point in _ways(round_, listener.user_id, is_critical=False):
            row = _row(round_, kind, regimen.pk, f"{key}:{point.pk}", regimen.senior_id, listener.user_id, point.kind)
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
        told = round_.listeners.get(senior_id, [])
        listener = next((one for one in told if one.user_id == recipient_id), None)
        if listener is None:
            continue
        words = wording.digest(listener.name, len(notices))
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
