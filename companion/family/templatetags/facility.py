"""How the facility's pages write down a resident's row and a medicine."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import UUID

from django import template
from django.template.loader import get_template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from companion.care.medicines import in_words
from companion.care.medicines.models import Occurrence, Regimen
from companion.family.facility.selectors import Row

register = template.Library()

#: Here and not in a template: a board has five hundred of them, and a template took eight times as long.
ROW = (
    '<li class="resident" id="resident-{key}" data-fragment="board-row" data-senior="{key}" data-level="{level}" '
    'data-order="{order}"{news}><a class="who" href="{page}"><span class="room">{room}</span>'
    '<span class="name">{name}</span></a><p class="words"><span>{words}</span>{age}</p>{acts}</li>'
)
NEWS = ' data-news="{name}, room {room}: {heading}. {words}."'
AGE = ' <time datetime="{since}" data-ago>{ago}</time>'


@register.simple_tag(takes_context=True)
def board_row(context: dict[str, Any], row: Row) -> SafeString:
    """One resident on the board; with what to press, where there is an alert."""
    place, standing = row.place, row.standing
    room = place.room or "–"
    news = age = acts = ""
    if standing.since is not None:
        age = format_html(AGE, since=standing.since.isoformat(), ago=row.ago)
    if row.alert is not None:
        news = format_html(NEWS, name=place.name, room=room, heading=row.urgency.heading, words=standing.words)
        acts = get_template("facility/parts/acts.html").render({"row": row, "csrf_token": context.get("csrf_token")})
    return format_html(
        ROW,
        key=place.senior_id,
        level=int(row.urgency),
        order=row.order,
        news=news,
        page=_page_of(place.senior_id),
        room=room,
        name=place.name,
        words=standing.words,
        age=age,
        acts=acts,
    )


@lru_cache(maxsize=4096)
def _page_of(senior_id: UUID) -> str:
    return reverse("facility-resident", args=[senior_id])


@register.filter
def with_strength(regimen: Regimen) -> str:
    """As the box has it."""
    return in_words.with_strength(regimen)


@register.filter
def amount(dose: Occurrence) -> str:
    """How much of it."""
    return in_words.how_much(dose.quantity, dose.regimen.form)
