"""Background work of evaluation."""

from __future__ import annotations

import logging

from celery import shared_task

from knowledge.evaluation.models import EvaluationRun

log = logging.getLogger(__name__)


@shared_task(name="knowledge.evaluation.tasks.carry_out_run", acks_late=False, soft_time_limit=1_700, time_limit=1_800)
def carry_out_run(run_id: int) -> None:
    """Carry out a run that a curator asked for. A second call does nothing."""
    claimed = EvaluationRun.objects.filter(pk=run_id, state=EvaluationRun.State.WAITING).update(
        state=EvaluationRun.State.RUNNING
    )
    if not claimed:
        return
    from knowledge.evaluation.actions import carry_out, give_up  # the metrics' libraries are of no use to other tasks

    run = EvaluationRun.objects.get(pk=run_id)
    try:
        carry_out(run)
    except Exception as error:
        log.exception("evaluation failed", extra={"run": run_id})
        give_up(run, f"{type(error).__name__}: {error}")
        raise
