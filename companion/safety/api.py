"""Alerts over HTTP: for phones, pendants and the family's own programs."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from ninja import Header, Query, Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.circle.selectors import name_of
from companion.safety import access, actions, check_ins, selectors
from companion.safety.models import Alert, AlertSource
from companion.safety.schemas import (
    AlertDetailOut,
    AlertOut,
    AlertsOut,
    AnswerIn,
    DoneOut,
    HelpOut,
    OutcomeIn,
    TimelineLine,
)
from lilo_site.logs import trace_id

router = Router(tags=["alerts"], auth=BearerAuth())
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=64)]
After = Annotated[int, Query(0, ge=0, description="The number of the last answer.")]


@router.post("/help", response={201: HelpOut}, operation_id="call_for_help", summary="Call for help")
def call_for_help(request: SignedInRequest, key: Key) -> tuple[int, HelpOut]:
    """Raise an emergency for the person signed in.

    Answered only once it cannot be lost; repeat it with the same key.
    """
    raised = actions.press_help(request.auth, trace_id=trace_id.get(), source=AlertSource.API, key=key)
    stored = "spool" if raised.spooled else "database"
    return 201, HelpOut(alert_id=raised.alert_id, joined=raised.joined, stored=stored, circle_told=raised.circle_told)


@router.get("/alerts", response=AlertsOut, operation_id="list_alerts", summary="Alerts that changed")
def list_alerts(request: SignedInRequest, after: After) -> AlertsOut:
    """The alerts the person may see whose timeline grew since the number of the last answer."""
    changes = selectors.changed_alerts(request.auth, after=after)
    return AlertsOut(alerts=[_out(alert) for alert in changes.alerts], after=changes.after)


@router.get("/alerts/{alert_id}", response=AlertDetailOut, operation_id="get_alert", summary="One alert")
def get_alert(request: SignedInRequest, alert_id: UUID) -> AlertDetailOut:
    """An alert and its timeline. That it was seen is written on it."""
    alert = access.access_alert(request.auth, alert_id)
    actions.note_view(alert, request.auth)
    lines = [
        TimelineLine(sequence=line.pk, kind=line.kind, at=line.at, who=line.actor.short_name if line.actor else "")
        for line in selectors.timeline(alert)
    ]
    return AlertDetailOut(**_out(alert).dict(), timeline=lines)


@router.post("/alerts/{alert_id}/claim", response=DoneOut, operation_id="claim_alert", summary="I'm on it")
def claim_alert(request: SignedInRequest, alert_id: UUID) -> DoneOut:
    """Take an alert on. The others have peace for ten minutes."""
    return DoneOut(done=actions.claim(alert_id, request.auth))


@router.post("/alerts/{alert_id}/resolve", response=DoneOut, operation_id="resolve_alert", summary="It is over")
def resolve_alert(request: SignedInRequest, alert_id: UUID, body: OutcomeIn) -> DoneOut:
    """Say how it ended."""
    return DoneOut(done=actions.resolve(alert_id, request.auth, reason=body.reason))


@router.post("/alerts/{alert_id}/false-alarm", response=DoneOut, operation_id="false_alarm", summary="False alarm")
def mark_false_alarm(request: SignedInRequest, alert_id: UUID, body: OutcomeIn) -> DoneOut:
    """Say that there was no trouble."""
    return DoneOut(done=actions.mark_false_alarm(alert_id, request.auth, reason=body.reason))


@router.post("/alerts/{alert_id}/answer", response={204: None}, operation_id="answer_alert", summary="Answer Lilo")
def answer_alert(request: SignedInRequest, alert_id: UUID, body: AnswerIn) -> tuple[int, None]:
    """The senior answers the question that an alert began with."""
    actions.answer_question(alert_id, request.auth.pk, yes=body.yes)
    return 204, None


@router.post("/alerts/{alert_id}/all-clear", response={204: None}, operation_id="all_clear", summary="I'm OK")
def all_clear(request: SignedInRequest, alert_id: UUID) -> tuple[int, None]:
    """The senior says that they are all right. An emergency stays open, calmly, until somebody has checked."""
    actions.senior_all_clear(alert_id, request.auth.pk)
    return 204, None


@router.post("/check-in", response={204: None}, operation_id="check_in", summary="I'm fine today")
def check_in(request: SignedInRequest) -> tuple[int, None]:
    """The senior is about: today's check-in is done."""
    check_ins.sign_of_life(request.auth.pk)
    return 204, None


def _out(alert: Alert) -> AlertOut:
    return AlertOut(
        id=alert.pk,
        senior_id=alert.senior_id,
        senior=name_of(alert.senior_id),
        level=alert.level,
        category=alert.category,
        state=alert.state,
        is_drill=alert.is_drill,
        is_calmed=alert.is_calmed,
        raised_at=alert.raised_at,
        claimed_by=alert.claimed_by.short_name if alert.claimed_by else "",
        claimed_at=alert.claimed_at,
        closed_at=alert.closed_at,
    )
