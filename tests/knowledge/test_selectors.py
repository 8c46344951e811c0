"""What the builder reads, and whether it needs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge import actions
from knowledge.index.entries import IndexEntry
from knowledge.models import Artefact, Entry
from knowledge.public import Source
from knowledge.selectors import index_is_stale, knowledge_numbers, published_entries
from tests.knowledge.conftest import GOOD, SOURCE

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]


def serve(*, built_at: Any) -> Artefact:
    return Artefact.objects.create(
        version=f"v{Artefact.objects.count()}", model_name="m", dimension=3, entry_count=1, checksum="c",
        built_at=built_at, published_at=built_at, state="published",
    )  # fmt: skip


def test_only_published_entries_in_the_order_of_their_keys(make_entry: Make) -> None:
    for key, status in [("b", "published"), ("a", "published"), ("c", "draft"), ("d", "in_review"), ("e", "retired")]:
        make_entry(key, status=status)
    assert [entry.key for entry in published_entries()] == ["a", "b"]


def test_index_entry_is_whole(make_entry: Make) -> None:
    entry = make_entry(status="published")
    assert entry.reviewed_at is not None
    assert list(published_entries()) == [
        IndexEntry(
            key=GOOD.key,
            question=GOOD.question,
            alternatives=GOOD.alternatives,
            answer=GOOD.answer,
            category="sleep",
            tags=("walking", "night"),
            audience="everyone",
            sources=(Source(SOURCE.title, SOURCE.publisher, SOURCE.url, date(2026, 1, 5)),),
            reviewed_on=entry.reviewed_at.date(),
        )
    ]


def test_reading_is_bounded_in_queries(make_entry: Make, django_assert_num_queries: Callable[..., Any]) -> None:
    for number in range(12):
        make_entry(f"entry-{number}", status="published")
    with django_assert_num_queries(2):
        assert len(list(published_entries())) == 12


def test_index_is_stale_until_built_and_after_each_change(make_entry: Make, reviewer: Any) -> None:
    assert not index_is_stale()
    entry = make_entry(status="published")
    assert index_is_stale()
    serve(built_at=timezone.now())
    assert not index_is_stale()
    make_entry("a-draft")
    assert not index_is_stale()
    actions.retire_entry(entry.pk, by=reviewer.pk)
    assert index_is_stale()


def test_change_during_a_build_is_not_lost(make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status="in_review")
    began = timezone.now()
    actions.publish_entry(entry.pk, by=reviewer.pk)
    serve(built_at=began)
    assert index_is_stale()


def test_numbers_for_the_curators(make_entry: Make) -> None:
    make_entry("a", status="published")
    make_entry("b", status="published", category="falls", review_due=timezone.localdate() - timedelta(days=1))
    make_entry("c", status="in_review")
    make_entry("d")
    numbers = knowledge_numbers()
    assert (numbers.published, numbers.categories, numbers.in_review, numbers.drafts, numbers.overdue) == (
        2,
        2,
        1,
        1,
        1,
    )
    assert numbers.serving is None
