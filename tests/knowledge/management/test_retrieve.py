"""Outside questions in, keys and scores out."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

GOOD = [
    {"id": "a", "query": "I keep waking up at night"},
    {"id": 7, "query": "my dentures hurt my gums"},
    {"id": "empty", "query": ""},
]


def retrieve(monkeypatch: pytest.MonkeyPatch, lines: list[str], **options: int) -> tuple[list[dict[str, object]], str]:
    out, err = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines)))
    call_command("retrieve", jsonl=True, stdout=out, stderr=err, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue()


def test_answers_in_order_and_names_bad_lines(published_corpus: None, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [json.dumps(row) for row in GOOD]
    bad = ["{half", '{"id": "x"}', '"text"', '{"id": ["x"], "query": "x"}', '{"id": "x", "query": 5}']
    found, errors = retrieve(monkeypatch, [lines[0], *bad, "", lines[1], lines[2]], top_k=3)
    assert [row["id"] for row in found] == ["a", 7, "empty"]
    first, second, empty = (row["results"] for row in found)
    assert first[0]["entry"] == "sleep-waking-at-night"  # type: ignore[index]
    assert second[0]["entry"] == "teeth-dentures-sore"  # type: ignore[index]
    assert [len(first), len(second), empty] == [3, 3, []]  # type: ignore[arg-type]
    assert [line.split(":")[0] for line in errors.splitlines()] == [f"line {number}" for number in (2, 3, 4, 5, 6)]


def test_more_than_a_batch(published_corpus: None, monkeypatch: pytest.MonkeyPatch) -> None:
    found, errors = retrieve(monkeypatch, [json.dumps({"id": n, "query": f"sleep {n}"}) for n in range(150)], top_k=1)
    assert [row["id"] for row in found] == list(range(150))
    assert errors == ""


def test_senseless_top_k_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="top-k"):
        retrieve(monkeypatch, [], top_k=0)
