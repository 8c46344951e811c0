"""Reads of builds."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings

from knowledge.index.shelf import Shelf
from knowledge.models import Artefact, Entry
from knowledge.plane.models import Build
from knowledge.plane.rules import wait_before
from knowledge.selectors import index_is_stale


def newest_build() -> Build | None:
    """The build that runs, or the last that ran."""
    return Build.objects.first()


def stuck_build() -> Build | None:
    """The newest build, while it needs a person: it was refused, or it failed."""
    latest = newest_build()
    return latest if latest and latest.state in {Build.State.REFUSED, Build.State.FAILED} else None


def is_due(latest: Build | None, now: datetime) -> bool:
    """Whether there is something to build, given that nobody is at it."""
    if latest is not None and latest.state == Build.State.RUNNING:  # its worker died
        return now >= latest.beat_at + wait_before(latest.attempts)
    if latest is not None and latest.state == Build.State.FAILED:
        waited = now >= latest.beat_at + wait_before(latest.attempts + 1)
        return waited and (latest.step == Build.Step.TIDY or _has_news())
    return _has_news()


def refused_versions() -> set[str]:
    """Versions that the gate refused."""
    return set(Artefact.objects.filter(state=Artefact.State.REFUSED).values_list("version", flat=True))


def version_before(version: str | None) -> str | None:
    """The good version before this one, of those noted."""
    kept = Artefact.objects.filter(state=Artefact.State.KEPT).order_by("-built_at")
    serving = Artefact.objects.filter(version=version).first()
    if serving is not None:
        kept = kept.filter(built_at__lt=serving.built_at)
    return kept.values_list("version", flat=True).first()


def withdrawals_missed(withdrawn: Mapping[str, float]) -> set[str]:
    """Entries taken back since the index that serves began to read them, which nobody withdrew from it.

    A process may die, or a disk be full, between the change and the withdrawal. A withdrawal of before that index was
    read is of an entry that was published again since: it hides nothing there.
    """
    serving = Artefact.objects.filter(state=Artefact.State.PUBLISHED).first()
    if serving is None:
        return set()
    taken_back = Entry.objects.exclude(status=Entry.Status.PUBLISHED).filter(index_changed_at__gte=serving.built_at)
    hidden = {key for key, at in withdrawn.items() if at >= serving.built_at.timestamp()}
    return set(taken_back.values_list("key", flat=True)) - hidden


def versions_at_hand() -> set[str]:
    """Versions whose files are kept."""
    return set(Shelf(Path(settings.ARTEFACT_DIR)).versions())


def _has_news() -> bool:
    return index_is_stale() and Entry.objects.filter(status=Entry.Status.PUBLISHED).exists()
