"""The life of an entry: what may follow what, and who may do it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from knowledge import actions
from knowledge.actions import EntryRefused
from knowledge.models import Entry

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]
ALLOWED = {
    (actions.submit_for_review, "draft"): "in_review",
    (actions.publish_entry, "in_review"): "published",
    (actions.approve_entry, "in_review"): "in_review",
    (actions.confirm_entry, "published"): "published",
    (actions.retire_entry, "draft"): "retired",
    (actions.retire_entry, "in_review"): "retired",
    (actions.retire_entry, "published"): "retired",
    (actions.return_to_draft, "in_review"): "draft",
    (actions.return_to_draft, "retired"): "draft",
}
VERBS = (
    actions.submit_for_review,
    actions.approve_entry,
    actions.publish_entry,
    actions.confirm_entry,
    actions.retire_entry,
    actions.return_to_draft,
)


@pytest.mark.parametrize("status", Entry.Status.values)
@pytest.mark.parametrize("verb", VERBS)
def test_status_follows_one_table(verb: Any, status: str, make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status=status)
    wanted = ALLOWED.get((verb, status))
    if wanted is None:
        with pytest.raises(EntryRefused):
            verb(entry.pk, by=reviewer.pk)
    else:
        verb(entry.pk, by=reviewer.pk)
    entry.refresh_from_db()
    assert entry.status == (wanted or status)


@pytest.mark.parametrize(
    ("verb", "status"),
    [
        (actions.submit_for_review, "draft"),
        (actions.approve_entry, "in_review"),
        (actions.publish_entry, "in_review"),
        (actions.confirm_entry, "published"),
    ],
)
def test_entry_that_breaks_a_rule_goes_no_further(verb: Any, status: str, make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status=status, answer="Take 5 mg.")
    reviewed_at = entry.reviewed_at
    with pytest.raises(EntryRefused) as refusal:
        verb(entry.pk, by=reviewer.pk)
    assert {problem.field for problem in refusal.value.problems} == {"answer"}
    entry.refresh_from_db()
    assert (entry.status, entry.reviewed_by_id, entry.reviewed_at) == (status, None, reviewed_at)


def test_author_does_not_review_own_words(make_entry: Make, author: Any, reviewer: Any) -> None:
    entry = make_entry(status="in_review", author=author)
    with pytest.raises(EntryRefused, match="somebody else must review it"):
        actions.publish_entry(entry.pk, by=author.pk)
    published = actions.publish_entry(entry.pk, by=reviewer.pk)
    assert published.reviewed_by_id == reviewer.pk
    assert published.review_due == timezone.localdate() + timedelta(days=365)


def test_publishing_needs_the_approval_of_another(make_entry: Make, author: Any, reviewer: Any) -> None:
    entry = make_entry(status="in_review", author=author)
    with pytest.raises(EntryRefused, match="A reviewer must approve it first"):
        actions.publish_entry(entry.pk, by=reviewer.pk, may_review=False)
    with pytest.raises(EntryRefused, match="somebody else must review it"):
        actions.approve_entry(entry.pk, by=author.pk)
    approved = actions.approve_entry(entry.pk, by=reviewer.pk)
    assert (approved.status, approved.is_approved, approved.reviewed_by_id) == ("in_review", True, reviewer.pk)
    published = actions.publish_entry(entry.pk, by=author.pk, may_review=False)
    assert (published.status, published.reviewed_by_id) == ("published", reviewer.pk)


@pytest.mark.parametrize("undo", [actions.return_to_draft, actions.submit_for_review])
def test_an_approval_holds_for_one_review_only(undo: Any, make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status="in_review")
    actions.approve_entry(entry.pk, by=reviewer.pk)
    if undo is actions.submit_for_review:
        Entry.objects.filter(pk=entry.pk).update(status="draft")
    undone = undo(entry.pk, by=reviewer.pk)
    assert (undone.reviewed_by_id, undone.reviewed_at, undone.is_approved) == (None, None, False)


def test_confirming_an_overdue_entry_sets_the_next_review(make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status="published", review_due=timezone.localdate() - timedelta(days=3))
    assert entry.review_is_overdue
    confirmed = actions.confirm_entry(entry.pk, by=reviewer.pk)
    assert (confirmed.reviewed_by_id, confirmed.review_due) == (
        reviewer.pk,
        timezone.localdate() + timedelta(days=365),
    )


def test_imported_key_need_not_follow_our_form(make_entry: Make, reviewer: Any) -> None:
    entry = make_entry("CDC_0000440_Sec7", status="in_review", provenance="imported")
    assert actions.publish_entry(entry.pk, by=reviewer.pk).status == "published"


def test_publishing_asks_for_a_new_index_after_the_commit(
    make_entry: Make, reviewer: Any, rebuilds_asked: list[str], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    entry = make_entry(status="in_review")
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish_entry(entry.pk, by=reviewer.pk)
        assert rebuilds_asked == []
    assert rebuilds_asked == ["knowledge.tasks.rebuild_index"]


def test_retired_entry_leaves_the_answers_at_once(
    make_entry: Make,
    reviewer: Any,
    rebuilds_asked: list[str],
    artefact_folder: Any,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    entry = make_entry(status="published")
    with django_capture_on_commit_callbacks(execute=True):
        actions.retire_entry(entry.pk, by=reviewer.pk)
    assert list(json.loads((artefact_folder / "withdrawn.json").read_text())) == [entry.key]
    assert rebuilds_asked == ["knowledge.tasks.rebuild_index"]


def test_retiring_a_draft_asks_for_nothing(
    make_entry: Make, reviewer: Any, rebuilds_asked: list[str], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.retire_entry(make_entry().pk, by=reviewer.pk)
    assert rebuilds_asked == []


def test_broker_that_does_not_answer_undoes_no_retirement(
    make_entry: Make,
    reviewer: Any,
    artefact_folder: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    from celery import current_app

    def refuse(name: str, **options: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(current_app, "send_task", refuse)
    entry = make_entry(status="published")
    with django_capture_on_commit_callbacks(execute=True):
        actions.retire_entry(entry.pk, by=reviewer.pk)
    entry.refresh_from_db()
    assert entry.status == "retired"
    assert entry.index_changed_at is not None
