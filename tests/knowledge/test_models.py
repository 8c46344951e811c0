"""What the database itself refuses, whoever asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from knowledge.models import Artefact, Entry

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("status", {"status": "secret"}),
        ("audience", {"audience": "doctors"}),
        ("provenance", {"provenance": "elsewhere"}),
        ("has_words", {"answer": ""}),
        ("has_words", {"question": ""}),
        ("published_after_review", {"status": "published"}),
        ("imports_unreviewed", {"curated": False}),
    ],
)
def test_database_refuses(constraint: str, changes: dict[str, Any], make_entry: Make) -> None:
    entry = make_entry()
    with pytest.raises(IntegrityError, match=f"knowledge_entry_{constraint}"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(**changes)


def test_database_refuses_a_review_by_the_author(make_entry: Make, author: Any) -> None:
    entry = make_entry(author=author)
    with pytest.raises(IntegrityError, match="reviewed_by_another"), transaction.atomic():
        Entry.objects.filter(pk=entry.pk).update(reviewed_by=author)


def test_key_is_unique(make_entry: Make) -> None:
    make_entry("one")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_entry("one")


def test_source_is_never_a_script(make_entry: Make) -> None:
    source = make_entry().sources.get()
    with pytest.raises(IntegrityError, match="knowledge_source_web_address"), transaction.atomic():
        source.entry.sources.update(url="javascript:alert(1)")


def test_erasing_a_reviewer_keeps_the_entry_published(make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status="published", reviewed_by=reviewer)
    reviewer.delete()
    entry.refresh_from_db()
    assert (entry.status, entry.reviewed_by) == ("published", None)


def test_only_one_index_serves() -> None:
    facts = {"model_name": "m", "dimension": 3, "entry_count": 1, "checksum": "c", "state": "published"}
    now = timezone.now()
    Artefact.objects.create(version="one", built_at=now, published_at=now, **facts)
    with pytest.raises(IntegrityError), transaction.atomic():
        Artefact.objects.create(version="two", built_at=now, published_at=now, **facts)
