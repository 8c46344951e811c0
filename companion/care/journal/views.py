"""The journal's pages, for the senior and for those with whom it is shared. Plain forms, all of them."""

from __future__ import annotations

from datetime import date, timedelta
from http import HTTPStatus
from itertools import groupby
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from companion.care.journal import actions, alarms, selectors
from companion.care.journal.access import access_entry
from companion.care.journal.actions import DoubtError, Written
from companion.care.journal.advice import advice_for
from companion.care.journal.measures import (
    MEASURES,
    QUESTIONS,
    WORDS,
    Kind,
    Reading,
    measure_of,
    number_in,
    unit_of,
)
from companion.care.journal.models import Entry, Source
from companion.care.journal.pages import about, day_words, form_key_of, page, person_of, time_of, today_of, uuid_of
from companion.care.journal.rules import UnclearError, read
from companion.circle.access import Need, visible_seniors
from companion.circle.actions import create_profile
from companion.circle.models import Senior
from companion.circle.refusals import RefusedError
from companion.safety.selectors import open_alert_of

SPAN_NAMES = ("A month", "Three months", "A year")
#: Days of entries on the page at first, and when older ones are asked for.
SHOWN_DAYS, MORE_DAYS = 3, 30
#: What is offered to write, in this order; the mood is asked on the page itself.
OFFERED = (
    Kind.SLEEP, Kind.PAIN, Kind.BLOOD_PRESSURE, Kind.GLUCOSE, Kind.WEIGHT, Kind.STEPS, Kind.NOTE, Kind.QUESTION,
)  # fmt: skip


@login_required
@never_cache
@require_GET
def journals(request: HttpRequest) -> HttpResponse:
    """The senior's own journal; for the others those that are shared with them."""
    person = person_of(request)
    if person.is_senior:
        create_profile(person)
        return redirect("journal-of", senior_id=person.pk)
    seniors = list(visible_seniors(person, need=Need.JOURNAL))
    if len(seniors) == 1:
        return redirect("journal-of", senior_id=seniors[0].pk)
    return render(request, "journal/journals.html", {"seniors": seniors})


@login_required
@never_cache
@require_GET
def journal(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The journal: what to write, and what was written lately."""
    person, senior = page(request, senior_id)
    today = today_of(senior)
    days = MORE_DAYS if request.GET.get("days") == str(MORE_DAYS) else SHOWN_DAYS
    entries = selectors.entries_of(person, senior_id, since=today - timedelta(days=days - 1))
    context = {
        **about(person, senior),
        "offered": [(kind, kind.label) for kind in OFFERED],
        "moods": measure_of(Kind.MOOD).faces,
        "days": _by_day(entries, today),
        "is_all": days == MORE_DAYS,
        "check_in": selectors.check_in_of(senior_id),
        "form_key": uuid4(),
        "deleted": request.session.pop("journal_deleted", None) if person.pk == senior.pk else None,
    }
    return render(request, "journal/journal.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, senior_id: UUID, kind: str) -> HttpResponse:
    """Write one kind of reading, by a tap or by form."""
    person, senior = page(request, senior_id, to_write=True)
    if kind not in Kind.values or kind == Kind.CHECK_IN:
        raise Http404
    context = {**about(person, senior), **_field(Kind(kind), senior), "form_key": uuid4()}
    if request.method == "GET":
        return render(request, "journal/write.html", context)
    return _take(request, context, Kind(kind), senior)


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def entry(request: HttpRequest, senior_id: UUID, entry_id: UUID) -> HttpResponse:
    """One entry with its history, and the form that corrects it."""
    person, senior = page(request, senior_id)
    found = access_entry(person, senior_id, entry_id, to_write=request.method == "POST")
    kind = Kind(found.kind)
    context = {
        **about(person, senior),
        **_field(kind, senior, found),
        "entry": found,
        "words": selectors.words_of(found),
        "writer": selectors.writer_of(found),
        "history": [_line(each) for each in selectors.history_of(found)],
        "form_key": uuid4(),
    }
    if request.method == "GET":
        return render(request, "journal/entry.html", context)
    if kind == Kind.CHECK_IN:
        raise Http404
    return _take(request, context, kind, senior, entry_id=entry_id)


@login_required
@require_POST
def delete(request: HttpRequest, senior_id: UUID, entry_id: UUID) -> HttpResponse:
    """The senior takes an entry out; the next page offers to put it back."""
    actions.delete(person_of(request), senior_id, entry_id)
    request.session["journal_deleted"] = str(entry_id)
    return redirect("journal-of", senior_id=senior_id)


@login_required
@require_POST
def put_back(request: HttpRequest, senior_id: UUID, entry_id: UUID) -> HttpResponse:
    """Undo that."""
    actions.put_back(person_of(request), senior_id, entry_id)
    messages.success(request, "It is back in the journal.")
    return redirect("journal-of", senior_id=senior_id)


@login_required
@never_cache
@require_GET
def care(request: HttpRequest, senior_id: UUID, entry_id: UUID) -> HttpResponse:
    """What to do about a reading that should not be left alone, and the question that Lilo asks of it."""
    person, senior = page(request, senior_id)
    found = access_entry(person, senior_id, entry_id)
    advice = advice_for(found.reading)
    alert = None
    if person.pk == senior.pk and (alert_id := uuid_of(request.GET.get("alert", ""))) is not None:
        alert = open_alert_of(senior.pk, alert_id)
    if advice is None and alert is None:
        return redirect("journal-entry", senior_id=senior_id, entry_id=entry_id)
    context = {
        **about(person, senior),
        "entry": found,
        "words": selectors.words_of(found),
        "advice": advice,
        "card": alarms.card_of(alert, advice) if alert is not None else None,
        "form_key": uuid4(),
    }
    return render(request, "journal/care.html", context)


@login_required
@never_cache
@require_GET
def trends(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """What the readings say together."""
    person, senior = page(request, senior_id)
    asked = request.GET.get("days", "")
    days = int(asked) if asked.isdecimal() and int(asked) in selectors.SPANS else selectors.SPANS[1]
    context = {
        **about(person, senior),
        "trends": selectors.trends_of(senior_id, days=days),
        "spans": [(span, name, span == days) for span, name in zip(selectors.SPANS, SPAN_NAMES, strict=True)],
    }
    return render(request, "journal/trends.html", context)


@login_required
@require_GET
def summary(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """The doctor's summary, as a PDF of two pages."""
    from companion.care.journal.summary import summary_for  # large: only when a summary is really made

    made = summary_for(person_of(request), senior_id)
    response = HttpResponse(made.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{made.file_name}"'
    response["Cache-Control"] = "no-store"
    return response


def _take(
    request: HttpRequest, context: dict[str, Any], kind: Kind, senior: Senior, *, entry_id: UUID | None = None
) -> HttpResponse:
    """Write or correct what a form holds; where it is unclear or in doubt, ask again with what was written."""
    person, sent = person_of(request), request.POST
    trouble: dict[str, Any]
    try:
        reading = _reading(kind, sent, context.get("unit", ""))
        at, is_sure = time_of(sent.get("at", ""), senior), sent.get("sure") == "yes"
        if entry_id is not None:
            written = actions.correct(person, senior.pk, entry_id, reading, at=at, is_sure=is_sure)
        else:
            source = Source.TAP if MEASURES.get(kind) and MEASURES[kind].faces else Source.FORM
            key = form_key_of(sent.get("form_key", ""))
            written = actions.write(person, senior.pk, [reading], source=source, at=at, key=key, is_sure=is_sure)
    except (UnclearError, RefusedError) as error:
        trouble = {"trouble": str(error)}
    except DoubtError as doubt:
        trouble = {"doubt": doubt, "meant": [_meant(each) for each in doubt.checks[0].suggestions]}
    else:
        return _after(request, senior, written)
    template = "journal/write.html" if entry_id is None else "journal/entry.html"
    filled = {"amount": sent.get("amount", ""), "note": sent.get("note", ""), "at": sent.get("at", "")}
    chosen = {"unit": sent.get("unit", context.get("unit", ""))}
    return render(request, template, {**context, **filled, **chosen, **trouble}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _after(request: HttpRequest, senior: Senior, written: Written) -> HttpResponse:
    first = written.entries[0]
    if written.alert is not None or written.advice is not None:
        address = reverse("journal-care", args=[senior.pk, first.pk])
        return redirect(f"{address}?alert={written.alert.alert_id}" if written.alert else address)
    said = "your question for the doctor" if first.kind == Kind.QUESTION else selectors.words_of(first)
    messages.success(request, f"Written down: {said[:80]}{'…' if len(said) > 80 else ''}")
    return redirect("journal-of", senior_id=senior.pk)


def _reading(kind: Kind, sent: Any, usual_unit: str) -> Reading:
    """What a form holds. A pressed suggestion counts more than the field."""
    suggestion = sent.get("meant", "")
    if suggestion:
        amount, _, unit = suggestion.partition("|")
        return read(kind, amount, unit, note=sent.get("note", ""))
    return read(kind, sent.get("amount", ""), sent.get("unit", usual_unit), note=sent.get("note", ""))


def _meant(reading: Reading) -> tuple[str, str]:
    """A suggestion: what its button sends, and what it says."""
    unit = unit_of(reading.kind, reading.unit)
    amount = number_in(unit, reading.value or 0)
    if reading.lower is not None:
        amount = f"{amount}/{number_in(unit, reading.lower)}"
    return f"{amount}|{unit.key}", f"{amount} {unit.small if unit.parts else unit.words}".strip()


def _field(kind: Kind, senior: Senior, entry: Entry | None = None) -> dict[str, Any]:
    """What the form of one kind shows."""
    shown: dict[str, Any] = {"kind": kind, "question": QUESTIONS[kind], "is_words": kind in WORDS}
    if kind in WORDS:
        return {**shown, "amount": entry.note if entry else ""}
    measure = measure_of(kind)
    unit = unit_of(kind, entry.unit) if entry and entry.unit else selectors.units_of(senior.user)[kind]
    shown |= {"faces": measure.faces, "units": [each for each in measure.units if each.words], "unit": unit.key}
    example = measure.example if measure.lower or not measure.example else number_in(unit, float(measure.example))
    shown |= {"example": example}
    if entry is not None:
        amount, _, _ = _meant(entry.reading)[0].partition("|")
        shown |= {"amount": amount, "note": entry.note}
    return shown


def _line(entry: Entry) -> tuple[Entry, str, str]:
    return entry, selectors.words_of(entry), selectors.writer_of(entry)


def _by_day(entries: Any, today: date) -> list[tuple[str, list[tuple[Entry, str, str]]]]:
    rows = [_line(each) for each in entries]
    return [(day_words(day, today), list(group)) for day, group in groupby(rows, key=lambda row: row[0].day)]
