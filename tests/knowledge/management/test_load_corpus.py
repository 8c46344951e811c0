"""`manage.py load_corpus` and `lint_corpus`, on the real corpus and on folders of this test's own."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from knowledge.importers import starter
from knowledge.importers.starter import CorpusError, read_corpus
from knowledge.models import Entry
from tests.knowledge.conftest import ANSWER


def file_of(folder: Path, *keys: str, **changes: Any) -> None:
    entries = "".join(
        yaml.safe_dump(
            [
                {
                    "key": key,
                    "question": f"{key} walk?",
                    "alternatives": [f"{key} {n}" for n in "abc"],
                    "answer": ANSWER,
                }
                | changes
            ]
        )
        + "  sources:\n  - {title: Walking, publisher: NHS, url: 'https://www.nhs.uk/walking/', date: 2026-01-05}\n"
        for key in keys
    )
    (folder / "walks.yaml").write_text(f"category: walks\nentries:\n{entries}")


@pytest.fixture
def corpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus folder that the commands read instead of ours."""
    folder = tmp_path / "corpus"
    folder.mkdir()
    monkeypatch.setattr(starter.read_corpus, "__defaults__", (folder,))
    return folder


def load() -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("load_corpus", stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue().strip()


@pytest.mark.django_db
def test_whole_corpus_is_published_and_a_second_load_changes_nothing() -> None:
    total = len(list(read_corpus()))
    assert load() == (
        f"{total} entries in the corpus: {total} created, 0 updated, 0 unchanged, 0 left out, 0 retired.",
        "",
    )
    before = list(Entry.objects.values())
    assert {row["status"] for row in before} == {"published"}
    assert (
        load()[0] == f"{total} entries in the corpus: 0 created, 0 updated, {total} unchanged, 0 left out, 0 retired."
    )
    assert list(Entry.objects.values()) == before


@pytest.mark.django_db
def test_entry_that_left_the_corpus_is_retired_and_may_come_back(corpus: Path) -> None:
    file_of(corpus, "one", "two")
    load()
    file_of(corpus, "one")
    assert load()[0] == "1 entries in the corpus: 0 created, 0 updated, 1 unchanged, 0 left out, 1 retired."
    assert dict(Entry.objects.values_list("key", "status")) == {"one": "published", "two": "retired"}
    file_of(corpus, "one", "two")
    assert load()[0] == "2 entries in the corpus: 0 created, 1 updated, 1 unchanged, 0 left out, 0 retired."


@pytest.mark.django_db
def test_entry_that_breaks_a_rule_is_left_out_and_its_old_words_stay(corpus: Path) -> None:
    file_of(corpus, "one", "two")
    load()
    file_of(corpus, "one", "two", answer="Take 5 mg.")
    with pytest.raises(CommandError, match="No entry of the corpus could be loaded"):
        load()
    assert set(Entry.objects.values_list("status", "answer")) == {("published", ANSWER)}


@pytest.mark.django_db
def test_empty_corpus_retires_nothing(corpus: Path) -> None:
    file_of(corpus, "one")
    load()
    (corpus / "walks.yaml").unlink()
    with pytest.raises(CommandError, match="The starter corpus is empty"):
        load()
    assert Entry.objects.get().status == "published"


@pytest.mark.parametrize(
    "content",
    [
        "category: [",
        "- a list",
        "category: walks\nentries:\n- key: one\n",
        "category: walks\nentries: 3\n",
        "category: walks\nentries:\n- {key: one, question: q, answer: a, alternatives: [], review_due: '2027-01-01'}\n",
    ],
)
def test_broken_file_is_named(content: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(content)
    with pytest.raises(CorpusError, match=r"^broken\.yaml: "):
        list(read_corpus(tmp_path))


def test_our_corpus_keeps_every_rule() -> None:
    out = StringIO()
    call_command("lint_corpus", stdout=out)
    assert out.getvalue().endswith("entries are in order.\n")


def test_lint_names_what_is_wrong(corpus: Path) -> None:
    file_of(corpus, "one", answer="Take 5 mg.")
    out = StringIO()
    with pytest.raises(CommandError, match="breaks 3 rules"):
        call_command("lint_corpus", stdout=out)
    assert (
        "walks/one: answer: Names an amount of a medicine (5 mg); say to ask a doctor or pharmacist." in out.getvalue()
    )
    assert "1 entries in 1 categories; needed: 300 in 24" in out.getvalue()
