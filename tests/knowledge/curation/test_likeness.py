"""Entries that are like each other, with the real model and the starter corpus."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from knowledge.curation.likeness import MOST_PAIRS, LikenessUnknown, Words, all_pairs, look_alikes
from knowledge.embedding.embedder import Embedder, configured_embedder
from knowledge.index.artefact import Artefact
from knowledge.index.build import build_and_publish
from knowledge.index.serving import Snapshot, answering_from, snapshot
from knowledge.models import Entry
from tests.knowledge.index.conftest import WordModel, entry
from tests.knowledge.test_admin import page_of, typed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("published_corpus")]
Make = Callable[..., Entry]
SignIn = Callable[[Any], Client]
NEAR = reverse("admin:knowledge_entry_near")


def stored(key: str) -> Words:
    shown = snapshot().artefact
    place = shown.place_of(key)
    assert place is not None
    record = shown.record(place)
    return Words(record["key"], record["question"], record["answer"])


@pytest.fixture
def shoes() -> Words:
    """A published entry."""
    near = look_alikes(Words("", "Which shoes are safest?", "Wear shoes with a low heel and a firm sole that grips."))
    return stored(near[0].key)


@contextmanager
def withdrawn(key: str) -> Iterator[None]:
    shown = snapshot()
    visible = np.ones(len(shown.artefact), bool)
    visible[shown.artefact.place_of(key)] = False
    with answering_from(Snapshot(shown.artefact, visible)):
        yield


def test_near_copy_is_very_like_and_itself_is_not_named(shoes: Words) -> None:
    copy = Words("my-own", shoes.question.replace("safest", "best"), shoes.answer.replace("low heel", "small heel"))
    found = look_alikes(copy)
    assert (found[0].key, found[0].is_very_like) == (shoes.key, True)
    assert shoes.key not in {other.key for other in look_alikes(shoes)}


def test_other_subject_has_no_look_alike() -> None:
    assert look_alikes(Words("x", "How do I tune a piano?", "Ask a tuner to come. Keep the lid closed and dry.")) == []


def test_withdrawn_entry_is_not_named(shoes: Words) -> None:
    copy = Words("my-own", shoes.question, shoes.answer)
    with withdrawn(shoes.key):
        assert shoes.key not in {other.key for other in look_alikes(copy)}
        assert not [pair for pair in all_pairs() if shoes.key in (pair.key, pair.other_key)]


def test_drafts_are_compared_too_and_contradictions_come_first(make_entry: Make, shoes: Words) -> None:
    make_entry("a-draft", question=shoes.question, answer=f"{shoes.answer} Do not wear slippers on the stairs.")
    make_entry("retired", status="retired", question=shoes.question, answer=shoes.answer)
    found = look_alikes(Words("mine", shoes.question, f"{shoes.answer} You can wear slippers on the stairs."))
    assert found[0].key == "a-draft"
    assert [hint.how for hint in found[0].disagreements] == ["One says not to, the other does not."]
    assert "retired" not in {other.key for other in found}


def test_few_entries_of_the_corpus_warn() -> None:
    pairs = all_pairs()
    very_like = {key for pair in pairs if pair.is_very_like for key in (pair.key, pair.other_key)}
    assert 0 < len(very_like) < 0.06 * len(snapshot().artefact)
    assert len([pair for pair in pairs if pair.disagreements]) < 10
    assert pairs == sorted(pairs, key=lambda pair: (not pair.disagreements, -pair.likeness))


def test_index_of_another_model_is_not_compared(author: Any, make_entry: Make, client_of: SignIn, shoes: Words) -> None:
    foreign = copy(snapshot().artefact)
    foreign.manifest = replace(foreign.manifest, model="another")
    mine = make_entry("mine", author=author)
    with answering_from(Snapshot(foreign, None)):
        with pytest.raises(LikenessUnknown):
            look_alikes(shoes)
        told = client_of(author).post(NEAR, {"question": shoes.question, "answer": shoes.answer}).json()
        assert (told["near"], told["unknown"]) == ([], "The index was built with another model.")
        done = client_of(author).post(page_of(mine), typed(mine, button="knowledge_entry_submit"), follow=True)
    assert "It was not compared with other entries." in done.content.decode()
    mine.refresh_from_db()
    assert mine.status == "in_review"


def test_editor_is_told_while_typing(author: Any, make_entry: Make, client_of: SignIn, shoes: Words) -> None:
    theirs = make_entry(shoes.key, question=shoes.question, answer=shoes.answer, status="published")
    words = {"question": shoes.question, "answer": f"{shoes.answer} Stay warm."}
    found = client_of(author).post(NEAR, words).json()["near"]
    assert (found[0]["question"], found[0]["status"], found[0]["very_like"]) == (shoes.question, "Published", True)
    assert found[0]["link"] == page_of(theirs)
    own = client_of(author).post(NEAR, {**words, "entry": str(theirs.pk)}).json()["near"]
    assert shoes.question not in {other["question"] for other in own}


def test_near_is_for_writers_only(make_curator: Any, client_of: SignIn) -> None:
    assert client_of(make_curator("vic", "view_entry")).post(NEAR, {"question": "a", "answer": "b"}).status_code == 403
    assert Client().post(NEAR, {}).status_code == 302


def test_twin_must_be_looked_at_before_it_goes_on(
    author: Any, make_entry: Make, client_of: SignIn, shoes: Words
) -> None:
    other = make_entry(shoes.key, question=shoes.question, answer=shoes.answer, status="published")
    mine = make_entry("mine", question=shoes.question, answer=shoes.answer, author=author)
    form = typed(mine, button="knowledge_entry_submit", question=shoes.question, answer=shoes.answer)
    client = client_of(author)
    refused = client.post(page_of(mine), form, follow=True)
    mine.refresh_from_db()
    assert (mine.status, refused.redirect_chain[-1][0]) == ("draft", page_of(mine))
    assert f'href="{page_of(other)}"' in refused.content.decode()
    assert "If both are needed, tick" in refused.content.decode()

    client.post(page_of(mine), {**form, "opened_at": mine.updated_at.isoformat(), "look_alikes_seen": "on"})
    mine.refresh_from_db()
    assert mine.status == "in_review"


def test_look_alikes_of_the_corpus_on_one_page(
    reviewer: Any, make_curator: Any, make_entry: Make, client_of: SignIn
) -> None:
    pair = all_pairs()[0]
    for key, question in ((pair.key, pair.question), (pair.other_key, pair.other_question)):
        make_entry(key, question=question, status="published")
    address = reverse("admin:knowledge_entry_look_alikes")
    shown = client_of(reviewer).get(address)
    titles = {title: len(rows) for title, rows in shown.context["groups"]}
    assert titles["These seem to contradict each other"] == 1  # of which alone both entries are in this database
    assert pair.disagreements[0].ours in shown.content.decode().replace("&#x27;", "'")
    assert client_of(make_curator("nobody")).get(address).status_code == 403


def test_a_thousand_twins_are_compared_in_little_memory(tmp_path: Path) -> None:
    """As a collection of one form is: every entry like every other, and more pairs than a machine can hold."""
    model = WordModel(configured_embedder().name)
    entries = [entry(f"twin-{at}", f"What is illness number {at} of all?") for at in range(1_000)]
    made = build_and_publish(entries=entries, embedder=Embedder(model), folder=tmp_path)
    with answering_from(Snapshot(Artefact(tmp_path / made.version), None)):
        tracemalloc.start()
        try:
            pairs = all_pairs()
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    assert len({(pair.key, pair.other_key) for pair in pairs}) == MOST_PAIRS
    assert all(pair.key != pair.other_key and pair.is_very_like for pair in pairs)
    assert most < 30_000_000
