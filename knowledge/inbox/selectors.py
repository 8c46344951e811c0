"""Reads of questions that wait, and of how entries are used."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from knowledge.inbox.models import EntryUsage, Question, QuestionGroup
from knowledge.models import Entry

MONTH = timedelta(days=30)
#: Groups at least so near in meaning are shown to a curator as perhaps the same; the middles of many are compared.
PERHAPS_SAME = 0.35
#: Questions looked through for them, the newest first.
MOST_COMPARED = 2_000


@dataclass(frozen=True, slots=True)
class Usage:
    """How often answers rested on an entry."""

    count_30_days: int = 0
    count: int = 0
    last_used: date | None = None


def usage_of(keys: Collection[str]) -> dict[str, Usage]:
    """The use of each of these entries; one that was never used has zeros. One query."""
    since = timezone.localdate() - MONTH
    rows = (
        EntryUsage.objects.filter(key__in=keys)
        .values("key")
        .annotate(all=Sum("count"), lately=Sum("count", filter=Q(day__gt=since), default=0), last=Max("day"))
    )
    used = {row["key"]: Usage(row["lately"], row["all"], row["last"]) for row in rows}
    return {key: used.get(key, Usage()) for key in keys}


def waiting_groups() -> QuerySet[QuestionGroup]:
    """Groups that no curator has decided on: what most people asked first, then the newest."""
    return QuestionGroup.objects.filter(state=QuestionGroup.State.OPEN)


def likely_same(group: QuestionGroup, *, most: int = 8) -> list[QuestionGroup]:
    """Waiting groups that may ask the same as this one, the likeliest first: near in meaning, too far to be sure."""
    from knowledge.inbox.meaning import Middles, unpacked  # numpy is of no use to most commands

    own, others = Middles(), Middles()
    told = Question.objects.exclude(model="").filter(Q(group=group) | Q(group__state=QuestionGroup.State.OPEN))
    model = told.filter(group=group).values_list("model", flat=True).first()
    for pk, vector in told.filter(model=model).values_list("group", "vector")[:MOST_COMPARED]:
        (own if pk == group.pk else others).add(pk, unpacked(vector))
    near = [pk for middle in own.all() for pk in others.nearest_first(middle, least=PERHAPS_SAME, most=most)]
    found = QuestionGroup.objects.prefetch_related("questions").in_bulk(near)
    return [found[pk] for pk in near if pk in found]


def groups_for(entry: Entry) -> QuerySet[QuestionGroup]:
    """The questions that an entry answers, or is going to."""
    groups: QuerySet[QuestionGroup] = entry.question_groups.prefetch_related("questions")
    return groups


def shown_to(questions: Iterable[Question]) -> list[Entry]:
    """The entries that were shown to those who asked, the one shown most often first."""
    keys = [key for question in questions for key in question.shown]
    entries = Entry.objects.filter(key__in=set(keys))
    return sorted(entries, key=lambda entry: (-keys.count(entry.key), entry.key))


@dataclass(frozen=True, slots=True)
class AnsweredTicket:
    """A question that is answered by now, for the room that knows who asked."""

    ticket: UUID
    key: str


def answered_tickets(limit: int) -> list[AnsweredTicket]:
    """Questions that are answered by a published entry, and of which the room of people has not taken note."""
    rows = Question.objects.filter(is_told=False).exclude(answered_by="").values_list("ticket", "answered_by")
    return [AnsweredTicket(ticket, key) for ticket, key in rows[:limit]]
