"""Where an entry is a matter of safety: a note passes the emergency screen, and a dangerous number is a question.

It goes through the same alerts as the talk: stored first, the circle told when no clear "no" comes in time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from asgiref.sync import async_to_sync

from companion.accounts.models import User
from companion.care.journal.advice import Advice, Urgency, advice_for
from companion.care.journal.models import Entry
from companion.safety.actions import RaisedAlert, raise_alert
from companion.safety.models import Alert, AlertLevel, AlertSource
from companion.safety.numbers import emergency_numbers
from companion.safety.response import ANSWER_WITHIN_S, IS_WELL, NEEDS_HELP, Choice, Response, response_for
from companion.safety.screen import Assessment, Level, screen

ORDER: Final = (Urgency.ASK, Urgency.TODAY, Urgency.CALM)


@dataclass(frozen=True, slots=True)
class Card:
    """A question or an alarm as a page shows it."""

    alert_id: str
    is_emergency: bool
    title: str
    response: Response


def raise_for(senior: User, entries: Sequence[Entry], *, words_were_screened: bool) -> RaisedAlert | None:
    """Raise what the entries call for: what was heard in their words first, then what a number asks."""
    if not words_were_screened:
        for entry in entries:
            heard = _heard(entry.note)
            if heard is not None:
                return _raise(senior, heard, entry, words=entry.note)
    for entry in entries:
        advice = advice_for(entry.reading)
        if advice is not None and advice.urgency is Urgency.ASK:
            return _raise(senior, Assessment(Level.ASK, advice.category, 1.0, (advice.key,)), entry, words=advice.title)
    return None


def card_of(alert: Alert, advice: Advice | None) -> Card:
    """What a page shows of an open alert of the senior's own.

    Args:
        alert: it.
        advice: what the reading behind it calls for, where a reading raised it.
    """
    is_emergency = alert.level == AlertLevel.EMERGENCY
    if advice is not None and advice.question and not is_emergency:
        response = Response(
            advice.question,
            advice.steps,
            emergency_numbers(alert.senior.country, "medical"),
            (Choice(advice.yes, NEEDS_HELP), Choice(advice.no, IS_WELL)),
            ANSWER_WITHIN_S,
        )
    else:
        level = Level.EMERGENCY if is_emergency else Level.ASK
        heard = Assessment(level, alert.category, 1.0, ())
        response = response_for(heard, country=alert.senior.country, circle_will_be_told=alert.told_since is not None)
    title = "This may be an emergency" if is_emergency else advice.title if advice else "Are you all right?"
    return Card(str(alert.pk), is_emergency, title, response)


def _heard(words: str) -> Assessment | None:
    if not words:
        return None
    assessment: Assessment = async_to_sync(screen)(words)
    return assessment if assessment.level in (Level.EMERGENCY, Level.ASK) else None


def _raise(senior: User, heard: Assessment, entry: Entry, *, words: str) -> RaisedAlert:
    return raise_alert(
        senior_id=senior.pk,
        level=heard.level,
        category=heard.category,
        words=words,
        reasons=heard.reasons,
        source=AlertSource.JOURNAL,
        key=f"journal:{entry.pk}",
    )
