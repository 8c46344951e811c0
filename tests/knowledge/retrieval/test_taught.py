"""The questions that teach: every entry and sentence that they name is in the corpus."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from knowledge.retrieval.taught import Taught, read_taught

CORPUS = Path(__file__).resolve().parents[3] / "knowledge" / "corpus"


@pytest.fixture(scope="module")
def taught() -> list[Taught]:
    return read_taught()


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    entries = [entry for path in CORPUS.glob("*.yaml") for entry in yaml.safe_load(path.read_text("utf-8"))["entries"]]
    return {entry["key"]: " ".join(entry["answer"].split()) for entry in entries}


def test_each_is_there_once(taught: list[Taught]) -> None:
    assert len(taught) > 2_000
    assert len({one.id for one in taught}) == len(taught)
    assert {one.level for one in taught} <= set("NCAE")


def test_their_entries_and_sentences_are_in_the_corpus(taught: list[Taught], answers: dict[str, str]) -> None:
    unknown = [one.id for one in taught for key in one.entries if key not in answers]
    assert not unknown
    gone = [one.id for one in taught for words in one.sentences if words not in answers[one.entries[0]]]
    assert not gone, "an answer was reworded: change the sentence here too"


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"id": "q-1"}\n', "utf-8")
    with pytest.raises(ValueError, match=r"q\.jsonl:1"):
        read_taught(tmp_path)
