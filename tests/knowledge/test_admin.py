"""The curator's path, through the real admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knowledge.models import Artefact, Entry
from tests.knowledge.conftest import GOOD, SOURCE

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]
SignIn = Callable[[Any], Client]
ADD = "/admin/knowledge/entry/add/"
LIST = "/admin/knowledge/entry/"
OTHER_ANSWER = (
    "Ask a tuner to come to your piano once a year. Keep the lid shut and the room dry, and keep it off the stove. "
    "Dust the keys with a soft cloth. If a note sticks, leave it to the tuner."
)


def page_of(entry: Entry) -> str:
    return reverse("admin:knowledge_entry_change", args=[entry.pk])


def typed(entry: Entry | None = None, *, button: str = "_continue", **changes: Any) -> dict[str, Any]:
    """The form as a browser sends it."""
    form: dict[str, Any] = {
        "question": GOOD.question,
        "alternatives": "\r\n".join(GOOD.alternatives),
        "answer": GOOD.answer,
        "category": GOOD.category,
        "tags": ", ".join(GOOD.tags),
        "audience": "everyone",
        "review_due": "",
        "sources-TOTAL_FORMS": "1",
        "sources-INITIAL_FORMS": "0",
        "sources-0-title": SOURCE.title,
        "sources-0-publisher": SOURCE.publisher,
        "sources-0-url": SOURCE.url,
        "sources-0-date": "2026-01-05",
    }
    if entry is None:
        form["key"] = GOOD.key
    else:
        source = entry.sources.get()
        form |= {"opened_at": entry.updated_at.isoformat(), "review_due": entry.review_due or ""}
        form |= {"sources-INITIAL_FORMS": "1", "sources-0-id": source.pk, "sources-0-entry": str(entry.pk)}
    return {**form, button: "1", **changes}


def told(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_entry_goes_from_author_to_reviewer_to_readers(
    author: Any, reviewer: Any, client_of: SignIn, rebuilds_asked: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    writing, reviewing = client_of(author), client_of(reviewer)
    added = writing.post(ADD, typed(), follow=True)
    entry = Entry.objects.get()
    assert added.status_code == 200
    assert (entry.status, entry.author_id, entry.key) == ("draft", author.pk, GOOD.key)
    assert entry.as_text().sources == (SOURCE,)

    writing.post(page_of(entry), typed(entry, button="knowledge_entry_submit"))
    entry.refresh_from_db()
    assert entry.status == "in_review"

    with django_capture_on_commit_callbacks(execute=True):
        published = reviewing.post(page_of(entry), typed(entry, button="knowledge_entry_publish"), follow=True)
    entry.refresh_from_db()
    assert "1 entry published." in told(published)
    assert (entry.status, entry.author_id, entry.reviewed_by_id) == ("published", author.pk, reviewer.pk)
    assert rebuilds_asked == ["knowledge.tasks.rebuild_index"]


def test_draft_may_break_rules_and_is_told_which(author: Any, client_of: SignIn) -> None:
    form = typed(answer="Too short.") | {"sources-TOTAL_FORMS": "0"}
    response = client_of(author).post(ADD, form, follow=True)
    assert Entry.objects.get().status == "draft"
    assert "Has 2 words; keep 40 to 120." in told(response)
    assert "Name at least one public source" in told(response)


@pytest.mark.parametrize(
    ("changes", "place", "message"),
    [
        ({"answer": "Take 5 mg."}, "answer", "Names an amount of a medicine (5 mg)"),
        ({"alternatives": "one way"}, "alternatives", "Give at least 3 other ways to ask this."),
        ({"sources-0-url": "http://www.nhs.uk/x"}, "sources", "Give the full https address"),
        ({"sources-0-DELETE": "on"}, "sources", "Name at least one public source"),
    ],
)
def test_broken_rule_blocks_publishing_in_its_place(
    changes: dict[str, str], place: str, message: str, reviewer: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry = make_entry(status="in_review")
    response = client_of(reviewer).post(page_of(entry), typed(entry, button="knowledge_entry_publish", **changes))
    if place == "sources":
        found = response.context["inline_admin_formsets"][0].formset.non_form_errors()
    else:
        found = response.context["adminform"].form.errors[place]
    assert message in " ".join(found)
    entry.refresh_from_db()
    assert (entry.status, entry.answer) == ("in_review", GOOD.answer)


def test_author_cannot_publish_own_words(reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry(status="in_review", author=reviewer)
    response = client_of(reviewer).post(page_of(entry), typed(entry, button="knowledge_entry_publish"), follow=True)
    entry.refresh_from_db()
    assert entry.status == "in_review"
    assert "somebody else must review it" in told(response)


def test_words_changed_with_publish_pressed_are_not_published(
    reviewer: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry = make_entry(status="in_review")
    form = typed(entry, button="knowledge_entry_publish", question="Will a walk help me sleep?")
    client_of(reviewer).post(page_of(entry), form)
    entry.refresh_from_db()
    assert (entry.status, entry.author_id, entry.question) == ("draft", reviewer.pk, "Will a walk help me sleep?")


def test_curator_without_the_right_cannot_publish(author: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry(status="in_review")
    browser = client_of(author)
    assert b"knowledge_entry_publish" not in browser.get(page_of(entry)).content
    browser.post(page_of(entry), typed(entry, button="knowledge_entry_publish"))
    browser.post(LIST, {"action": "publish_selected", "_selected_action": [str(entry.pk)]})
    entry.refresh_from_db()
    assert entry.status == "in_review"


@pytest.mark.parametrize("changes", [{"answer": f"{GOOD.answer} Rest well."}, {"sources-0-title": "Another page"}])
def test_changed_words_of_a_published_entry_wait_for_a_review(
    changes: dict[str, str],
    reviewer: Any,
    make_entry: Make,
    client_of: SignIn,
    artefact_folder: Any,
    rebuilds_asked: list[str],
    django_capture_on_commit_callbacks: Any,
) -> None:
    entry = make_entry(status="published")
    with django_capture_on_commit_callbacks(execute=True):
        response = client_of(reviewer).post(page_of(entry), typed(entry, **changes), follow=True)
    entry.refresh_from_db()
    assert (entry.status, entry.author_id, entry.reviewed_at) == ("draft", reviewer.pk, None)
    assert "it is a draft again" in told(response)
    assert entry.key in (artefact_folder / "withdrawn.json").read_text()
    assert rebuilds_asked == ["knowledge.tasks.rebuild_index"]


def test_new_review_day_leaves_a_published_entry_published(
    reviewer: Any, make_entry: Make, client_of: SignIn, rebuilds_asked: list[str]
) -> None:
    entry = make_entry(status="published")
    browser = client_of(reviewer)
    browser.post(page_of(entry), typed(entry, review_due="2031-05-06"))
    entry.refresh_from_db()
    assert (entry.status, entry.review_due, rebuilds_asked) == ("published", date(2031, 5, 6), [])
    refused = browser.post(page_of(entry), typed(entry, review_due=""))
    assert "review_due" in refused.context["adminform"].form.errors


def test_second_writer_does_not_overwrite_the_first(
    author: Any, reviewer: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry = make_entry()
    as_both_opened_it = typed(entry)
    client_of(author).post(page_of(entry), {**as_both_opened_it, "question": "Mine?"})
    response = client_of(reviewer).post(page_of(entry), {**as_both_opened_it, "question": "Yours?"})
    assert "Somebody else changed this entry" in str(response.context["adminform"].form.errors)
    entry.refresh_from_db()
    assert entry.question == "Mine?"


def test_hidden_characters_are_taken_out_of_what_is_typed(author: Any, client_of: SignIn) -> None:
    client_of(author).post(ADD, typed(question="Can a\u200b walk\U000e0041 help?", category=" Sleep "))
    entry = Entry.objects.get()
    assert (entry.question, entry.category) == ("Can a walk help?", "sleep")


def test_bulk_actions_tell_what_was_refused(reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    good, own, bad = (
        make_entry("good", status="in_review"),
        make_entry("own", status="in_review", author=reviewer, question="Mine?", answer=OTHER_ANSWER),
        make_entry("bad", status="in_review", answer="Short.", question="Bad?"),
    )
    chosen = {"_selected_action": [str(entry.pk) for entry in (good, own, bad)]}
    response = client_of(reviewer).post(LIST, {"action": "publish_selected", **chosen}, follow=True)
    assert dict(Entry.objects.values_list("key", "status")) == {
        "good": "published",
        "own": "in_review",
        "bad": "in_review",
    }
    assert "1 entry published." in told(response)
    assert "“Mine?” was not published:" in told(response)
    assert "Has 1 words" in told(response)
    client_of(reviewer).post(LIST, {"action": "retire_selected", **chosen})
    assert set(Entry.objects.values_list("status", flat=True)) == {"retired"}


def test_list_finds_what_is_overdue(reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    make_entry("late", status="published", question="Late?", review_due=timezone.localdate() - timedelta(days=1))
    make_entry("fine", status="published", question="Fine?")
    make_entry("draft", question="Draft?", review_due=timezone.localdate() - timedelta(days=1))
    found = client_of(reviewer).get(LIST, {"review": "overdue"})
    assert [entry.key for entry in found.context["cl"].result_list] == ["late"]
    assert b"Overdue" in found.content
    searched = client_of(reviewer).get(LIST, {"q": "Fine"})
    assert [entry.key for entry in searched.context["cl"].result_list] == ["fine"]


def test_markup_in_an_imported_entry_is_only_text(reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    script = "<script>alert(1)</script>"
    entry = make_entry(script, question=script, category=script, answer=script, alternatives=[script], tags=[script])
    browser = client_of(reviewer)
    for page in (LIST, page_of(entry), f"{LIST}{entry.pk}/history/"):
        assert script not in browser.get(page).content.decode()
    refused = browser.post(LIST, {"action": "publish_selected", "_selected_action": [str(entry.pk)]}, follow=True)
    assert script not in refused.content.decode()


def test_entry_is_retired_not_deleted(reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry()
    assert client_of(reviewer).post(f"{LIST}{entry.pk}/delete/", {"post": "yes"}).status_code == 403
    assert Entry.objects.filter(pk=entry.pk).exists()


def test_check_while_writing_says_what_the_rules_say(author: Any, client_of: SignIn) -> None:
    words = {"question": "Why?", "answer": "Take 5 mg.", "alternatives": "a\nb\nc"}
    response = client_of(author).post(f"{LIST}check/", words)
    found = response.json()
    assert (found["words"], {problem["field"] for problem in found["problems"]}) == (2, {"answer"})
    assert client_of(author).get(f"{LIST}check/").status_code == 405


def test_check_is_for_curators_only(make_curator: Any, client_of: SignIn) -> None:
    assert client_of(make_curator("nobody")).post(f"{LIST}check/", {}).status_code == 403
    assert Client().post(f"{LIST}check/", {}).status_code == 302


def test_home_shows_how_knowledge_stands(reviewer: Any, make_curator: Any, make_entry: Make, client_of: SignIn) -> None:
    make_entry("a", status="published")
    make_entry("b", status="in_review")
    page = client_of(reviewer).get("/admin/")
    assert "No index has been built yet" in page.content.decode()
    cards = {card["title"]: card["number"] for card in page.context["knowledge_cards"]}
    assert cards == {"Published": 1, "Waiting for review": 1, "Drafts": 0, "Review overdue": 0}
    for card in page.context["knowledge_cards"]:
        assert client_of(reviewer).get(card["link"]).context["cl"].result_count == card["number"]
    assert "knowledge_cards" not in client_of(make_curator("nobody")).get("/admin/").context


def test_indexes_can_be_seen_and_not_changed(reviewer: Any, client_of: SignIn) -> None:
    now = timezone.now()
    artefact = Artefact.objects.create(
        version="20261122", model_name="mini", dimension=384, entry_count=5, checksum="c", built_at=now,
        published_at=now, state="published",
    )  # fmt: skip
    browser = client_of(reviewer)
    assert b"Serving" in browser.get("/admin/knowledge/artefact/").content
    assert browser.post(f"/admin/knowledge/artefact/{artefact.pk}/change/", {"version": "x"}).status_code == 403


def test_nobody_moves_more_entries_at_once_than_can_be_read(
    reviewer: Any, author: Any, client_of: SignIn, make_entry: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.curation.admin.MOST_AT_ONCE", 1)
    entries = [make_entry(key, status="in_review", author=author) for key in ("one", "two")]
    chosen = {"_selected_action": [str(entry.pk) for entry in entries]}
    refused = client_of(reviewer).post(LIST, {"action": "approve_selected", **chosen}, follow=True)
    assert "nobody has read all 2" in told(refused)
    assert Entry.objects.filter(reviewed_by=None).count() == 2
    client_of(reviewer).post(LIST, {"action": "retire_selected", **chosen}, follow=True)
    assert Entry.objects.filter(status="retired").count() == 2, "what must not be said goes at once, however much it is"


def test_a_page_that_is_not_theirs_says_so_in_plain_words(author: Any, client_of: SignIn) -> None:
    page = client_of(author).get(reverse("admin:accounts_user_changelist"))
    assert page.status_code == 403
    assert "This is not for your account" in page.content.decode()


def test_words_that_became_a_script_would_not_run(author: Any, client_of: SignIn) -> None:
    policy = dict(part.split(" ", 1) for part in client_of(author).get(LIST)["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self' 'unsafe-eval'", "no script within a page"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
