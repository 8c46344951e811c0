"""Files as curators have them."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.importers.limits import Limits
from knowledge.importers.reading import Choices, Reading, SourceFile
from knowledge.importers.rows import ImportRow

Read = Callable[..., list[ImportRow]]
DAY = date(2026, 3, 1)
SLEEP_PAGE = """<!doctype html><html><head><title>Sleep | NIA</title>
<link rel="canonical" href="https://www.nia.nih.gov/sleep"><meta property="og:site_name" content="NIA"></head>
<body><nav>Menu</nav><main><h1>Sleep and ageing</h1><p>Older people need <b>as much</b> sleep as others.</p>
<h2>Naps</h2><p>A short nap is fine.</p></main><footer>Imprint</footer></body></html>"""


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The rows of a file of that name and content, as an import reads it."""

    def read_file(
        name: str, content: bytes | str, *, limits: Limits | None = None, choices: Choices | None = None
    ) -> list[ImportRow]:
        path = tmp_path / "file"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(Reading([SourceFile(name, path)], choices=choices, limits=limits, day=DAY))

    return read_file


def zipped(files: dict[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def pdf(*pages: str, title: str = "", author: str = "", password: str = "") -> bytes:
    """A PDF with these texts on its pages; an empty one is a page without text, as a scanner makes it."""
    from fpdf import FPDF

    document = FPDF()
    document.set_title(title)
    document.set_author(author)
    if password:
        document.set_encryption(owner_password=password, user_password=password)
    document.set_font("Helvetica", size=12)
    for text in pages:
        document.add_page()
        if text:
            document.multi_cell(0, 8, text)
        else:
            document.rect(10, 10, 50, 50)
    return bytes(document.output())


def medquad(*pairs: tuple[str, str], source: str = "CDC") -> bytes:
    """A document in MedQuAD's form."""
    said = "".join(
        f'<QAPair pid="{number}"><Question qid="0000001-{number}" qtype="symptoms">{question}</Question>'
        f"<Answer>{answer}</Answer></QAPair>"
        for number, (question, answer) in enumerate(pairs, start=1)
    )
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?><Document id="0000001" source="{source}" url="https://www.cdc.gov/flu">'
    )
    return f"{head}<Focus>Flu</Focus><QAPairs>{said}</QAPairs></Document>".encode()


def lines(total: int, *, bad_each: int = 0, answer: str = "Illness {} is mild.") -> bytes:
    """JSON Lines, some of them broken."""

    def line(number: int) -> str:
        if bad_each and number % bad_each == 0:
            return '{"id": "broken'
        fields: dict[str, Any] = {
            "id": f"CDC_{number}",
            "question": f"What is illness number {number}?",
            "answer": answer.format(number),
            "source": "CDC",
        }
        return json.dumps(fields)

    return "\n".join(line(number) for number in range(1, total + 1)).encode()


def by_words(value: object) -> str:
    """What names a case of a table: its words. Bytes would differ from one worker to the next: they hold the time."""
    return value if isinstance(value, str) else ""
