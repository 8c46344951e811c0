"""Runs of the golden set: asked for, carried out, kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from uuid import UUID

from celery import current_app
from django.db import transaction
from django.utils import timezone

from knowledge.evaluation.models import EvaluationRun, pack
from knowledge.evaluation.running import Measured, measure
from knowledge.evaluation.selectors import under_way
from knowledge.index.serving import serving

State = EvaluationRun.State
#: Seconds between two notes of how far a run is.
NOTED = 1.0
LONGEST_PROBLEM = 300


@transaction.atomic
def ask_for_run(*, by: UUID) -> EvaluationRun:
    """Let the worker run the golden set soon. While one waits or runs, that one is given instead of another."""
    if running := under_way():
        return running
    for lost in EvaluationRun.objects.filter(state__in=[State.WAITING, State.RUNNING]):
        give_up(lost, "Its worker died, or none took it up.")
    run = EvaluationRun.objects.create(asked_by_id=by)
    transaction.on_commit(
        lambda: current_app.send_task("knowledge.evaluation.tasks.carry_out_run", args=[run.pk]), robust=True
    )
    return run


def carry_out(run: EvaluationRun) -> None:
    """Run it against what serves, noting how far it is.

    The questions are asked on a thread of their own, where an event loop runs and no database may be used.

    Raises:
        KnowledgeUnavailable, EmbeddingUnavailable, GoldenSetBroken: nothing could be measured.
    """
    snapshot = serving().current()
    run.state, run.artefact = State.RUNNING, snapshot.artefact.manifest.version
    run.save(update_fields=["state", "artefact"])

    def note(step: str, done: int, total: int) -> None:
        run.done, run.total = done, total

    with ThreadPoolExecutor(1, thread_name_prefix="evaluation") as pool:
        measured = pool.submit(measure, snapshot, progress=note)
        while not wait([measured], NOTED).done:
            run.save(update_fields=["done", "total"])
    _keep(run, measured.result())


def keep_run(measured: Measured, *, note: str = "") -> EvaluationRun:
    """Keep a run that was made at a terminal."""
    return _keep(EvaluationRun(note=note), measured)


def give_up(run: EvaluationRun, problem: str) -> None:
    """Note that it came to nothing, and why."""
    run.state, run.ended_at, run.problem = State.FAILED, timezone.now(), problem[:LONGEST_PROBLEM]
    run.save(update_fields=["state", "ended_at", "problem"])


def _keep(run: EvaluationRun, measured: Measured) -> EvaluationRun:
    run.state, run.ended_at = State.DONE, timezone.now()
    run.artefact, run.golden, run.split = measured.artefact, measured.golden, measured.split
    run.done = run.total = len(measured.rows)
    run.summary = {**measured.summary, "seconds": round(measured.seconds, 1)}
    run.packed_rows = pack([row.as_json() for row in measured.rows])
    run.save()
    return run
