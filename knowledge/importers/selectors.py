"""Reads of imports, for their page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from knowledge.importers.models import ImportJob, ImportLine
from knowledge.importers.outcomes import Outcome, Result
from knowledge.models import Entry

WARNED = "warned"
READ_LINES = 1_000


def line_counts(job: ImportJob) -> dict[str, int]:
    """How many lines of its report there are by result, and how many with a warning."""
    counts = job.lines.aggregate(
        **{result.value: Count("pk", filter=Q(result=result)) for result in Result},
        warned=Count("pk", filter=Q(has_warnings=True)),
    )
    return {name: int(count) for name, count in counts.items()}


def lines_of(job: ImportJob, shown: str) -> QuerySet[ImportLine]:
    """Its lines: all, those of one result, or those with a warning."""
    lines = job.lines.all()
    if shown == WARNED:
        return lines.filter(has_warnings=True)
    return lines.filter(result=shown) if shown in list(Result) else lines


def outcomes_of(job: ImportJob) -> Iterator[Outcome]:
    """Its whole report, a thousand lines at a time."""
    for line in job.lines.iterator(chunk_size=READ_LINES):
        yield line.as_outcome()


def gone_entries(job: ImportJob, most: int) -> list[Entry]:
    """Entries that are in its documents no longer, and not retired since."""
    keys = job.lines.filter(result=Result.GONE).values("key")
    return list(Entry.objects.filter(key__in=keys).exclude(status=Entry.Status.RETIRED).order_by("key")[:most])


def entries_of(lines: Iterable[ImportLine]) -> dict[str, UUID]:
    """The entries that the lines speak of, by their keys."""
    keys = [line.key for line in lines if line.key]
    return dict(Entry.objects.filter(key__in=keys).values_list("key", "pk"))
