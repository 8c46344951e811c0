"""Reads of kept runs."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from knowledge.evaluation.models import EvaluationRun

State = EvaluationRun.State
#: Runs that a page shows.
SHOWN = 20
#: A run that was asked for longer ago than this has lost its worker, which may take half an hour.
LONGEST = timedelta(hours=1)


def newest_runs() -> list[EvaluationRun]:
    """The finished runs, newest first, without the rows of their questions."""
    return list(EvaluationRun.objects.filter(state=State.DONE).defer("packed_rows")[:SHOWN])


def under_way() -> EvaluationRun | None:
    """The run that waits or is carried out, if any."""
    lately = EvaluationRun.objects.filter(created_at__gt=timezone.now() - LONGEST)
    return lately.filter(state__in=[State.WAITING, State.RUNNING]).defer("packed_rows").first()


def last_failure() -> EvaluationRun | None:
    """The last run, if it failed."""
    last = EvaluationRun.objects.defer("packed_rows").first()
    return last if last and last.state == State.FAILED else None


def run_before(run: EvaluationRun) -> EvaluationRun | None:
    """The finished run before this one."""
    return EvaluationRun.objects.filter(state=State.DONE, pk__lt=run.pk).order_by("-pk").first()
