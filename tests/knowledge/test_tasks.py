"""The rebuild in the background: once for a burst, and by a name that exists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from celery import current_app
from django.conf import settings

from knowledge import actions
from knowledge.models import Artefact, Entry
from knowledge.tasks import rebuild_index

Make = Callable[..., Entry]


@pytest.mark.django_db(transaction=True)
def test_burst_of_edits_makes_one_build(
    make_entry: Make, reviewer: Any, rebuilds_asked: list[str], artefact_folder: Any
) -> None:
    for key in ("one", "two", "three"):
        actions.publish_entry(make_entry(key, status="in_review").pk, by=reviewer.pk)
    assert len(rebuilds_asked) == 3
    for _ in rebuilds_asked:
        rebuild_index()
    assert Artefact.objects.get().entry_count == 3


@pytest.mark.django_db(transaction=True)
def test_retiring_the_last_entry_leaves_it_withdrawn(
    make_entry: Make, reviewer: Any, rebuilds_asked: list[str], artefact_folder: Any
) -> None:
    entry = make_entry("one", status="published")
    rebuild_index()
    actions.retire_entry(entry.pk, by=reviewer.pk)
    rebuild_index()
    assert Artefact.objects.count() == 1
    assert "one" in (artefact_folder / "withdrawn.json").read_text()


def test_names_of_tasks_asked_for_by_name_exist() -> None:
    current_app.loader.import_default_modules()
    scheduled = {str(row["task"]) for row in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "knowledge.tasks.rebuild_index" in scheduled
    assert {name for name in scheduled if name.startswith("knowledge.")} <= set(current_app.tasks)
