"""The playground: a question tried as things are, and as they would be with a change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from knowledge.inbox.models import EntryUsage
from knowledge.index.build import build_and_publish
from knowledge.index.serving import serving
from knowledge.playground import overlay
from knowledge.playground.trying import try_question
from knowledge.selectors import published_entries

pytestmark = pytest.mark.django_db(transaction=True)

TEA = (
    "A cup of tea in bed is a fine way to start the day. Let it cool a little first. Sit up well with a cushion behind "
    "your back. Use a mug with a lid, so that nothing spills. Put it on a firm tray. Ask for help if your hands shake."
)
QUESTION = "May I drink my tea in bed?"


@pytest.fixture
def small(artefact_folder: Path, make_entry: Any) -> Iterator[Any]:
    """One published entry serves, another waits as a draft."""
    make_entry(status="published")
    build_and_publish(entries=published_entries())
    serving.cache_clear()
    yield make_entry(
        "tea-in-bed", question=QUESTION, alternatives=["tea in bed", "Can I have tea in bed?"], answer=TEA,
        category="food",
    )  # fmt: skip
    serving.cache_clear()


@pytest.fixture
def client(make_curator: Any, client_of: Any) -> Client:
    signed_in: Client = client_of(make_curator("pat", "view_entry"))
    return signed_in


def ask(client: Client, **asked: str) -> str:
    response = client.get(reverse("admin:knowledge_playground"), asked)
    assert response.status_code == 200
    return response.content.decode()


def test_shows_the_answer_and_why(client: Client, published_corpus: None) -> None:
    page = ask(client, question="I keep waking up at night, what can I do?")
    assert reverse("admin:knowledge_playground") == "/admin/knowledge/playground/"
    for shown in ("What a person would be told", "Nothing dangerous (N)", "By words", "By meaning", "Together"):
        assert shown in page
    assert "sleep-waking-at-night" in page
    assert page.count('class="lilo-said"') >= 2
    assert not EntryUsage.objects.exists(), "the playground counts nowhere"


def test_says_what_the_screen_hears_and_alerts_nobody(client: Client, published_corpus: None) -> None:
    from companion.safety.models import Alert

    page = ask(client, question="I fell and I cannot get up")
    assert "An emergency" in page
    assert "the emergency card comes in its place" in page
    assert not Alert.objects.exists()


def test_a_follow_up_leans_on_what_was_said_before(published_corpus: None) -> None:
    tried = try_question("And what about naps?", before=["I keep waking up at night, what can I do?"])
    assert tried.answered.entries
    assert tried.answered.kind == "answer"


def test_a_draft_is_tried_before_it_is_published(client: Client, small: Any) -> None:
    page = ask(client, question=QUESTION, entry=small.key)
    now, then = page.split("With the change</h2>")
    assert "not sure" in now
    assert "Sit up well with a cushion behind your back." not in now.split("Now</h2>")[1]
    assert "(this change)" not in page  # said by the style sheet, so that the key stays a key
    assert 'class="lilo-changed"' in then
    assert "It changes:" in page
    small.refresh_from_db()
    assert small.status == "draft"


def test_without_a_published_entry(client: Client, small: Any) -> None:
    page = ask(client, question="Can a walk help me sleep?", entry="walking-and-sleep")
    assert "cannot be tried" in page, "it is the only one: nothing would be left"


def test_a_change_is_built_once_and_leaves_no_files(
    small: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    first = overlay.with_change(small)
    began = time.monotonic()
    assert overlay.with_change(small) is first
    assert time.monotonic() - began < 1
    assert list(tmp_path.glob("lilo-playground-*")) == []
    small.answer = TEA.replace("cushion", "pillow")
    assert overlay.with_change(small) is not first
    assert "pillow" in first.artefact.record(0)["answer"] or "cushion" in first.artefact.record(0)["answer"]


def test_a_change_among_many_entries_takes_no_graph_and_among_too_many_is_not_tried(
    client: Client, small: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.index.writer.EXACT_ROWS", 1)
    made: list[int] = []
    monkeypatch.setattr("usearch.index.Index.add", lambda *_, **__: made.append(1))
    assert "It changes:" in ask(client, question=QUESTION, entry=small.key)
    assert made == []
    monkeypatch.setattr(overlay, "MOST_VECTORS", 1)
    assert "More is published than a change can be tried with" in ask(client, question=QUESTION, entry=small.key)


def test_only_for_curators(client_of: Any, make_curator: Any) -> None:
    assert Client().get(reverse("admin:knowledge_playground")).status_code == 302
    nobody = client_of(make_curator("sam"))
    assert nobody.get(reverse("admin:knowledge_playground"), {"question": "?"}).status_code == 403


def test_what_is_typed_is_text(client: Client, published_corpus: None) -> None:
    page = ask(client, question="<script>alert(1)</script> How can I sleep?", before="<i>x</i>")
    assert "<script>alert" not in page
    assert "<i>x</i>" not in page


def test_nothing_published_is_said_plainly(client: Client, artefact_folder: Path) -> None:
    serving.cache_clear()
    try:
        assert "This cannot be tried now." in ask(client, question="How can I sleep?")
    finally:
        serving.cache_clear()


def test_what_is_typed_is_in_no_address(client: Client, published_corpus: None) -> None:
    page = client.post(
        reverse("admin:knowledge_playground"), {"question": "I keep waking up at night"}
    ).content.decode()
    assert "What a person would be told" in page
    assert '<form method="post" action="/admin/knowledge/playground/" class="lilo-ask">' in page


def test_an_address_with_a_strange_group_is_no_trouble(client_of: Any, django_user_model: Any) -> None:
    operator = client_of(django_user_model.objects.create_superuser("olga", password="of no use"))
    assert operator.get(reverse("admin:knowledge_playground"), {"group": "²"}).status_code == 200
