"""Versions compared and brought back, and entries as a file, through the real admin."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knowledge.curation.history import Action, keep_version, versions_of
from knowledge.importers.records import read_records
from knowledge.importers.rows import Row
from knowledge.inbox.models import EntryUsage
from knowledge.models import Entry
from knowledge.tables import file_response, neutral
from tests.knowledge.conftest import GOOD, SOURCE
from tests.knowledge.test_admin import ADD, page_of, told, typed

pytestmark = pytest.mark.django_db
Make = Callable[..., Entry]
SignIn = Callable[[Any], Client]
EXPORT = reverse("admin:knowledge_entry_export")


def history_of(entry: Entry, version: Any = None) -> str:
    if version is None:
        return reverse("admin:knowledge_entry_history", args=[entry.pk])
    return reverse("admin:knowledge_entry_version", args=[entry.pk, version.pk])


def sent(response: Any) -> str:
    """The whole of a file that is sent piece by piece."""
    return b"".join(response).decode()


def test_writing_and_editing_keep_versions_with_their_reason(author: Any, client_of: SignIn) -> None:
    client = client_of(author)
    client.post(ADD, typed(note="From the letter of a reader."))
    entry = Entry.objects.get()
    client.post(page_of(entry), typed(entry))
    entry.refresh_from_db()
    client.post(page_of(entry), typed(entry, **{"sources-0-title": "A better page", "note": "The old page is gone."}))
    found = [
        (version.action, version.history_change_reason, version.sources[0]["title"]) for version in versions_of(entry)
    ]
    assert found == [
        ("edited", "The old page is gone.", "A better page"),
        ("written", "From the letter of a reader.", SOURCE.title),
    ]


def test_reviewer_must_say_why_an_entry_comes_back(
    author: Any, reviewer: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry = make_entry(status="in_review", author=author)
    form = typed(entry, button="knowledge_entry_send_back")
    refused = client_of(reviewer).post(page_of(entry), form)
    assert "note" in refused.context["adminform"].form.errors
    client_of(reviewer).post(page_of(entry), {**form, "note": "Too long for Margaret."})
    entry.refresh_from_db()
    assert entry.status == "draft"
    assert "Too long for Margaret." in client_of(author).get(page_of(entry)).content.decode()


def test_two_versions_are_compared_word_by_word(author: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry(answer="Walk with a friend.")
    keep_version(entry, Action.WRITTEN, by=author.pk)
    Entry.objects.filter(pk=entry.pk).update(answer="Walk with <b>nobody</b>.")
    entry.refresh_from_db()
    keep_version(entry, Action.EDITED, by=author.pk, reason="Safer.")
    keep_version(entry, Action.SUBMITTED, by=author.pk)
    page = client_of(author).get(history_of(entry))
    assert [field.label for field in page.context["changed"]] == ["Answer"]
    words = page.content.decode()
    assert '<del><span class="sr-only">[taken out: </span>a friend<span class="sr-only">]</span></del>' in words
    assert "&lt;b&gt;nobody&lt;/b&gt;" in words
    assert "<b>nobody" not in words

    submitted, edited, _ = versions_of(entry)
    same = client_of(author).get(history_of(entry), {"earlier": submitted.pk, "later": edited.pk})
    assert (same.context["earlier"].pk, same.context["later"].pk) == (edited.pk, submitted.pk)
    assert "have the same words" in same.content.decode()


@pytest.mark.parametrize("query", [{"earlier": "x", "later": "-1"}, {"earlier": "999999"}])
def test_versions_that_are_not_there_are_not_compared(
    query: dict[str, str], author: Any, make_entry: Make, client_of: SignIn
) -> None:
    assert client_of(author).get(history_of(make_entry()), query).status_code == 200


def test_earlier_version_comes_back_as_a_draft(author: Any, reviewer: Any, make_entry: Make, client_of: SignIn) -> None:
    entry = make_entry()
    keep_version(entry, Action.WRITTEN, by=author.pk)
    version = versions_of(entry).get()
    Entry.objects.filter(pk=entry.pk).update(answer="Other words.")
    client = client_of(reviewer)
    assert GOOD.answer[:30] in client.get(history_of(entry, version)).content.decode()
    done = client.post(history_of(entry, version), {"reason": "Clearer."}, follow=True)
    entry.refresh_from_db()
    assert (entry.status, entry.answer, entry.author_id) == ("draft", GOOD.answer, reviewer.pk)
    assert "The earlier words are back" in told(done)
    assert done.redirect_chain[-1][0] == page_of(entry)


def test_versions_are_closed_to_whom_they_do_not_concern(
    author: Any, make_curator: Any, make_entry: Make, client_of: SignIn
) -> None:
    entry, other = make_entry(), make_entry("other")
    keep_version(entry, Action.WRITTEN, by=author.pk)
    version = versions_of(entry).get()
    looking, nobody = client_of(make_curator("vic", "view_entry")), client_of(make_curator("nobody"))
    for address in (history_of(entry), history_of(entry, version)):
        assert looking.get(address).status_code == 200
        assert nobody.get(address).status_code == 403
        assert Client().get(address).status_code == 302
    assert looking.post(history_of(entry, version)).status_code == 403
    assert looking.get(history_of(other, version)).status_code == 404
    assert client_of(author).post(history_of(other, version)).status_code == 404
    entry.refresh_from_db()
    assert versions_of(entry).count() == 1


def test_entries_as_a_file_say_where_they_come_from(author: Any, make_entry: Make, client_of: SignIn) -> None:
    make_entry("walks", author=author)
    make_entry("naps", category="naps", status="published")
    got = client_of(author).get(EXPORT, {"as": "json", "category": "sleep"})
    (row,) = json.loads(sent(got))
    assert got.headers["Content-Disposition"] == 'attachment; filename="entries.json"'
    assert (row["id"], row["author"], row["provenance"], row["status"]) == ("walks", "amy", "written", "draft")
    assert row["sources"] == [
        {"title": SOURCE.title, "publisher": SOURCE.publisher, "url": SOURCE.url, "date": "2026-01-05"}
    ]
    every = client_of(author).get(EXPORT)
    assert every.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert [row["id"] for row in csv.DictReader(io.StringIO(sent(every)))] == ["naps", "walks"]


async def test_a_file_is_sent_while_it_is_read() -> None:
    read: list[int] = []

    def lines() -> Iterator[str]:
        for number in range(1_000):
            read.append(number)
            yield f"{number}\n"

    response = file_response(lines(), name="many.csv", content_type="text/csv")
    pieces = []
    async for piece in response:
        pieces.append(piece.decode())
        assert len(read) <= 200 * len(pieces), "no more is read than was sent"
    assert "".join(pieces) == "".join(f"{number}\n" for number in range(1_000))


def test_file_can_be_imported_again(author: Any, make_entry: Make, client_of: SignIn) -> None:
    make_entry()
    (row,) = read_records(io.BytesIO(sent(client_of(author).get(EXPORT)).encode()), "csv")
    assert isinstance(row, Row)
    assert (row.entry.key, row.entry.question, row.entry.answer) == (GOOD.key, GOOD.question, GOOD.answer)
    assert (row.entry.alternatives, row.entry.tags, row.entry.category) == (
        GOOD.alternatives,
        GOOD.tags,
        GOOD.category,
    )
    assert (row.entry.sources[0].url, row.entry.sources[0].date) == (SOURCE.url, SOURCE.date)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0", "|calc"])
def test_spreadsheet_calculates_nothing_of_a_file(cell: str, author: Any, make_entry: Make, client_of: SignIn) -> None:
    assert neutral(cell) == f"'{cell}"
    make_entry(question=cell, tags=[cell])
    (row,) = csv.DictReader(io.StringIO(sent(client_of(author).get(EXPORT))))
    assert (row["question"], row["tags"]) == (f"'{cell}", f"'{cell}")


def test_no_entry_makes_an_empty_list(author: Any, client_of: SignIn) -> None:
    assert json.loads(sent(client_of(author).get(EXPORT, {"as": "json"}))) == []


def test_plain_words_are_left_as_they_are() -> None:
    assert neutral("2 = 1 + 1, he said") == "2 = 1 + 1, he said"


def test_file_is_for_those_who_may_look(make_curator: Any, client_of: SignIn) -> None:
    assert client_of(make_curator("nobody")).get(EXPORT).status_code == 403
    assert client_of(make_curator("vic", "view_entry")).get(EXPORT, {"as": "exe"}).status_code == 404
    assert Client().get(EXPORT).status_code == 302


def test_list_and_form_show_how_often_an_entry_was_used(
    author: Any, make_entry: Make, client_of: SignIn, django_assert_max_num_queries: Any
) -> None:
    entry = make_entry("used")
    make_entry("unused")
    today = timezone.localdate()
    for day, count in ((today, 2), (today - timedelta(days=3), 5), (today - timedelta(days=90), 40)):
        EntryUsage.objects.create(key="used", day=day, count=count)
    client = client_of(author)
    listed = client.get(reverse("admin:knowledge_entry_changelist"))
    assert {shown.key: shown.usage.count_30_days for shown in listed.context["cl"].result_list} == {
        "used": 7,
        "unused": 0,
    }
    form = client.get(page_of(entry)).content.decode()
    assert f"7 in 30 days, 47 in all, last on {today:%-d %B %Y}" in form
    for number in range(20):
        make_entry(f"more-{number}")
    with django_assert_max_num_queries(30):  # as many as for two entries, not some for each
        client.get(reverse("admin:knowledge_entry_changelist"))
