"""What is done about drift: turns are gathered, days compared, a baseline taken, operators told."""

from __future__ import annotations

import logging
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.core.mail import mail_admins
from django.db import transaction
from django.utils import timezone

from knowledge.evaluation.drift.models import Baseline, DayOfWords, DriftCheck, TurnFigures
from knowledge.evaluation.drift.rules import LEAST_TURNS, Turns
from knowledge.evaluation.drift.selectors import WEEK, baseline, days_up_to, turns_of
from knowledge.evaluation.drift.tone import tone
from knowledge.public import KnowledgeUnavailable
from knowledge.turns import TurnNote
from knowledge.wording import terms

if TYPE_CHECKING:
    from knowledge.index.artefact import Artefact

log = logging.getLogger(__name__)

#: Days for which single turns are kept, and most values of each figure in a baseline.
KEPT, MOST_SAMPLED = 60, 5_000
#: Days from which the first baseline is taken, and the turns that it needs.
FIRST_DAYS, FIRST_TURNS = 14, 500
LOOKED_UP = frozenset({"answer", "abstention"})


class BaselineRefused(Exception):
    """No baseline can be taken. The message is for the person who tried."""


def add_turns(notes: Sequence[TurnNote]) -> None:
    """Take the numbers of turns in which something was looked up; their words are read and let go of."""
    artefact = _artefact()
    rows, words, turns = [], defaultdict[date, Counter[str]](Counter), Counter[date]()
    for note in notes:
        if note.kind not in LOOKED_UP or note.similarity is None:
            continue
        asked, day = terms(note.question), note.at.date()
        inside = [term for term in asked if artefact and artefact.frequency(term)]
        rows.append(
            TurnFigures(
                day=day,
                similarity=note.similarity,
                length=len(note.answer.split()),
                tone=tone(note.answer),
                unknown=1 - len(inside) / len(asked) if asked and artefact else None,
            )
        )
        words[day].update(inside)
        turns[day] += 1
    TurnFigures.objects.bulk_create(rows, batch_size=500)
    for day in sorted(turns):
        _add_words(day, words[day], turns[day])


def _artefact() -> Artefact | None:
    """The index that serves. A word that none of its entries has may be a name: it is counted, and not kept."""
    from knowledge.index.serving import snapshot  # NumPy and the index are of no use to most commands

    try:
        return snapshot().artefact
    except KnowledgeUnavailable:
        return None


def _add_words(day: date, words: Counter[str], turns: int) -> None:
    with transaction.atomic():
        DayOfWords.objects.get_or_create(day=day)
        row = DayOfWords.objects.select_for_update().get(day=day)
        row.words = dict(Counter(row.words) + words)
        row.turns += turns
        row.save(update_fields=["words", "turns"])


def check_day(*, day: date | None = None) -> DriftCheck:
    """Compare a day, or the week up to it, with the baseline, and tell operators what is new. Safe to run twice.

    Args:
        day: yesterday, where none is given: today is not over.
    """
    from knowledge.evaluation.drift.distance import compare  # NumPy: once a day, not at every start

    last = day or timezone.now().date() - timedelta(days=1)
    first, _ = days_up_to(last)
    now, against = turns_of(first, last), baseline() or _first_baseline(last)
    told = _told_by(last)
    tests = compare(against.as_turns, now, seed=last.toordinal()) if against and against.last_day < last else []
    check, _ = DriftCheck.objects.update_or_create(
        day=last,
        defaults={
            "first_day": first,
            "baseline": against,
            "turns": now.turns,
            "found": [test.as_json() for test in tests],
            "has_drifted": any(test.has_drifted for test in tests),
        },
    )
    _tell(check, told)
    forget_old(last)
    return check


def _told_by(day: date) -> set[str]:
    """What had drifted when that day, or else the last before it with turns enough, was looked at."""
    before = DriftCheck.objects.filter(day__lte=day).exclude(found=[]).first()
    return {test.name for test in before.tests if test.has_drifted} if before else set()


def _tell(check: DriftCheck, told: set[str]) -> None:
    """Warn of what has drifted; by mail, only of what was not told before."""
    drifted = {test.name: test for test in check.tests if test.has_drifted}
    if not drifted:
        return
    log.warning("answers have drifted", extra={"day": str(check.day), "measures": sorted(drifted)})
    if new := [test for name, test in drifted.items() if name not in told]:
        lines = [f"- {test.title}: {test.meaning} (distance {test.distance:.2f})" for test in new]
        words = "\n".join(("Questions and answers are not what they were in the baseline:", "", *lines, "", ADVICE))
        mail_admins(f"Lilo: questions or answers have changed, {check.day}", words)


ADVICE = (
    "Look at the page “Drift” in the admin. If the change is meant, as after many new entries, take now as the new "
    "baseline there. If it is not, look at the newest index and at the questions in the inbox."
)


def _first_baseline(last: date) -> Baseline | None:
    """The first baseline, as soon as there are turns enough."""
    first = last - timedelta(days=FIRST_DAYS - 1)
    turns = turns_of(first, last)
    if turns.turns < FIRST_TURNS:
        return None
    return _keep(turns, first, last, by=None, because="The first, taken by Lilo itself.")


def take_baseline(*, by: UUID | None, because: str, now: datetime | None = None) -> Baseline:
    """Let what turns are like now be what later days are compared with: the last week's, or two weeks' if too few.

    Raises:
        BaselineRefused: there are too few turns, or no reason is given.
    """
    if not because.strip():
        raise BaselineRefused("Say why what is so now is right.")
    last = (now or timezone.now()).date()
    for days in (WEEK, FIRST_DAYS):
        first = last - timedelta(days=days - 1)
        turns = turns_of(first, last)
        if turns.turns >= LEAST_TURNS:
            return _keep(turns, first, last, by=by, because=because.strip()[:500])
    raise BaselineRefused(f"In two weeks there were {turns.turns} turns; a baseline needs {LEAST_TURNS}.")


def _keep(turns: Turns, first: date, last: date, *, by: UUID | None, because: str) -> Baseline:
    lot = random.Random(last.toordinal())  # noqa: S311  (a sample, no secret)
    sampled = {
        name: lot.sample(values, MOST_SAMPLED) if len(values) > MOST_SAMPLED else list(values)
        for name, values in turns.figures.items()
    }
    return Baseline.objects.create(
        first_day=first,
        last_day=last,
        turns=turns.turns,
        figures=sampled,
        words=dict(turns.words),
        taken_by_id=by,
        because=because,
    )


def forget_old(today: date) -> None:
    """Delete what is older than is ever compared; baselines and checks stay."""
    oldest = today - timedelta(days=KEPT)
    TurnFigures.objects.filter(day__lt=oldest).delete()
    DayOfWords.objects.filter(day__lt=oldest).delete()
