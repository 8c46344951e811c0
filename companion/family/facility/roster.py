"""A list of residents as a table of text: read row by row, with a word on each row that cannot be used. Pure.

Cells are text and nothing else: one that a spreadsheet would take for a formula is refused, so that no later export
can carry it on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.core.exceptions import ValidationError

from companion.accounts import rules
from companion.circle.organisations.selectors import ASKED_ITEMS
from companion.circle.refusals import RefusedError

MOST_BYTES, MOST_ROWS, LONGEST_CELL = 256 * 1024, 500, 200
COLUMNS = ("name", "called", "unit", "room", "phone", "agrees to")
NEEDED = ("name", "unit")
EXAMPLE = "name,called,unit,room,phone,agrees to\nMargaret Doyle,Peggy,Garden,12,,medicines; activity\n"
#: What a spreadsheet would calculate instead of show.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
ITEMS = {item.value: item.value for item in ASKED_ITEMS}
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Resident:
    """A row that can be used."""

    name: str
    preferred_name: str
    unit_id: UUID
    room: str
    phone: str
    agreed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table, by its number there, and what there is to say about it."""

    number: int
    name: str
    unit: str
    room: str
    resident: Resident | None = None
    problem: str = ""
    senior_id: UUID | None = None
    """Who moved in by it."""

    @property
    def is_good(self) -> bool:
        """Whether somebody can move in, or has moved in, by it."""
        return not self.problem

    def refused(self, problem: str) -> Line:
        """The same row, which could not be used after all."""
        return replace(self, resident=None, problem=problem)

    def admitted(self, senior_id: UUID) -> Line:
        """The same row, by which somebody has moved in."""
        return replace(self, senior_id=senior_id)


def decode(data: bytes) -> str:
    """The text of a file that people have saved from a spreadsheet.

    Raises:
        RefusedError: it is too large, or no text.
    """
    if len(data) > MOST_BYTES:
        raise RefusedError(f"The file is too large: {MOST_BYTES // 1024} KB at most. Please split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        raise RefusedError("This is not a table of text. Please save it as CSV first.")
    return text


def read(text: str, units: Mapping[str, UUID], present: Iterable[Place], *, country: str) -> list[Line]:
    """Each row of the table, checked.

    Args:
        text: the table; comma, semicolon or tab between cells, the first row names the columns.
        units: the home's, by name.
        present: name, unit and room of who lives there already.
        country: of the home, for telephone numbers.

    Raises:
        RefusedError: the table as a whole cannot be used.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise RefusedError(f"The table is too large: {MOST_BYTES // 1024} KB at most. Please split it.")
    table = _table(text)
    known = {_place(*place) for place in present}
    by_name = {name.casefold(): key for name, key in units.items()}
    lines = []
    for number, cells in table:
        line = _line(number, cells, by_name, country)
        place = _place(line.name, line.unit, line.room)
        if line.is_good and place in known:
            line = line.refused("Lives there already, or is in the table twice.")
        known.add(place)
        lines.append(line)
    return lines


def _table(text: str) -> list[tuple[int, dict[str, str]]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        raise RefusedError("A row cannot be read: a quotation mark is never closed.") from None
    if len(rows) < 2:
        raise RefusedError("There are no residents in this table. Its first row names the columns.")
    if len(rows) - 1 > MOST_ROWS:
        raise RefusedError(f"Please bring in at most {MOST_ROWS} residents at a time.")
    names = [cell.strip().casefold() for cell in rows[0][1]]
    missing = [name for name in NEEDED if name not in names]
    if missing:
        raise RefusedError(f"The first row must name the columns. Missing: {', '.join(missing)}.")
    return [(number, dict(zip(names, (cell.strip() for cell in row), strict=False))) for number, row in rows[1:]]


def _line(number: int, cells: dict[str, str], units: Mapping[str, UUID], country: str) -> Line:
    name, unit, room = (cells.get(column, "")[:LONGEST_CELL] for column in ("name", "unit", "room"))
    line = Line(number, name, unit, room)
    texts = [column for column in COLUMNS if column != "phone"]
    harmful = next((column for column in texts if cells.get(column, "").startswith(FORMULA)), "")
    if harmful:
        return line.refused(f"The {harmful} begins with a sign that spreadsheets calculate with.")
    if any(len(cells.get(column, "")) > LONGEST_CELL for column in COLUMNS):
        return line.refused(f"A cell is longer than {LONGEST_CELL} letters.")
    if not rules.plain_line(name, 120):
        return line.refused("The name is missing.")
    if unit.casefold() not in units:
        return line.refused(f"There is no unit called {unit}." if unit else "The unit is missing.")
    agreed = tuple(part.strip().casefold() for part in cells.get("agrees to", "").split(";") if part.strip())
    unknown = [item for item in agreed if item not in ITEMS]
    if unknown:
        return line.refused(f"{unknown[0]} is nothing that residents are asked about: {', '.join(ITEMS)}.")
    try:
        phone = rules.normal_phone(cells.get("phone", ""), country)
    except ValidationError as error:
        return line.refused(" ".join(error.messages))
    called = rules.plain_line(cells.get("called", ""), 60)
    resident = Resident(rules.plain_line(name, 120), called, units[unit.casefold()], room, phone, agreed)
    return replace(line, resident=resident)


def _place(name: str, unit: str, room: str) -> Place:
    return name.casefold(), unit.casefold(), room.casefold()
