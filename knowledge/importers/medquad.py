"""MedQuAD's XML, one document a page of the web: `<Document id source url>` with questions and answers in pairs.

Keys are `SOURCE_DOCUMENT_SecN`, as the JSON Lines made of that collection have them: both ways lead to one entry.
Three of its collections have no answers, for copyright: those questions are counted and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO
from xml.etree.ElementTree import ParseError  # nosec B405  (only named: defusedxml reads)

from knowledge.importers.limits import Limits
from knowledge.importers.records import BadField, entry_of
from knowledge.importers.rows import ImportRow, Note, RefusedRow, Row, UnreadableFile

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # nosec B405


def read_medquad(stream: BinaryIO, *, limits: Limits) -> Iterator[ImportRow]:
    """Every answered question of a file, numbered as they stand in it.

    Raises:
        UnreadableFile: no XML, cut off, nested too deeply, or with definitions of its own, of which bombs are made.
    """
    number = empty = 0
    for document in _documents(stream, limits=limits):
        for pair in document.iter("QAPair"):
            number += 1
            if not (pair.findtext("Answer") or "").strip():
                empty += 1
                continue
            yield _row(number, document, pair)
        document.clear()
    if not number:
        raise UnreadableFile("It holds no questions in MedQuAD's form: no <QAPair> in a <Document>.")
    if empty:
        yield Note(f"{empty:,} of {number:,} questions have no answer in the file and were left out.")


def _documents(stream: BinaryIO, *, limits: Limits) -> Iterator[Element]:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    try:
        for event, element in iterparse(stream, events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > limits.xml_depth:
                raise UnreadableFile(f"Its XML is nested more than {limits.xml_depth} deep.")
            if event == "end" and element.tag == "Document":
                yield element
    except DefusedXmlException as error:
        raise UnreadableFile(
            "Its XML brings its own definitions (a DTD or entities); such files are not read."
        ) from error
    except (ParseError, ValueError, LookupError) as error:  # an encoding that nobody knows is a LookupError
        raise UnreadableFile(f"Its XML is broken: {error}.") from error


def _row(number: int, document: Element, pair: Element) -> ImportRow:
    question = pair.find("Question")
    asked = question if question is not None else pair
    place = f"question {number}"
    source, part = document.get("source") or "MedQuAD", pair.get("pid") or asked.get("qid") or str(number)
    focus = " ".join((document.findtext("Focus") or "").split())
    record = {
        "id": f"{source}_{document.get('id') or focus}_Sec{part}",
        "question": "".join(asked.itertext()) if question is not None else "",
        "answer": pair.findtext("Answer"),
        "category": asked.get("qtype"),
        "source": source,
        "url": document.get("url"),
        "tags": [focus] if focus else [],
    }
    try:
        return Row(number, entry_of(record), place=place)
    except BadField as error:
        return RefusedRow(number, str(error), place=place)
