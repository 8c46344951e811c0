"""Writes to builds and to the notes of which index serves. Who builds holds the build lock of the shelf."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from knowledge.actions import request_rebuild
from knowledge.index.manifest import ArtefactBroken, Manifest
from knowledge.index.shelf import Shelf
from knowledge.models import Artefact
from knowledge.plane.models import Build
from knowledge.plane.rules import Verdict
from knowledge.plane.selectors import newest_build, version_before, withdrawals_missed
from lilo_site.logs import new_trace_id

log = logging.getLogger(__name__)
State, Step = Build.State, Build.Step


class BuildRefused(ValueError):
    """What was asked of a build or an index cannot be done; the message is for the curator."""


def begin() -> Build:
    """A new build. Raises `IntegrityError` while another runs."""
    now = timezone.now()
    return Build.objects.create(started_at=now, beat_at=now, trace_id=new_trace_id())


def take_up(build: Build) -> Build:
    """Go on with a build whose worker died, or that failed."""
    _save(
        build,
        state=State.RUNNING,
        attempts=build.attempts + 1,
        error="",
        beat_at=timezone.now(),
        finished_at=None,
        trace_id=new_trace_id(),
    )
    return build


def begin_anew(build: Build, version: str) -> None:
    """It will make another index than it set out to; what was said of the first does not hold for it."""
    _save(build, version=version, step=Step.READ, progress={}, verdict=None, overruled_by=None, overruled_because="")


def note(build: Build, step: Build.Step, **facts: Any) -> None:
    """How far it is: a sign of life."""
    _save(build, step=step, beat_at=timezone.now(), progress=build.progress, **facts)


def finish(build: Build, state: Build.State, *, error: str = "") -> None:
    """It is over, for now."""
    now = timezone.now()
    _save(build, state=state, error=error[:500], beat_at=now, finished_at=now, progress=build.progress)


def publish_anyway(build: Build, *, by: UUID, because: str) -> None:
    """Let a refused index serve on a person's word, which is kept. The worker does it within seconds.

    Raises:
        BuildRefused: it was not refused, something newer was built since, or its files are gone.
    """
    reason = because.strip()
    if not reason:
        raise BuildRefused("Say why it should serve although it was refused.")
    with transaction.atomic():
        transaction.on_commit(request_rebuild, robust=True)
        build = Build.objects.select_for_update().get(pk=build.pk)
        if build.state != State.REFUSED or build != newest_build():
            raise BuildRefused("Only the newest index, and only one that was refused, can be published this way.")
        if build.version not in Shelf(Path(settings.ARTEFACT_DIR)).versions():
            raise BuildRefused("Its files are no longer kept. Build the index again.")
        _save(
            build, state=State.RUNNING, step=Step.SWAP, finished_at=None, beat_at=timezone.now(), attempts=0,
            overruled_by_id=by, overruled_because=reason[:500],
        )  # fmt: skip


def roll_back(version: str | None = None) -> Manifest:
    """Let an earlier index serve again: the one named, or the good one before that which serves.

    Raises:
        BuildRefused: there is none, it was refused, or its files are not whole.
    """
    from knowledge.index import build as index  # numpy is of no use to most who import this

    version = version or version_before(Shelf(Path(settings.ARTEFACT_DIR)).current())
    if version is None:
        raise BuildRefused("There is no earlier index to go back to.")
    if Artefact.objects.filter(version=version, state=Artefact.State.REFUSED).exists():
        raise BuildRefused("This index was refused when it was judged; it cannot serve.")
    try:
        manifest = index.roll_back(version)
    except ArtefactBroken as error:
        raise BuildRefused("Its files are no longer kept, or are not whole. The index before serves on.") from error
    record(manifest, Artefact.State.PUBLISHED)
    return manifest


def withdraw_missed() -> None:
    """Withdraw what was taken back but, for a crash or a full disk, never withdrawn from the index that serves."""
    shelf = Shelf(Path(settings.ARTEFACT_DIR))
    if missed := withdrawals_missed(shelf.withdrawn()):
        log.error("withdrawals made good", extra={"entries": len(missed)})
        shelf.withdraw(missed)


@transaction.atomic
def record(manifest: Manifest, state: Artefact.State) -> Artefact:
    """Note an index, and which one serves: where this one does, the one before it is kept."""
    serves = state == Artefact.State.PUBLISHED
    if serves:
        before = Artefact.objects.filter(state=Artefact.State.PUBLISHED).exclude(version=manifest.version)
        before.update(state=Artefact.State.KEPT)
    facts = {
        "model_name": manifest.model,
        "dimension": manifest.dimension,
        "entry_count": manifest.entries,
        "checksum": manifest.checksum,
        "built_at": datetime.fromtimestamp(manifest.read_at, UTC),
        "published_at": timezone.now() if serves else None,
        "state": state,
    }
    return Artefact.objects.update_or_create(version=manifest.version, defaults=facts)[0]


def keep_verdict(build: Build, verdict: Verdict) -> None:
    """What the gate said of its index."""
    _save(build, verdict=verdict.as_json())


def _save(build: Build, **facts: Any) -> None:
    for name, value in facts.items():
        setattr(build, name, value)
    build.save(update_fields=list(facts))
