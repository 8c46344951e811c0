"""The JSON API of the journal, its trends, the daily check-in and the doctor's summary."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID, uuid4

from django.http import HttpResponse
from ninja import Header, Query, Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.care.journal import actions, selectors
from companion.care.journal.access import access_entry
from companion.care.journal.actions import DoubtError, Written
from companion.care.journal.advice import Advice, Source
from companion.care.journal.measures import WORDS, Kind, Reading, amount_words, from_base, unit_of
from companion.care.journal.models import Entry
from companion.care.journal.models import Source as EntrySource
from companion.care.journal.rules import UnclearError, read
from companion.care.journal.schemas import (
    AdviceOut,
    Answer,
    BaselineOut,
    CheckInIn,
    CheckInOut,
    EntriesOut,
    EntryIn,
    EntryOut,
    ExplanationOut,
    PlanIn,
    ReadingIn,
    SeriesOut,
    SlopeOut,
    SourceOut,
    TrendOut,
    TrendsOut,
    WrittenOut,
)
from companion.care.journal.telling import TrendView
from companion.care.journal.trends import Trend
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.refusals import RefusedError
from companion.safety.check_ins import plan_check_in
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of

router = Router(tags=["journal"], auth=BearerAuth())
ANSWERS = {"fine": 3, "not_so_good": 2, "need_help": 1}
NAMES: dict[int, Answer] = {3: "fine", 2: "not_so_good", 1: "need_help"}
Days = Annotated[int, Query(90, ge=7, le=730, description="How many days are looked at.")]
Key = Annotated[str, Header("", alias="Idempotency-Key", max_length=64)]
OfKind = Annotated[Kind | None, Query(None, description="Only entries of this kind.")]


@router.get(
    "/seniors/{senior_id}/journal", response=EntriesOut, operation_id="list_journal", summary="What the journal says"
)
def list_journal(request: SignedInRequest, senior_id: UUID, cursor: Cursor, limit: Limit, kind: OfKind) -> EntriesOut:
    """Current entries, newest first."""
    entries = selectors.entries_of(request.auth, senior_id, kind=kind.value if kind else "")
    rows, following = page_of(entries, cursor=cursor, limit=limit)
    return EntriesOut(items=[_entry(row) for row in rows], next_cursor=following)


@router.post(
    "/seniors/{senior_id}/journal",
    response={201: WrittenOut},
    operation_id="write_journal",
    summary="Write something down",
)
def write_journal(request: SignedInRequest, senior_id: UUID, body: EntryIn) -> tuple[int, WrittenOut]:
    """Write one reading or a few words. What cannot be right is refused with what may have been meant.

    What is unusual is refused once, with the code `unusual`: ask the person, then send it again with `sure`.
    """
    access_senior(request.auth, senior_id, need=Need.JOURNAL, to_write=True)
    try:
        reading = _reading(body.kind, body)
        written = actions.write(
            request.auth, senior_id, [reading], source=EntrySource.API, at=body.at, is_sure=body.sure
        )
    except (UnclearError, RefusedError, DoubtError) as error:
        raise _problem(error) from error
    return 201, _written(written)


@router.get("/seniors/{senior_id}/journal/{entry_id}", response=EntryOut, operation_id="get_entry", summary="One entry")
def get_entry(request: SignedInRequest, senior_id: UUID, entry_id: UUID) -> EntryOut:
    """A current entry."""
    return _entry(access_entry(request.auth, senior_id, entry_id))


@router.put(
    "/seniors/{senior_id}/journal/{entry_id}", response=WrittenOut, operation_id="correct_entry", summary="Correct it"
)
def correct_entry(request: SignedInRequest, senior_id: UUID, entry_id: UUID, body: ReadingIn) -> WrittenOut:
    """Replace an entry. The new one has an id of its own; what it said before is kept as its history."""
    entry = access_entry(request.auth, senior_id, entry_id, to_write=True)
    try:
        reading = _reading(entry.kind, body)
        written = actions.correct(request.auth, senior_id, entry_id, reading, at=body.at, is_sure=body.sure)
    except (UnclearError, RefusedError, DoubtError) as error:
        raise _problem(error) from error
    return _written(written)


@router.delete(
    "/seniors/{senior_id}/journal/{entry_id}", response={204: None}, operation_id="delete_entry", summary="Take it out"
)
def delete_entry(request: SignedInRequest, senior_id: UUID, entry_id: UUID) -> tuple[int, None]:
    """The senior takes an entry out, with its history."""
    actions.delete(request.auth, senior_id, entry_id)
    return 204, None


@router.get("/seniors/{senior_id}/trends", response=TrendsOut, operation_id="get_trends", summary="Trends")
def get_trends(request: SignedInRequest, senior_id: UUID, days: Days) -> TrendsOut:
    """What the readings say together: middle, slope with its interval, what is usual, each with its n."""
    access_senior(request.auth, senior_id, need=Need.JOURNAL)
    return TrendsOut(items=[_trend(view) for view in selectors.trends_of(senior_id, days=days)])


@router.get(
    "/seniors/{senior_id}/check-in", response=CheckInOut, operation_id="get_check_in", summary="Today's check-in"
)
def get_check_in(request: SignedInRequest, senior_id: UUID) -> CheckInOut:
    """What was agreed, and what the senior said today."""
    access_senior(request.auth, senior_id, need=Need.JOURNAL)
    return _check_in(senior_id)


@router.post(
    "/seniors/{senior_id}/check-in", response=CheckInOut, operation_id="answer_check_in", summary="How I am today"
)
def answer_check_in(request: SignedInRequest, senior_id: UUID, body: CheckInIn, key: Key) -> CheckInOut:
    """The senior's own answer. "need_help" is an emergency, like the help button.

    With an `Idempotency-Key`, sending it again does nothing twice.
    """
    if request.auth.pk != senior_id:
        raise NotYoursError
    access_senior(request.auth, senior_id, need=Need.JOURNAL)
    actions.answer_check_in(request.auth, ANSWERS[body.answer], key=key or str(uuid4()), source=EntrySource.API)
    return _check_in(senior_id)


@router.put("/seniors/{senior_id}/check-in", response=CheckInOut, operation_id="plan_check_in", summary="Agree on it")
def plan(request: SignedInRequest, senior_id: UUID, body: PlanIn) -> CheckInOut:
    """Set the time, how often Lilo asks, when the circle is told, and holidays. The senior and first contacts may."""
    plan_check_in(request.auth, senior_id, **body.dict())
    return _check_in(senior_id)


@router.get(
    "/seniors/{senior_id}/summary.pdf",
    operation_id="get_summary",
    summary="Two pages for the doctor",
    openapi_extra={"responses": {200: {"description": "A PDF.", "content": {"application/pdf": {}}}}},
)
def get_summary(request: SignedInRequest, senior_id: UUID) -> HttpResponse:
    """Readings, pictures, medicines and questions of the last three months."""
    from companion.care.journal.summary import summary_for  # large: only when a summary is really made

    made = summary_for(request.auth, senior_id)
    response = HttpResponse(made.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    return response


def _reading(kind: str, body: ReadingIn) -> Reading:
    if kind in WORDS:
        return read(kind, body.note or body.text)
    return read(kind, body.text, body.unit, note=body.note)


def _problem(error: UnclearError | RefusedError | DoubtError) -> Problem:
    if not isinstance(error, DoubtError):
        return Problem(422, "unclear", str(error))
    first = error.checks[0]
    meant = [
        amount_words(other.kind, other.value or 0, unit_of(other.kind, other.unit), lower=other.lower)
        for other in first.suggestions
    ]
    code = "unusual" if error.can_be_confirmed else "impossible"
    return Problem(422, code, f"{first.words} Did you mean {' or '.join(meant)}?" if meant else first.words)


def _entry(entry: Entry) -> EntryOut:
    return EntryOut(
        id=entry.pk,
        kind=Kind(entry.kind),
        value=entry.value,
        lower=entry.lower,
        unit=entry.unit,
        words=selectors.words_of(entry),
        note=entry.note,
        at=entry.at,
        day=entry.day,
        source=entry.source,
        written_by=selectors.writer_of(entry),
        written_at=entry.written_at,
        replaces=entry.replaces_id,
    )


def _written(written: Written) -> WrittenOut:
    return WrittenOut(
        entry=_entry(written.entries[0]),
        advice=_advice(written.advice) if written.advice else None,
        alert_id=written.alert.alert_id if written.alert else None,
    )


def _advice(advice: Advice) -> AdviceOut:
    return AdviceOut(
        key=advice.key,
        urgency=advice.urgency.value,
        title=advice.title,
        text=advice.text,
        steps=list(advice.steps),
        question=advice.question,
        source=_source(advice.source) if advice.source else None,
    )


def _source(source: Source) -> SourceOut:
    return SourceOut(title=source.title, publisher=source.publisher, url=source.url, checked=source.checked)


def _trend(view: TrendView) -> TrendOut:
    names = ("upper", "lower") if len(view.trends) > 1 else (view.kind.value,)
    return TrendOut(
        kind=view.kind,
        title=view.title,
        unit=view.unit.key,
        span=view.span,
        summary=list(view.summary),
        is_enough=view.is_enough,
        series=[_series(name, trend, view) for name, trend in zip(names, view.trends, strict=True)],
        explanations=[
            ExplanationOut(key=each.key, what=each.what, do=each.do, source=_source(each.source))
            for each in view.explanations
        ],
    )


def _series(name: str, trend: Trend, view: TrendView) -> SeriesOut:
    def shown(value: float) -> float:
        return round(from_base(view.unit, value), 3)

    slope, usual = trend.slope, trend.baseline
    return SeriesOut(
        name=name,
        n=trend.n,
        days=trend.days,
        middle=shown(trend.middle) if trend.middle is not None else None,
        direction=trend.direction.value,
        slope=SlopeOut(a_week=shown(slope.a_week), low=shown(slope.low), high=shown(slope.high), n=slope.n)
        if slope
        else None,
        baseline=BaselineOut(usual=shown(usual.usual), spread=shown(usual.spread), n=usual.n) if usual else None,
    )


def _check_in(senior_id: UUID) -> CheckInOut:
    shown = selectors.check_in_of(senior_id)
    return CheckInOut(
        is_planned=shown.is_planned,
        time_of_day=shown.time_of_day,
        answer=NAMES.get(shown.answer or 0),
        at=shown.at,
        is_asking=shown.is_asking,
        paused_until=shown.paused_until,
    )
