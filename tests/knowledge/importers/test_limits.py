"""What is too large, too deep or made to harm is refused, and whatever bytes come, nothing else breaks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.importers.archive import members
from knowledge.importers.documents import document_rows
from knowledge.importers.kinds import kind_of
from knowledge.importers.limits import MEGABYTE, Limits
from knowledge.importers.medquad import read_medquad
from knowledge.importers.pdf import as_document, read_pdf
from knowledge.importers.pdf_pages import read_pages
from knowledge.importers.reading import Reading, SourceFile
from knowledge.importers.rows import ImportRow, Note, RefusedRow, Row, UnreadableFile, Whole
from tests.knowledge.importers.conftest import DAY, SLEEP_PAGE, Read, by_words, lines, medquad, pdf, zipped

Found = TypeVar("Found")
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Document id="1"><QAPairs><QAPair pid="1"><Question>&c;</Question>
<Answer>&c;</Answer></QAPair></QAPairs></Document>"""
OUTSIDE = ENTITIES.replace(b'<!ENTITY a "aaaaaaaaaa">', b'<!ENTITY a SYSTEM "file:///etc/passwd">')


def reasons(rows: Iterable[ImportRow]) -> list[str]:
    return [row.reason for row in rows if isinstance(row, RefusedRow)]


@pytest.mark.parametrize(
    ("name", "content", "limits", "reason"),
    [
        ("a.jsonl", lines(50), Limits(file_bytes=1_000), "It is larger than 0 MB."),
        ("a.jsonl", lines(50), Limits(rows=10), "There are more than 10 rows; the rest is left."),
        ("a.jsonl", lines(50), Limits(seconds=-1), "Reading took longer than -1 minutes; the rest is left."),
        ("a.md", b"# A\n\n" + b"text " * 100, Limits(characters=100), "It has more than 100 characters"),
        ("a.html", SLEEP_PAGE.encode(), Limits(characters=100), "It has more than 100 characters"),
        ("a.html", b"<html>" + b"<div>" * 5_000 + b"deep", Limits(), "nested more than 1000 deep"),
        ("a.xml", b"<Document>" + b"<a>" * 100, Limits(), "nested more than 50 deep"),
        ("a.xml", ENTITIES, Limits(), "Its XML brings its own definitions (a DTD or entities)"),
        ("a.xml", OUTSIDE, Limits(), "Its XML brings its own definitions (a DTD or entities)"),
        ("a.pdf", pdf("one", "two"), Limits(pages=1), "It has 2 pages; at most 1 are read."),
        ("a.pdf", pdf("word " * 200), Limits(characters=100), "It has more than 100 characters."),
        ("a.zip", zipped({"a.md": b"# A", "b.md": b"# B"}), Limits(members=1), "It holds 2 files; at most 1 are read."),
        ("a.zip", zipped({"a.md": b" " * 3 * MEGABYTE}), Limits(), "It unpacks to far more than it seems to hold"),
        ("a.zip", zipped({"a.jsonl": lines(50), "b.jsonl": lines(50)}), Limits(unpacked_bytes=6_000), "It unpacks"),
        ("a.zip", zipped({"a.zip": zipped({"a.md": b"# A"})}), Limits(), "It is an archive within an archive"),
        ("a.zip", zipped({"a.md": b"# A\n\nB"})[:-30], Limits(), "It is broken, or no ZIP archive"),
    ],
    ids=by_words,
)
def test_each_limit_is_told(name: str, content: bytes, limits: Limits, reason: str, read: Read) -> None:
    assert reason in " ".join(reasons(read(name, content, limits=limits)))


def test_rows_before_a_limit_are_kept(read: Read) -> None:
    rows = read("a.jsonl", lines(50), limits=Limits(rows=10))
    assert len([row for row in rows if isinstance(row, Row)]) == 10


def test_headings_beyond_the_limit_are_left_and_told(read: Read) -> None:
    text = "".join(f"# Heading {number}\n\nText.\n\n" for number in range(20))
    rows = read("a.md", text, limits=Limits(headings=5))
    assert sum(isinstance(row, Row) for row in rows) == 5
    assert [row.text for row in rows if isinstance(row, Note)] == ["It has 20 sections; the first 5 were read."]


def test_size_that_an_archive_claims_is_not_believed() -> None:
    packed = bytearray(zipped({"a.md": b"x" * 2 * MEGABYTE}))
    at = packed.rindex(b"PK\x01\x02")
    packed[at + 24 : at + 28] = (10).to_bytes(4, "little")  # the size that its directory tells
    found = _tried(lambda: list(members(io.BytesIO(bytes(packed)), limits=Limits())))
    assert found is None or all(isinstance(member, RefusedRow) or len(member[1].read()) <= 10 for member in found)


def test_large_file_of_rows_is_streamed_where_the_terminal_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(50))
    files = [SourceFile("a.jsonl", tmp_path / "a.jsonl")]
    small = Limits(file_bytes=1_000)
    assert sum(isinstance(row, Row) for row in Reading(files, limits=small, day=DAY, streamed_without_limit=True)) == 50
    assert reasons(Reading(files, limits=small, day=DAY)) == ["It is larger than 0 MB."]


def test_pdf_that_takes_too_long_is_stopped() -> None:
    body = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<>>>>endobj "
    stream = b"q " * 8_000_000
    content = b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj trailer<</Root 1 0 R>>" % (len(stream), stream)
    with pytest.raises(UnreadableFile, match="longer or more memory"):
        read_pdf(b"%PDF-1.4\n" + body + page + content, limits=Limits(pdf_seconds=1))


# Any bytes at all

STARTS = {
    "a.jsonl": b'{"id": "1", "question": "q", "answer": ',
    "a.csv": b"id,question,answer\n1,q,",
    "a.xml": medquad(("q", "a"))[:-60],
    "a.md": b"---\ntitle: x\n---\n# A\n\n",
    "a.html": SLEEP_PAGE.encode()[:-80],
    "a.zip": zipped({"a.md": b"# A\n\nB", "b.jsonl": lines(3)}, compression=zipfile.ZIP_DEFLATED),
}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("name", list(STARTS))
@given(noise=st.binary(max_size=120), at=st.integers(0, 2_000))
def test_broken_files_are_refused_and_break_nothing(name: str, noise: bytes, at: int, read: Read) -> None:
    start = STARTS[name]
    at %= len(start) + 1
    for content in (start + noise, start[:at] + noise, start[:at] + noise + start[at + len(noise) :], noise):
        for row in read(name, content):
            assert isinstance(row, Row | Note | Whole) or row.reason.endswith((".", "…")) or ":" in row.reason


@settings(max_examples=60, deadline=None)
@given(noise=st.binary(max_size=60), at=st.integers(0, 5_000))
def test_broken_pdf_is_refused_and_breaks_nothing(noise: bytes, at: int) -> None:
    content = PDF[: at % len(PDF)] + noise + PDF[at % len(PDF) + len(noise) :]

    def rows() -> list[object]:
        found = read_pages(content, most_pages=10, most_characters=10_000)
        return list(document_rows(as_document(found), name="a.pdf", limits=Limits()))

    _tried(rows)


PDF = pdf("Sleep is good.", "Naps are fine.", title="Sleep")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.binary(max_size=200))
def test_type_of_any_bytes_is_told_or_refused(name: str, head: bytes) -> None:
    _tried(lambda: kind_of(name, head))


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_as_xml_are_refused(noise: bytes) -> None:
    with pytest.raises(UnreadableFile):
        list(read_medquad(io.BytesIO(noise), limits=Limits()))


def _tried(do: Callable[[], Found]) -> Found | None:
    try:
        return do()
    except UnreadableFile:
        return None
