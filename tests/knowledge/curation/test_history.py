"""Every version of an entry: what was kept, who did it, and how it comes back."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist

from knowledge import actions
from knowledge.actions import EntryRefused
from knowledge.curation.history import Action, keep_version, last_step, sources_of, versions_of
from knowledge.importers.rows import Row
from knowledge.importers.store import import_entries, retire_dropped_starters
from knowledge.models import Entry
from knowledge.rules import SourceText
from tests.knowledge.conftest import ANSWER, GOOD, SOURCE

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]
OTHER = SourceText("Sleep well", "CDC", "https://www.cdc.gov/sleep/", date(2026, 2, 1))


def steps(entry: Entry) -> list[tuple[str, Any, str]]:
    """The oldest first: what, by whom, why."""
    found = [(version.action, version.history_user_id, version.history_change_reason) for version in versions_of(entry)]
    return found[::-1]


def test_every_step_is_kept_with_who_and_why(make_entry: Make, author: Any, reviewer: Any) -> None:
    entry = make_entry(author=author)
    actions.submit_for_review(entry.pk, by=author.pk)
    actions.return_to_draft(entry.pk, by=reviewer.pk, reason="Shorter, please.")
    assert "Shorter, please." in last_step(entry)
    assert reviewer.get_full_name() in last_step(entry)
    actions.submit_for_review(entry.pk, by=author.pk)
    actions.approve_entry(entry.pk, by=reviewer.pk, reason="Good now.")
    actions.publish_entry(entry.pk, by=reviewer.pk)
    actions.confirm_entry(entry.pk, by=reviewer.pk)
    actions.retire_entry(entry.pk, by=reviewer.pk, reason="Out of date.")
    actions.return_to_draft(entry.pk, by=reviewer.pk)
    assert steps(entry) == [
        ("submitted", author.pk, ""),
        ("sent_back", reviewer.pk, "Shorter, please."),
        ("submitted", author.pk, ""),
        ("approved", reviewer.pk, "Good now."),
        ("published", reviewer.pk, ""),
        ("confirmed", reviewer.pk, ""),
        ("retired", reviewer.pk, "Out of date."),
        ("reopened", reviewer.pk, ""),
    ]


def test_refused_step_keeps_no_version(make_entry: Make, author: Any) -> None:
    entry = make_entry(status="in_review", author=author)
    with pytest.raises(EntryRefused):
        actions.publish_entry(entry.pk, by=author.pk)
    assert steps(entry) == []


def test_version_is_the_entry_with_its_sources_as_they_were(make_entry: Make, author: Any) -> None:
    entry = make_entry()
    keep_version(entry, Action.WRITTEN, by=author.pk)
    entry.answer = "Other words."
    entry.save()
    entry.sources.all().delete()
    keep_version(entry, Action.EDITED, by=author.pk)
    edited, written = versions_of(entry)
    assert (written.answer, sources_of(written), written.alternatives) == (ANSWER, [SOURCE], list(GOOD.alternatives))
    assert (edited.answer, sources_of(edited)) == ("Other words.", [])


def test_stray_save_makes_no_version_without_its_sources(make_entry: Make) -> None:
    entry = make_entry()
    entry.save()
    assert steps(entry) == []


@pytest.mark.parametrize("status", Entry.Status.values)
def test_restored_version_is_a_draft_whatever_the_entry_was(
    status: str, make_entry: Make, author: Any, reviewer: Any
) -> None:
    entry = make_entry()
    keep_version(entry, Action.WRITTEN, by=author.pk)
    first = versions_of(entry).get()
    entry.sources.update(title="Another page")
    review = {"reviewed_at": first.history_date, "review_due": date(2031, 1, 1)} if status == "published" else {}
    Entry.objects.filter(pk=entry.pk).update(answer="Now other words.", status=status, **review)

    restored = actions.restore_version(entry.pk, first.pk, by=reviewer.pk, reason="It was clearer.")
    restored.refresh_from_db()
    assert (restored.status, restored.answer, restored.author_id) == ("draft", ANSWER, reviewer.pk)
    assert (restored.reviewed_at, restored.as_text().sources) == (None, (SOURCE,))
    assert restored.reading_grade == pytest.approx(2.0, abs=2.0)
    assert steps(entry)[-1][0] == "restored"
    assert "It was clearer." in steps(entry)[-1][2]
    actions.submit_for_review(entry.pk, by=reviewer.pk)
    with pytest.raises(EntryRefused, match="somebody else must review it"):
        actions.publish_entry(entry.pk, by=reviewer.pk)


def test_restoring_what_is_published_takes_it_out_of_the_answers(
    make_entry: Make,
    author: Any,
    artefact_folder: Any,
    rebuilds_asked: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    entry = make_entry(status="published")
    keep_version(entry, Action.PUBLISHED, by=author.pk)
    with django_capture_on_commit_callbacks(execute=True):
        actions.restore_version(entry.pk, versions_of(entry).get().pk, by=author.pk)
    assert entry.key in (artefact_folder / "withdrawn.json").read_text()


def test_version_of_another_entry_is_not_brought_back(make_entry: Make, author: Any) -> None:
    entry, other = make_entry("one"), make_entry("other")
    keep_version(other, Action.WRITTEN, by=author.pk)
    with pytest.raises(ObjectDoesNotExist):
        actions.restore_version(entry.pk, versions_of(other).get().pk, by=author.pk)


def test_import_keeps_a_version_of_each_entry_it_wrote(django_assert_max_num_queries: Any) -> None:
    rows = [Row(number, _text(f"entry-{number}")) for number in range(1, 41)]
    with django_assert_max_num_queries(12):
        import_entries(rows, publish=True)
    assert {len(versions_of(entry)) for entry in Entry.objects.all()} == {1}
    import_entries(rows, publish=True)
    changed = Row(1, _text("entry-1", answer="Now other words.", sources=(OTHER,)))
    import_entries([changed, *rows[1:]], publish=True)
    versions = versions_of(Entry.objects.get(key="entry-1"))
    assert [(version.action, version.answer, sources_of(version)) for version in versions] == [
        ("imported", "Now other words.", [OTHER]),
        ("imported", ANSWER, [SOURCE]),
    ]
    assert len(versions_of(Entry.objects.get(key="entry-2"))) == 1


def test_dropped_starter_is_retired_in_its_history() -> None:
    import_entries([Row(1, _text("gone"))], publish=True, provenance=Entry.Provenance.STARTER)
    assert retire_dropped_starters(set()) == 1
    assert [step[0] for step in steps(Entry.objects.get(key="gone"))] == ["imported", "retired"]


def test_entries_from_before_begin_their_history_as_they_are(make_entry: Make, author: Any) -> None:
    make_entry("mine", author=author)
    make_entry("theirs", provenance="imported", curated=False)
    importlib.import_module("knowledge.migrations.0002_history").keep_what_is_there(apps, None)
    mine, theirs = (versions_of(Entry.objects.get(key=key)).get() for key in ("mine", "theirs"))
    assert (mine.action, mine.history_user_id, sources_of(mine)) == ("written", author.pk, [SOURCE])
    assert (theirs.action, theirs.history_user_id, theirs.answer) == ("imported", None, ANSWER)


def test_history_outlives_the_account_of_who_made_it(make_entry: Make, reviewer: Any) -> None:
    entry = make_entry(status="in_review")
    actions.publish_entry(entry.pk, by=reviewer.pk)
    reviewer.delete()
    assert steps(entry) == [("published", None, "")]


def _text(key: str, **changes: Any) -> Any:
    return replace(GOOD, key=key, **changes)
