"""Every version of an entry: kept with each thing that is done to it, read back, brought back.

A version is written by the action, after the sources are saved and in its transaction, never by saving a row: a row is
saved before its sources are, and a version without them would not be what a reader saw.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from knowledge.curation.models import VersionFacts
from knowledge.models import Entry, EntrySource
from knowledge.rules import SourceText

Action = VersionFacts.Action
#: What a version gives back when it is restored. Who wrote and reviewed it, and the key, stay the entry's own.
WORDS = ("question", "alternatives", "answer", "category", "tags", "audience")


def keep_version(entry: Entry, action: Action, *, by: UUID | None, reason: str = "") -> None:
    """Keep the entry as it is now, with its sources, and say who did what to it and why."""
    sources = [source.as_text() for source in EntrySource.objects.filter(entry=entry)]
    keep_versions([(entry, sources)], action, by=by, reason=reason)


def keep_versions(
    entries: Iterable[tuple[Entry, Sequence[SourceText]]], action: Action, *, by: UUID | None = None, reason: str = ""
) -> None:
    """The same for many at once, as imports bring them: one statement, and no look at the sources."""
    version = Entry.history.model
    now = timezone.now()
    version.objects.bulk_create(
        version(
            history_date=now,
            history_type="~",
            history_user_id=by,
            history_change_reason=reason,
            action=action,
            sources=[_stored(source) for source in sources],
            **{field.attname: getattr(entry, field.attname) for field in version.tracked_fields},
        )
        for entry, sources in entries
    )


def versions_of(entry: Entry) -> QuerySet[Any]:
    """Its versions, the newest first, with who made them."""
    versions: QuerySet[Any] = entry.history.select_related("history_user").order_by("-history_date", "-history_id")
    return versions


def last_step(entry: Entry) -> str:
    """What was done last, by whom, and what they said: the way of a word from a reviewer to the author."""
    version = versions_of(entry).first() if entry.pk else None
    if version is None:
        return ""
    who = version.history_user.get_full_name() if version.history_user else "Lilo"
    step = f"{version.get_action_display()} by {who}, {timezone.localtime(version.history_date):%-d %B %Y, %H:%M}"
    return f"{step}: “{version.history_change_reason}”" if version.history_change_reason else step


def put_back(entry: Entry, version: Any) -> None:
    """Give an entry the words and sources of a version of it; the caller says what that makes of it, and saves it."""
    for name in WORDS:
        setattr(entry, name, getattr(version, name))
    entry.sources.all().delete()
    EntrySource.objects.bulk_create(EntrySource(entry=entry, **source) for source in version.sources)


def words_of(version: Any) -> tuple[Any, ...]:
    """What a reader saw of it: equal for two versions between which only a step was taken."""
    return (*(getattr(version, name) for name in WORDS), version.sources)


def sources_of(version: Any) -> list[SourceText]:
    """The sources of a version."""
    return [
        SourceText(row["title"], row["publisher"], row["url"], date.fromisoformat(row["date"]))
        for row in version.sources
    ]


def _stored(source: SourceText) -> dict[str, str]:
    day = source.date or timezone.localdate()
    return {"title": source.title, "publisher": source.publisher, "url": source.url, "date": day.isoformat()}
