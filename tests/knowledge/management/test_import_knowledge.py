"""`manage.py import_knowledge`, as an operator runs it, with the real model where it builds."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from knowledge.models import Artefact, Entry
from knowledge.selectors import index_is_stale

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_knowledge", str(file), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def rows(total: int, *, bad_each: int = 0) -> str:
    lines = [
        json.dumps(
            {
                "id": f"CDC_{n}",
                "question": f"What is illness number {n}?",
                "answer": f"Illness {n} is mild.",
                "source": "CDC",
            }
        )
        if not bad_each or n % bad_each
        else '{"id": "broken'
        for n in range(1, total + 1)
    ]
    return "\n".join(lines)


def test_good_rows_come_in_and_bad_ones_are_told(tmp_path: Path) -> None:
    file = tmp_path / "illnesses.jsonl"
    file.write_text(rows(100, bad_each=10))
    out, err = run(file)
    assert out == "100 rows read: 90 created, 0 updated, 0 unchanged, 10 refused.\n"
    assert err.splitlines()[0].startswith("line 10: Not JSON")
    assert set(Entry.objects.values_list("status", "provenance_detail")) == {("draft", "illnesses.jsonl")}
    assert run(file)[0] == "100 rows read: 0 created, 0 updated, 90 unchanged, 10 refused.\n"


def test_long_list_of_refusals_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(rows(1) + "\n" + "nonsense\n" * 500)
    err = run(file)[1].splitlines()
    assert (len(err), err[-1]) == (21, "... and 480 more refused rows.")


def test_format_is_told_by_the_name_or_the_option(tmp_path: Path) -> None:
    table = "id,question,answer\nA1,What is flu?,An illness.\n"
    (tmp_path / "flu.csv").write_text(table)
    (tmp_path / "flu.txt").write_text(table)
    with pytest.raises(CommandError, match="Say --format jsonl or --format csv"):
        run(tmp_path / "flu.txt")
    assert run(tmp_path / "flu.csv")[0].startswith("1 rows read: 1 created")
    assert run(tmp_path / "flu.txt", "--format", "csv")[0].startswith("1 rows read: 0 created, 0 updated, 1 unchanged")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.jsonl", b"nonsense\n", "Nothing could be imported"),
        ("empty.jsonl", b"", "Nothing could be imported"),
        ("utf16.jsonl", rows(2).encode("utf-16"), "Nothing could be imported"),
        ("bad.csv", b"one,two\n1,2\n", "The header lacks id, question, answer"),
        ("missing.jsonl", None, "Cannot read"),
    ],
)
def test_nothing_usable_fails(name: str, content: bytes | None, reason: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(CommandError, match=reason):
        run(tmp_path / name, "--publish")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_published_rows_are_searched_when_the_command_ends(tmp_path: Path, artefact_folder: Any) -> None:
    file = tmp_path / "illnesses.jsonl"
    file.write_text(rows(5))
    out = run(file, "--publish")[0]
    serving = Artefact.objects.get()
    assert f"Index {serving.version} serves: 5 entries" in out
    assert (artefact_folder / "current").read_text().strip() == serving.version
    assert set(Entry.objects.values_list("status", flat=True)) == {"published"}
    assert not index_is_stale()
