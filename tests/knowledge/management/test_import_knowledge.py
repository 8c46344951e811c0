"""`manage.py import_knowledge`, as an operator runs it, with the real model where it builds."""

from __future__ import annotations

import csv
import json
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from knowledge.models import Artefact, Entry
from knowledge.selectors import index_is_stale

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("import_knowledge", str(file), *options, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def fails(*arguments: Path | str, match: str) -> str:
    """What is told on the terminal when it fails."""
    err = StringIO()
    with pytest.raises(CommandError, match=match):
        call_command("import_knowledge", *map(str, arguments), stdout=StringIO(), stderr=err)
    return err.getvalue()


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
    assert err.splitlines()[0].startswith("illnesses.jsonl, line 10: Not JSON")
    assert set(Entry.objects.values_list("status", flat=True)) == {"draft"}
    digest = sha256(file.read_bytes()).hexdigest()
    first = Entry.objects.get(key="CDC_1").provenance_detail
    assert first == f"illnesses.jsonl, read as jsonl on {timezone.localdate()}, sha256 {digest}, line 1"
    assert run(file)[0] == "100 rows read: 0 created, 0 updated, 90 unchanged, 10 refused.\n"


def test_long_list_of_refusals_is_cut(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_text(rows(1) + "\n" + "nonsense\n" * 500)
    err = run(file)[1].splitlines()
    assert (len(err), err[-1]) == (21, "... and 480 more; --report FILE lists them all.")


def test_format_is_told_by_the_name_or_the_option(tmp_path: Path) -> None:
    table = "id,question,answer\nA1,What is flu?,An illness.\n"
    (tmp_path / "flu.csv").write_text(table)
    (tmp_path / "flu.txt").write_text(table)
    err = fails(tmp_path / "flu.txt", match="Nothing could be imported")
    assert "flu.txt: What it is can be told neither by its name nor by its content" in err
    assert run(tmp_path / "flu.csv")[0].startswith("1 rows read: 1 created")
    assert run(tmp_path / "flu.txt", "--format", "csv")[0].startswith("1 rows read: 0 created, 0 updated, 1 unchanged")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("bad.jsonl", b"nonsense\n", "Not JSON"),
        ("empty.jsonl", b"", "It is empty."),
        ("bad.csv", b"one,two\n1,2\n", "The header lacks id, question, answer"),
        ("old.csv", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Word or Excel file"),
    ],
)
def test_nothing_usable_fails(name: str, content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    assert reason in fails(tmp_path / name, "--publish", match="Nothing could be imported")
    assert not Entry.objects.exists()


def test_missing_file_is_told_before_any_other_is_read(tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(rows(1))
    with pytest.raises(CommandError, match=r"Cannot read .*missing\.jsonl: No such file"):
        call_command("import_knowledge", str(tmp_path / "good.jsonl"), str(tmp_path / "missing.jsonl"))
    assert not Entry.objects.exists()


def test_folder_of_all_kinds_comes_in_with_one_command(tmp_path: Path) -> None:
    folder = tmp_path / "health"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.jsonl").write_text(rows(2))
    (folder / "deep" / "sleep.md").write_text("# Sleep\n\nSleep in the dark.\n\n## Naps\n\nA short nap is fine.\n")
    (folder / "left.docx").write_bytes(b"PK")
    assert run(folder, "--category", " Health ")[0].startswith("4 rows read: 4 created")
    assert set(Entry.objects.values_list("category", flat=True)) == {"health"}
    nap = Entry.objects.get(question="Sleep: Naps")
    assert nap.provenance_detail.startswith("health/deep/sleep.md, read as markdown on ")


def test_dry_run_tells_and_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "illnesses.jsonl"
    file.write_text(rows(20, bad_each=10))
    out, _ = run(file, "--dry-run")
    assert out == "20 rows read: 18 would be created, 0 would be updated, 0 unchanged, 2 refused.\n"
    assert not Entry.objects.exists()


def test_report_is_a_table_that_no_spreadsheet_calculates(tmp_path: Path) -> None:
    file, report = tmp_path / "illnesses.jsonl", tmp_path / "report.csv"
    file.write_text(json.dumps({"id": "=1+1", "question": "@SUM(A1)", "answer": "a"}) + "\n" + rows(1) + "\nnonsense\n")
    run(file, "--report", str(report))
    with report.open(encoding="utf-8", newline="") as table:
        lines = list(csv.DictReader(table))
    assert [(line["result"], line["place"]) for line in lines] == [
        ("new", "illnesses.jsonl, line 1"), ("new", "illnesses.jsonl, line 2"), ("refused", "illnesses.jsonl, line 3"),
    ]  # fmt: skip
    assert (lines[0]["id"], lines[0]["question"]) == ("'=1+1", "'@SUM(A1)")
    assert lines[2]["detail"].startswith("Not JSON")


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
