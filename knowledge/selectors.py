"""Reads of what Lilo knows, for the builder and the curators. A turn reads the published index instead."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from knowledge.index.entries import IndexEntry
from knowledge.models import Artefact, Entry
from knowledge.public import Audience, Source

READ_ROWS = 1_000


def published_entries() -> Iterator[IndexEntry]:
    """Every published entry, in the order of the keys; a thousand rows at a time, however many there are."""
    rows = Entry.objects.filter(status=Entry.Status.PUBLISHED).order_by("key").prefetch_related("sources")
    for entry in rows.iterator(chunk_size=READ_ROWS):
        yield as_index_entry(entry)


def as_index_entry(entry: Entry) -> IndexEntry:
    """An entry as the builder reads it, whatever its status."""
    return IndexEntry(
        key=entry.key,
        question=entry.question,
        alternatives=tuple(entry.alternatives),
        answer=entry.answer,
        category=entry.category,
        tags=tuple(entry.tags),
        audience=cast(Audience, entry.audience),
        sources=tuple(
            Source(title=source.title, publisher=source.publisher, url=source.url, date=source.date)
            for source in entry.sources.all()
        ),
        reviewed_on=entry.reviewed_at.date() if entry.reviewed_at else None,
    )


def moment_of_reading() -> float:
    """Now, in seconds since 1970: what is read after it holds every change that bears an earlier time.

    A change bears the time at which it was made, and is seen when it is committed. Between the two a reader would miss
    it and yet be newer: so those who write are waited for.
    """
    with transaction.atomic():  # with SQLite this waits for its one writer
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE knowledge_entry IN EXCLUSIVE MODE")
        return time.time()


def overdue_entries() -> QuerySet[Entry]:
    """Published entries whose facts had to be checked again before today."""
    return Entry.objects.filter(status=Entry.Status.PUBLISHED, review_due__lt=timezone.localdate())


def serving_artefact() -> Artefact | None:
    """The index that serves, if any was built."""
    return Artefact.objects.filter(state=Artefact.State.PUBLISHED).first()


def index_is_stale() -> bool:
    """Whether an entry was published, changed or withdrawn since the newest index began to read them.

    The newest, not the serving one: a roll back must stand until something changes.
    """
    newest = Artefact.objects.order_by("-built_at").first()
    changed = Q(index_changed_at__gte=newest.built_at) if newest else Q(status=Entry.Status.PUBLISHED)
    return Entry.objects.filter(changed).exists()


@dataclass(frozen=True, slots=True)
class KnowledgeNumbers:
    """What a curator wants to know at a glance."""

    published: int
    in_review: int
    drafts: int
    overdue: int
    categories: int
    serving: Artefact | None
    index_is_stale: bool


def knowledge_numbers() -> KnowledgeNumbers:
    """Counts of entries by what is to be done with them, and the index that serves."""
    status = Entry.Status
    published = Entry.objects.filter(status=status.PUBLISHED)
    return KnowledgeNumbers(
        published=published.count(),
        in_review=Entry.objects.filter(status=status.IN_REVIEW).count(),
        drafts=Entry.objects.filter(status=status.DRAFT).count(),
        overdue=overdue_entries().count(),
        categories=published.order_by().values("category").distinct().count(),
        serving=serving_artefact(),
        index_is_stale=index_is_stale(),
    )
