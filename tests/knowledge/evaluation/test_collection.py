"""`manage.py evaluate retrieval`, on collections that others made: odd ones too."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge.evaluation.beir import SetBroken, read_corpus, read_judgements, read_queries

CORPUS: list[dict[str, Any]] = [
    {"_id": "sleep", "title": "Waking at night", "text": "Many older people wake at night. Keep the room dark."},
    {"_id": "tea", "title": "Tea", "text": "Tea in the evening keeps some people awake."},
    {"_id": "walk", "title": "", "text": "A short walk each morning helps the heart. Wear good shoes."},
    {"_id": "empty", "title": "", "text": ""},
    {"_id": 7, "text": "A grab rail beside the bath keeps you from falling."},
    {"_id": "title", "title": "Only a title"},
]
QUERIES: list[dict[str, Any]] = [
    {"_id": "q1", "text": "why do I wake up in the night"},
    {"_id": 2, "text": "is walking good for my heart"},
    {"_id": "q3", "text": "how not to fall in the bathroom"},
    {"_id": "unjudged", "text": "what is the weather"},
]
QRELS = "query-id\tcorpus-id\tscore\nq1\tsleep\t2\nq1\ttea\t1\n2\twalk\t1\nq3\t7\t1\nq3\ttea\t0\n"


def lines(rows: list[dict[str, Any]], *, end: str = "\n") -> str:
    return end.join(json.dumps(row) for row in rows) + end


@pytest.fixture
def collection(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text("\ufeff" + lines(CORPUS, end="\r\n"), encoding="utf-8")
    with gzip.open(tmp_path / "queries.jsonl.gz", "wt", encoding="utf-8") as file:
        file.write(lines(QUERIES))
    (tmp_path / "test.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def evaluate(folder: Path, *options: str, qrels: str = "test.tsv") -> str:
    out = StringIO()
    call_command(
        "evaluate", "retrieval", "--corpus", str(folder / "corpus.jsonl"), "--queries",
        str(folder / "queries.jsonl.gz"), "--qrels", str(folder / qrels), *options, stdout=out,
    )  # fmt: skip
    return out.getvalue()


def test_ours_is_scored_beside_its_parts_without_a_database(collection: Path) -> None:
    found = json.loads(evaluate(collection, "--json"))
    assert (found["queries"], found["queries_without_judgements"], found["documents"]) == (3, 1, 5)
    assert found["success@1"]["value"] == 1
    assert found["success@1"]["low"] <= 1 <= found["success@1"]["high"]
    assert set(found["beside"]) == {"bm25", "model", "rrf"}
    measures = {"ndcg@10", "map", "mrr@10", "p@10", "r@10", "r@100", "f1@10", "success@1"}
    assert measures <= set(found)
    assert all(set(figures) == measures for figures in found["beside"].values())
    assert found["beside"]["model"]["success@1"]["value"] == 1
    assert found["timings"]["search_ms_p95"] > 0


def test_trec_judgements_and_another_depth_say_the_same(collection: Path) -> None:
    (collection / "trec.txt").write_text("q1 0 sleep 2\nq1 0 tea 1\n2 0 walk 1\nq3 0 7 1\n", encoding="utf-8")
    found = json.loads(evaluate(collection, "--json", "--k", "3", qrels="trec.txt"))
    assert found["ndcg@3"]["value"] == json.loads(evaluate(collection, "--json"))["ndcg@10"]["value"]


def test_the_table_has_a_column_for_each(collection: Path) -> None:
    head = evaluate(collection).splitlines()[1]
    assert head.split() == ["ours", "bm25", "model", "rrf"]


def test_a_kept_folder_needs_no_second_embedding(collection: Path) -> None:
    work = collection / "work"
    first = json.loads(evaluate(collection, "--json", "--work", str(work)))
    again = json.loads(evaluate(collection, "--json", "--work", str(work)))
    assert again["ndcg@10"] == first["ndcg@10"]
    newest = max(work.glob("[0-9]*/manifest.json"))
    manifest = json.loads(newest.read_text())
    assert manifest["reused"] == manifest["rows"] + manifest["sentences"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.jsonl", '{"_id": "a", "text": 3}\n', "corpus.jsonl line 1: text has to be a text"),
        ("corpus.jsonl", '{"text": "no name"}\n', "corpus.jsonl line 1: _id has to be a text or a number"),
        ("corpus.jsonl", "{broken\n", "corpus.jsonl line 1: is not JSON"),
        ("corpus.jsonl", lines([CORPUS[0], CORPUS[0]]), "line 2: the id 'sleep' is used twice"),
        ("corpus.jsonl", lines([{"_id": "other", "text": "Something else."}]), "do the ids agree"),
        ("test.tsv", "q1\tsleep\n", "test.tsv line 1: expected query, document and grade"),
        ("test.tsv", "q1\tsleep\t1\nq1\ttea\tyes\n", "test.tsv line 2: the grade 'yes' is not a number"),
        ("test.tsv", "nobody\tsleep\t1\n", "No query of queries.jsonl.gz has a relevant document"),
        ("test.tsv", "q1\tsleep\t0\n", "No query of queries.jsonl.gz has a relevant document"),
    ],
)
def test_a_broken_file_is_named_with_its_line(collection: Path, name: str, text: str, said: str) -> None:
    (collection / name).write_text(text, encoding="utf-8")
    with pytest.raises(CommandError, match=said):
        evaluate(collection, "--json")


def test_a_missing_file_is_said_plainly(collection: Path) -> None:
    (collection / "corpus.jsonl").unlink()
    with pytest.raises(CommandError, match=r"corpus\.jsonl: cannot be read"):
        evaluate(collection, "--json")


def test_a_document_may_lack_a_title_or_a_text_but_not_both(collection: Path) -> None:
    entries = {entry.key: (entry.question, entry.answer) for entry in read_corpus(collection / "corpus.jsonl")}
    assert entries["walk"][0] == ""
    assert entries["title"] == ("Only a title", "")
    assert set(entries) == {"sleep", "tea", "walk", "7", "title"}


def test_judgements_with_and_without_a_header_are_the_same(tmp_path: Path) -> None:
    (tmp_path / "with.tsv").write_text(QRELS, encoding="utf-8")
    (tmp_path / "without.tsv").write_text(QRELS.partition("\n")[2], encoding="utf-8")
    assert read_judgements(tmp_path / "with.tsv") == read_judgements(tmp_path / "without.tsv")


def test_a_cut_off_gzip_is_a_broken_set(collection: Path) -> None:
    path = collection / "queries.jsonl.gz"
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(SetBroken, match="cannot be read"):
        read_queries(path)
