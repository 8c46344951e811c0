"""What is done with alerts: one function a verb, each with its right, its row of the audit log, and its line of the
timeline.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from companion.accounts import audit
from companion.accounts.models import User
from companion.circle.access import Need, NotYoursError, access_senior
from companion.safety import access, address_book, clock, ladder, notices, spool
from companion.safety.audience import CONFIDENTIAL
from companion.safety.ladder import CLOSED, State, Step
from companion.safety.models import Alert, AlertEvent, AlertLevel, AlertSource
from companion.safety.spool import Report
from companion.safety.steadfast import steadfast

log = logging.getLogger(__name__)
Kind = AlertEvent.Kind


@dataclass(frozen=True, slots=True)
class RaisedAlert:
    """What became of a report.

    Args:
        alert_id: the alert's id, the joined one's where it joined.
        joined: whether it joined an alert that was open already.
        spooled: whether the database could not take it and the local spool did.
        circle_told: whether anybody of the circle is, or will be, told.
    """

    alert_id: UUID
    joined: bool
    spooled: bool
    circle_told: bool


def raise_alert(
    *,
    senior_id: UUID,
    level: str,
    category: str,
    words: str,
    reasons: Sequence[str],
    source: str,
    turn_id: UUID | None = None,
    trace_id: str = "",
    drill: bool = False,
    key: str = "",
) -> RaisedAlert:
    """Store an alert, its timeline and its deliveries. When this returns, no crash can lose it.

    The same category within half an hour joins the open alert; a higher level tells people again. Where the database
    does not answer, the alert goes to the local spool and is delivered from there. The caller's `key` makes repeats of
    one press one.

    Raises:
        User.DoesNotExist: there is no such person.
        ValueError: the level or the source is none of ours.
    """
    report = new_report(
        senior_id=senior_id,
        level=level,
        category=category,
        words=words,
        reasons=reasons,
        source=source,
        turn_id=turn_id,
        trace_id=trace_id,
        drill=drill,
        key=key,
    )
    try:
        with steadfast(), transaction.atomic(durable=True):
            return store(report)
    except User.DoesNotExist:
        raise
    except Exception:  # the outer edge: whatever keeps an alert from being stored, it is not lost
        log.exception("the database did not take an alert: it is spooled", extra={"alert_id": str(report.alert_id)})
        spool.append(report)
        circle_told = address_book.can_tell(senior_id, category)
        return RaisedAlert(report.alert_id, joined=False, spooled=True, circle_told=circle_told)


def new_report(
    *,
    senior_id: UUID,
    level: str,
    category: str,
    source: str,
    words: str = "",
    reasons: Sequence[str] = (),
    turn_id: UUID | None = None,
    trace_id: str = "",
    drill: bool = False,
    key: str = "",
) -> Report:
    """A report with its alert's id, before any store is asked. The same key always gives the same id.

    Raises:
        ValueError: the level or the source is none of ours.
    """
    return Report(
        alert_id=uuid5(senior_id, key) if key else uuid4(),
        senior_id=senior_id,
        level=AlertLevel(str(level)).value,
        category=category,
        words=words,
        reasons=tuple(reasons),
        source=AlertSource(source).value,
        turn_id=turn_id,
        trace_id=trace_id,
        drill=drill,
        key=key,
        at=clock.steady(),
    )


def store(report: Report) -> RaisedAlert:
    """Put a report into the database, once however often it comes; inside the caller's transaction.

    Raises:
        User.DoesNotExist: there is no such person.
    """
    # One report of a person at a time. The key stays free: a row elsewhere that only points at them holds up no alert.
    senior = User.everyone.select_for_update(no_key=True).get(pk=report.senior_id)
    earlier = _earlier(report, senior)
    if earlier is not None:
        return _outcome(earlier, joined=False)
    now = clock.now()
    open_alert = _open_alert(report, senior)
    if open_alert is not None:
        step = ladder.hear_again(notices.standing_of(open_alert), report.level, now, clock.timing())
        key = report.key or str(report.alert_id)  # by it a link to this report finds the alert, and a repeat is known
        notices.enact(open_alert, step, Kind.SAID_AGAIN, now=now, actor=senior, words=report.words, key=key)
        return _outcome(open_alert, joined=True)
    return _outcome(_open(report, senior), joined=False)


def _earlier(report: Report, senior: User) -> Alert | None:
    keys = {report.key, str(report.alert_id)} - {""}
    press = AlertEvent.objects.select_related("alert").filter(actor=senior, key__in=keys).first()
    if press is not None:
        return press.alert
    return Alert.objects.filter(pk=report.alert_id).first()


def _open_alert(report: Report, senior: User) -> Alert | None:
    recent = Alert.objects.select_for_update(no_key=True).filter(
        senior=senior, category=report.category, is_drill=report.drill, raised_at__gt=clock.now() - clock.timing().join
    )
    return recent.exclude(state__in=CLOSED).first()


def _open(report: Report, senior: User) -> Alert:
    now = clock.now()
    alert = Alert.objects.create(
        id=report.alert_id,
        senior=senior,
        level=report.level,
        category=report.category,
        words=report.words,
        reasons=json.dumps(report.reasons) if report.reasons else "",
        source=report.source,
        turn_id=report.turn_id,
        trace_id=report.trace_id,
        is_drill=report.drill,
        is_confidential=report.category in CONFIDENTIAL,
        raised_at=min(report.at, now),
    )
    step = ladder.start(report.level, now, clock.timing())
    kind = Kind.ASKED if step.standing.is_asking else Kind.RAISED
    notices.enact(alert, step, kind, now=now, actor=senior, key=report.key)
    audit.record(senior, "alert.raised", "alert", alert.pk, subject=senior, level=alert.level, source=alert.source)
    return alert


def _outcome(alert: Alert, *, joined: bool) -> RaisedAlert:
    if alert.is_confidential:
        is_told = False
    elif alert.told_since is not None:
        is_told = alert.deliveries.filter(contact_point__isnull=False).exists()
    else:
        is_told = any(person.points for person in notices.people_of(alert.senior_id))
    return RaisedAlert(alert.pk, joined=joined, spooled=False, circle_told=is_told)


def answer_question(alert_id: UUID, senior_id: UUID, *, yes: bool) -> None:
    """The senior answers Lilo's question: a clear no closes it, a yes tells the circle at once.

    An answer to a question that is only in the spool is kept there.

    Raises:
        NotYoursError: it is no alert of theirs.
    """
    if _note_in_spool(alert_id, senior_id, {"answer": yes}):
        return
    with transaction.atomic(durable=True):
        hear_answer(access.own_alert(senior_id, alert_id), yes=yes)


def hear_answer(alert: Alert, *, yes: bool) -> None:
    """`answer_question` of an alert whose row is held, inside the caller's transaction."""
    step = ladder.take_answer(notices.standing_of(alert), clock.now(), clock.timing(), yes=yes)
    _keep(alert, step, Kind.ANSWERED_YES if yes else Kind.ANSWERED_NO, actor=alert.senior)


def senior_all_clear(alert_id: UUID, senior_id: UUID) -> State:
    """The senior says "I'm OK". A question ends; an emergency is lowered, stays open, and the circle is told.

    The word about one that is only in the spool is kept there.

    Raises:
        NotYoursError: it is no alert of theirs.
    """
    if _note_in_spool(alert_id, senior_id, {"answer": False}):
        return State.RAISED
    with transaction.atomic(durable=True):
        return hear_all_clear(access.own_alert(senior_id, alert_id))


def hear_all_clear(alert: Alert) -> State:
    """`senior_all_clear` of an alert whose row is held, inside the caller's transaction."""
    began_as_question = alert.events.filter(kind=Kind.ASKED).exists()
    step = ladder.calm(notices.standing_of(alert), clock.now(), clock.timing(), began_as_question=began_as_question)
    _keep(alert, step, Kind.CALMED, actor=alert.senior)
    return step.standing.state


def all_clear_in_spool(senior_id: UUID, alert_id: UUID | None = None) -> bool | None:
    """The senior says "I'm OK" of an alert that the database does not have yet. Asks no database.

    Args:
        senior_id: of whom.
        alert_id: the alert of the button that was pressed; None, in words: the newest open question.

    Returns:
        True where it ends a question before anybody was told, False where people were told and will still check, and
        None where there is no such alert.
    """
    for entry in spool.entries_of(senior_id):
        key = entry.report.alert_id
        is_question = entry.report.level == AlertLevel.ASK and not any(note.get("told") for note in entry.notes)
        if key == alert_id or (alert_id is None and is_question):
            return is_question if _note_in_spool(key, senior_id, {"answer": False}) else None
    return None


def _note_in_spool(alert_id: UUID, senior_id: UUID, record: spool.Record) -> bool:
    """Keep a word of the senior's with their alert in the spool. False: it is not there, or not there any more."""
    entry = spool.read(alert_id)
    if entry is None or entry.report.senior_id != senior_id:
        return False
    try:
        spool.note(alert_id, record)
    except FileNotFoundError:  # the database has just taken it
        return False
    return True


def tell(alert_id: UUID, senior_id: UUID, *, user_id: UUID) -> None:
    """The senior picks somebody of the circle to be told of a confidential alert.

    Raises:
        NotYoursError: it is no alert of theirs, or the person is not of the circle.
    """
    with transaction.atomic(durable=True):
        alert = access.own_alert(senior_id, alert_id)
        member = next((one for one in access.possible_confidants(alert) if one.user_id == user_id), None)
        if member is None or not alert.is_confidential:
            raise NotYoursError
        alert.picked.add(member.user)
        now = clock.now()
        step = ladder.tell_now(notices.standing_of(alert), now, clock.timing())
        notices.enact(alert, step, None, now=now)
        audit.record(alert.senior, "alert.shared", "alert", alert.pk, subject=senior_id)


def claim(alert_id: UUID, by: User) -> bool:
    """`by` takes it on: the others have peace, and the outcome is due in ten minutes. False when another was first.

    Raises:
        NotYoursError: it is not theirs to see.
    """
    with transaction.atomic(durable=True):
        alert = access.alert_to_handle(by, alert_id)
        step = ladder.claim(notices.standing_of(alert), clock.now(), clock.timing())
        if not step.tell:
            return alert.claimed_by_id == by.pk and alert.state == State.CLAIMED
        alert.claimed_by, alert.claimed_at = by, clock.now()
        alert.save(update_fields=["claimed_by", "claimed_at"])
        _keep(alert, step, Kind.CLAIMED, actor=by)
        return True


def resolve(alert_id: UUID, by: User, *, reason: str) -> bool:
    """Say how it ended. False when it was closed already.

    Raises:
        NotYoursError: it is not theirs to see.
    """
    return _close(alert_id, by, reason, State.RESOLVED)


def mark_false_alarm(alert_id: UUID, by: User, *, reason: str) -> bool:
    """Say that there was no trouble. False when it was closed already.

    Raises:
        NotYoursError: it is not theirs to see.
    """
    return _close(alert_id, by, reason, State.FALSE_ALARM)


def _close(alert_id: UUID, by: User, reason: str, state: State) -> bool:
    with transaction.atomic(durable=True):
        alert = access.alert_to_handle(by, alert_id)
        step = ladder.close(notices.standing_of(alert), state)
        if step.standing == notices.standing_of(alert):
            return False
        alert.reason = reason
        alert.save(update_fields=["reason"])
        _keep(alert, step, Kind(state.value), actor=by)
        return True


def note_view(alert: Alert, by: User) -> None:
    """Write on the timeline, once a person, that they have seen it; each reading is in the access log."""
    with transaction.atomic():
        audit.record(by, "alert.read", "alert", alert.pk, subject=alert.senior_id)
        if by.pk != alert.senior_id and not alert.events.filter(kind=Kind.VIEWED, actor=by).exists():
            notices.add_event(alert, Kind.VIEWED, now=clock.now(), actor=by)


def start_drill(by: User, senior_id: UUID) -> RaisedAlert:
    """Try the whole way to everybody in the circle. Every message says that it is a drill.

    Raises:
        NotYoursError: only the senior and first contacts may.
    """
    senior = access_senior(by, senior_id, need=Need.MANAGE)
    return raise_alert(
        senior_id=senior.pk,
        level=AlertLevel.EMERGENCY,
        category="help",
        words="",
        reasons=("drill",),
        source=AlertSource.HELP_BUTTON,
        drill=True,
    )


def press_help(user: User, *, trace_id: str = "", source: str = AlertSource.HELP_BUTTON, key: str = "") -> RaisedAlert:
    """The help button: an emergency at once, whatever else is or is not working."""
    return press_help_for(user.pk, trace_id=trace_id, source=source, key=key)


def press_help_for(
    senior_id: UUID, *, trace_id: str = "", source: str = AlertSource.HELP_BUTTON, key: str = ""
) -> RaisedAlert:
    """`press_help` of somebody of whom only the id is known, since the database is away.

    Raises:
        User.DoesNotExist: the database is there after all, and there is no such person.
    """
    return raise_alert(
        senior_id=senior_id,
        level=AlertLevel.EMERGENCY,
        category="help",
        words="",
        reasons=("help_button",),
        source=source,
        trace_id=trace_id,
        key=key,
    )


def _keep(alert: Alert, step: Step, kind: AlertEvent.Kind, *, actor: User) -> None:
    """Write a person's step, where it changes anything, with who closed it and the audit row."""
    if step.standing == notices.standing_of(alert):
        return
    now = clock.now()
    if not step.standing.is_open:
        alert.closed_at, alert.closed_by = now, actor
        alert.save(update_fields=["closed_at", "closed_by"])
    notices.enact(alert, step, kind, now=now, actor=actor)
    audit.record(actor, f"alert.{kind.value}", "alert", alert.pk, subject=alert.senior_id)
