"""Imports can be repeated, and never touch what a curator has in hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from knowledge import actions
from knowledge.importers.outcomes import ImportReport
from knowledge.importers.rows import RefusedRow, Row
from knowledge.importers.store import BATCH_ROWS, import_entries, retire_dropped_starters
from knowledge.models import Entry, EntrySource
from knowledge.rules import EntryText
from tests.knowledge.conftest import GOOD, SOURCE

pytestmark = pytest.mark.django_db


def run(*texts: EntryText, publish: bool = True, **options: Any) -> ImportReport:
    return import_entries([Row(place, text) for place, text in enumerate(texts, start=1)], publish=publish, **options)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.created, report.updated, report.unchanged, len(report.refused)


def test_published_import_is_in_use_with_all_it_said() -> None:
    assert counts(run(GOOD, detail="walks.jsonl")) == (1, 0, 0, 0)
    entry = Entry.objects.get()
    assert entry.as_text() == replace(GOOD, review_due=entry.review_due)
    assert (entry.status, entry.provenance, entry.provenance_detail) == ("published", "imported", "walks.jsonl")
    assert (entry.curated, entry.reviewed_at) == (False, None)
    assert entry.reading_grade > 0


def test_import_without_publishing_makes_drafts() -> None:
    run(GOOD, publish=False)
    assert Entry.objects.get().status == "draft"


def test_repeated_import_changes_nothing() -> None:
    undated = replace(GOOD, sources=(replace(SOURCE, date=None),))
    run(undated)
    before = Entry.objects.values().get()
    assert counts(run(undated)) == (0, 0, 1, 0)
    assert Entry.objects.values().get() == before
    assert EntrySource.objects.count() == 1


def test_changed_row_updates_its_entry_in_place() -> None:
    run(GOOD)
    first = Entry.objects.get()
    other = replace(SOURCE, title="Another page")
    assert counts(run(replace(GOOD, question="Will a walk help?", sources=(other,)))) == (0, 1, 0, 0)
    entry = Entry.objects.get()
    assert (entry.pk, entry.created_at, entry.question) == (first.pk, first.created_at, "Will a walk help?")
    assert [source.title for source in entry.sources.all()] == ["Another page"]
    assert entry.index_changed_at is not None
    assert first.index_changed_at is not None
    assert entry.index_changed_at > first.index_changed_at


def test_draft_is_published_by_a_later_publishing_import() -> None:
    run(GOOD, publish=False)
    assert counts(run(GOOD)) == (0, 1, 0, 0)
    assert Entry.objects.get().status == "published"


def test_unpublished_change_takes_the_published_words_out_of_use(
    artefact_folder: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    run(GOOD)
    with django_capture_on_commit_callbacks(execute=True):
        run(replace(GOOD, question="Will a walk help?"), publish=False)
    assert Entry.objects.get().status == "draft"
    assert GOOD.key in (artefact_folder / "withdrawn.json").read_text()


def test_key_used_twice_in_a_file_is_refused_the_second_time() -> None:
    report = run(GOOD, replace(GOOD, question="Another?"))
    assert counts(report) == (1, 0, 0, 1)
    assert report.refused == [RefusedRow(2, "The id was used before, at 1.")]
    assert Entry.objects.get().question == GOOD.question


def test_entry_in_a_curators_hand_is_left_alone(reviewer: Any) -> None:
    run(GOOD)
    actions.retire_entry(Entry.objects.get().pk, by=reviewer.pk)
    report = run(replace(GOOD, question="Another?"))
    assert counts(report) == (0, 0, 0, 1)
    assert "A curator has this entry in hand" in report.refused[0].reason
    assert Entry.objects.get().status == "retired"


def test_import_does_not_take_over_an_entry_of_the_starter_corpus() -> None:
    run(GOOD, provenance=Entry.Provenance.STARTER)
    report = run(replace(GOOD, answer="Other words."))
    assert "starter corpus" in report.refused[0].reason
    assert Entry.objects.get().answer == GOOD.answer


def test_bad_rows_of_many_batches_stop_nothing() -> None:
    total = BATCH_ROWS * 2 + 10
    rows = [
        RefusedRow(n, "bad") if n % 10 == 0 else Row(n, replace(GOOD, key=f"entry-{n}", sources=(SOURCE, SOURCE)))
        for n in range(1, total + 1)
    ]
    seen: list[int] = []
    report = import_entries(iter(rows), publish=True, progress=seen.append)
    assert counts(report) == (total - total // 10, 0, 0, total // 10)
    assert seen == [BATCH_ROWS, BATCH_ROWS * 2, total]
    assert (Entry.objects.count(), EntrySource.objects.count()) == (report.created, report.created * 2)


def test_starter_entry_shows_the_day_its_facts_were_checked() -> None:
    run(replace(GOOD, sources=(SOURCE, replace(SOURCE, date=date(2026, 3, 4)))), provenance=Entry.Provenance.STARTER)
    reviewed_at = Entry.objects.get().reviewed_at
    assert reviewed_at is not None
    assert reviewed_at.date() == date(2026, 3, 4)


def test_only_dropped_starter_entries_are_retired(
    reviewer: Any, artefact_folder: Any, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    texts = [replace(GOOD, key=key) for key in ("kept", "dropped", "in-hand")]
    run(*texts, provenance=Entry.Provenance.STARTER)
    run(replace(GOOD, key="from-outside"))
    Entry.objects.filter(key="in-hand").update(curated=True, review_due=date(2027, 1, 1))
    with django_capture_on_commit_callbacks(execute=True):
        assert retire_dropped_starters(["kept"]) == 1
    assert list(Entry.objects.filter(status="retired").values_list("key", flat=True)) == ["dropped"]
    assert "dropped" in (artefact_folder / "withdrawn.json").read_text()
