"""While the database is down: the spool's alerts are delivered from this machine, by the same ladder; then the database
gets them.

Every message has the key that the database would have given it, so nothing is sent twice under one key when it is back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from companion.accounts.models import User
from companion.safety import actions, address_book, audience, clock, ladder, notices, spool, wording
from companion.safety.apart import apart
from companion.safety.audience import CONFIDENTIAL, Target
from companion.safety.delivery import Letter, send
from companion.safety.ladder import Standing, State, Tell
from companion.safety.models import Alert, AlertEvent, Delivery
from companion.safety.spool import Entry, Record, Report
from companion.safety.steadfast import steadfast

log = logging.getLogger(__name__)
#: How long the database is given to take a spooled alert before it is delivered from here.
HEAD_START = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a spooled alert was taken, as its notes tell."""

    standing: Standing
    rungs: tuple[int, ...]
    """The rung of each round of calls so far."""
    sent: frozenset[str]
    """Keys of the deliveries that were sent."""
    answer: bool | None = None


def deliver() -> None:
    """Take every spooled alert one step further and send what is owed. Touches no database."""
    for alert_id in spool.waiting():
        with apart("a spooled alert", alert_id=str(alert_id)), spool.held(alert_id) as entry:
            if entry is not None and clock.steady() - entry.report.at > HEAD_START / settings.ALERT_TIME_DIVISOR:
                _deliver(entry)


def replay() -> int:
    """Put every spooled alert into the database, with what was done about it; how many there were."""
    waiting = spool.waiting()
    for alert_id in waiting:
        with apart("a spooled alert", alert_id=str(alert_id)), spool.held(alert_id) as entry:
            if entry is None:
                continue
            try:
                with steadfast(), transaction.atomic():
                    _store(entry)
            except User.DoesNotExist:
                log.error("a spooled alert is of nobody we know: it is set aside", extra={"alert_id": str(alert_id)})
                spool.set_aside(alert_id)
                continue
            if spool.read(alert_id) == entry:  # else the senior has said a word meanwhile: the next round hears it
                spool.remove(alert_id)
    return len(waiting)


def _deliver(entry: Entry) -> None:
    report, now = entry.report, clock.steady()
    progress = _progress(entry)
    step = _advance(progress, report, now)
    if step.standing != progress.standing or (not progress.rungs and step.tell):
        spool.note(report.alert_id, {"standing": _as_record(step.standing), "told": bool(step.tell)})
        entry = Entry(report, (*entry.notes, {"standing": _as_record(step.standing), "told": bool(step.tell)}))
    for target, letter in _owed(report, _progress(entry)):
        with apart("a spooled alert's message", delivery=str(letter.key)):
            if send(letter).is_sent:
                sent = {"sent": str(letter.key), "target": _target_record(target), "at": now.isoformat()}
                spool.note(report.alert_id, sent)


def _advance(progress: Progress, report: Report, now: datetime) -> ladder.Step:
    timing = clock.timing()
    if progress.answer is not None and progress.standing.is_asking:
        return ladder.take_answer(progress.standing, now, timing, yes=progress.answer)
    if not progress.rungs and progress.standing.told_since is not None:
        return ladder.start(report.level, report.at, timing)
    if progress.answer is False:  # no further people are called; it is lowered when the database has it
        return ladder.Step(progress.standing)
    return ladder.tick(progress.standing, now, timing)


def _progress(entry: Entry) -> Progress:
    standing = ladder.start(entry.report.level, entry.report.at, clock.timing()).standing
    rungs: list[int] = []
    sent, answer = set(), None
    for record in entry.notes:
        if "standing" in record:
            standing = _standing(record["standing"])
            rungs += [standing.rung] if record["told"] else []
        elif "sent" in record:
            sent.add(record["sent"])
        elif "answer" in record:
            answer = bool(record["answer"])
    return Progress(standing, tuple(rungs), frozenset(sent), answer)


def _owed(report: Report, progress: Progress) -> list[tuple[Target, Letter]]:
    """The letters of every round so far that are not sent yet."""
    circle = address_book.find(report.senior_id)
    if circle is None or not progress.standing.is_open:
        return []
    letters = []
    for notice, rung in enumerate(progress.rungs, start=1):
        if report.category in CONFIDENTIAL:
            people = audience.confidants(circle.people, frozenset())
        else:
            people = audience.on_rung(circle.people, rung)
        about = wording.About(circle.name, _link(report), is_drill=report.drill, is_again=rung > 1)
        words = wording.words_of(Tell.ALERT, about)
        for target in audience.targets(people):
            key = target.key(report.alert_id, notice)
            if str(key) not in progress.sent and target.point_id is not None:
                address = circle.addresses[target.point_id]
                letters.append((target, Letter(key, target.channel, address, words.subject, words.body)))
    return letters


def _store(entry: Entry) -> None:
    report, progress = entry.report, _progress(entry)
    is_new = not Alert.objects.filter(pk=report.alert_id).exists()  # else what was done since must stand
    alert = Alert.objects.select_for_update().get(pk=actions.store(report).alert_id)
    is_own = alert.pk == report.alert_id  # what it joined may be graver, and stands as it is
    now = clock.now()
    if is_new and is_own and progress.rungs:
        notices.enact(alert, ladder.Step(progress.standing), None, now=now)
        notices.write_rounds(alert, progress.rungs, now)
    sent = [record for record in entry.notes if "sent" in record]
    for record in sent:
        _store_sent(alert, record)
    if sent and alert.state == State.RAISED:
        notices.enact(alert, ladder.reach(notices.standing_of(alert)), None, now=now)
    if progress.answer is not None and notices.standing_of(alert).is_asking:
        actions.hear_answer(alert, yes=progress.answer)
    elif progress.answer is False and is_own:
        actions.hear_all_clear(alert)


def _store_sent(alert: Alert, record: Record) -> None:
    """A message that went out during the outage, as the delivery it would have been."""
    channel, point, person = record["target"]
    at = datetime.fromisoformat(record["at"])
    done = {"state": Delivery.State.SENT, "sent_at": at, "tries": 1}
    owner = User.objects.filter(pk=person).first()
    known = owner is not None and owner.contact_points.filter(pk=point).exists()
    Delivery.objects.update_or_create(
        pk=UUID(record["sent"]),
        defaults=done,
        create_defaults={
            **done,
            "alert": alert,
            "channel": channel,
            "contact_point_id": UUID(point) if known else None,
            "recipient": owner,
            "message": Tell.ALERT.value,
            "priority": 0,
            "created_at": at,
        },
    )
    notices.add_event(alert, AlertEvent.Kind.SENT, now=at, actor=owner)


def _link(report: Report) -> str:
    return f"{settings.SITE_URL}{reverse('alert', args=[report.alert_id])}"


def _target_record(target: Target) -> list[str]:
    return [target.channel, str(target.point_id), str(target.user_id)]


def _as_record(standing: Standing) -> Record:
    values = {field.name: getattr(standing, field.name) for field in fields(standing)}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in values.items()}


def _standing(record: Record) -> Standing:
    times = ("told_since", "answer_due_at", "escalate_at", "outcome_due_at")
    read = {name: datetime.fromisoformat(record[name]) if record[name] else None for name in times}
    return replace(Standing(record["level"]), **{**record, **read, "state": State(record["state"])})
