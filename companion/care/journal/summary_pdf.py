"""Draws the doctor's summary: two pages, A4 or Letter, with pictures that are lines and words, not photographs.

Headings are sections of the outline and pictures carry their words as alternative text; the language and title are set.
fpdf2 tags no paragraphs, so it is no PDF/UA document.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, cast

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from companion.care.journal.charts import Chart
from companion.care.journal.measures import Kind
from companion.care.journal.telling import TrendView

#: fontTools tells the log which letters a document uses: nobody's health is spelled out there.
logging.getLogger("fontTools").setLevel(logging.WARNING)
FONTS: Final = Path(__file__).with_name("fonts")
MARGIN: Final = 15.0
GAP: Final = 4.0
INK, QUIET, LINE, LAGOON, SOON, MIST = (
    (29, 42, 51),
    (74, 87, 97),
    (200, 196, 188),
    (11, 82, 87),
    (122, 65, 0),
    (224, 241, 239),
)
#: The pictures of the second page, the most telling first.
PICTURES: Final = (
    Kind.BLOOD_PRESSURE, Kind.WEIGHT, Kind.GLUCOSE, Kind.PAIN, Kind.SLEEP, Kind.MOOD, Kind.STEPS, Kind.SLEEP_HOURS,
)  # fmt: skip
MOST_PICTURES: Final = 4


@dataclass(frozen=True, slots=True)
class Drug:
    """One medicine."""

    name: str
    how: str
    taken: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the summary says. `drugs` is None where they are not shared with the person."""

    name: str
    since: date
    until: date
    made: str
    conditions: str
    allergies: str
    drugs: tuple[Drug, ...] | None
    questions: tuple[str, ...]
    notes: tuple[tuple[date, str], ...]
    trends: tuple[TrendView, ...]
    readings: tuple[tuple[date, str], ...]
    language: str
    is_letter: bool


class _Sheet(FPDF):
    """A page with Lilo's margins, fonts and foot."""

    def __init__(self, facts: Facts) -> None:
        super().__init__(format="letter" if facts.is_letter else "a4")
        for style, file in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font("DejaVu", style, FONTS / file)
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=False)
        self.set_lang(facts.language or "en")
        self.set_title(f"Summary for the doctor: {facts.name}")
        self.set_creator("Lilo")
        self.set_display_mode("fullpage")
        self._foot = f"{facts.name}, {_day(facts.since)} to {_day(facts.until)}"

    def footer(self) -> None:
        """Whose summary it is and which page, on each of them."""
        self.set_y(-12)
        self.say(f"{self._foot}. Written down at home with Lilo; no diagnosis. Page {self.page_no()} of 2", 8, QUIET)

    def say(
        self, words: str, size: float = 10, colour: tuple[int, int, int] = INK, *, bold: bool = False, width: float = 0
    ) -> None:
        """Write a paragraph and go to the line below."""
        self.set_font("DejaVu", "B" if bold else "", size)
        self.set_text_color(*colour)
        self.multi_cell(width, size * 0.5, words, new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def height_of(self, words: str, size: float, width: float, *, bold: bool = False) -> float:
        """How many millimetres a paragraph takes."""
        self.set_font("DejaVu", "B" if bold else "", size)
        height = self.multi_cell(width, size * 0.5, words, dry_run=True, output="HEIGHT")
        return float(cast(float, height))

    @property
    def room(self) -> float:
        """Millimetres left above the foot."""
        return float(self.h - 16 - self.get_y())

    def heading(self, words: str) -> None:
        """A section's name, in the outline too."""
        self.ln(GAP)
        self.start_section(words)
        self.say(words, 12, LAGOON, bold=True)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y() + 0.5, self.w - MARGIN, self.get_y() + 0.5)
        self.ln(2)


def draw(facts: Facts) -> bytes:
    """The summary as a PDF of exactly two pages; what finds no room is counted, never cut in silence."""
    sheet = _Sheet(facts)
    sheet.add_page()
    _head(sheet, facts)
    _worth_a_look(sheet, facts)
    _medicines(sheet, facts)
    _words(sheet, "Questions for the doctor", facts.questions, "No questions were written down.")
    _words(sheet, "Notes", tuple(f"{_day(day)}: {words}" for day, words in facts.notes), "")
    sheet.add_page()
    _pictures(sheet, facts)
    _readings(sheet, facts)
    return bytes(sheet.output())


def _head(sheet: _Sheet, facts: Facts) -> None:
    sheet.start_section("Summary for the doctor")
    sheet.say("Summary for the doctor", 18, LAGOON, bold=True)
    sheet.say(facts.name, 14, bold=True)
    sheet.say(f"{_day(facts.since)} to {_day(facts.until)}. Made on {facts.made}", 9, QUIET)
    for name, words in (("Conditions", facts.conditions), ("Allergies", facts.allergies)):
        if words:
            sheet.ln(1)
            sheet.say(f"{name}: {_short(words, 260)}")


def _worth_a_look(sheet: _Sheet, facts: Facts) -> None:
    found = [(view, each) for view in facts.trends for each in view.explanations]
    if not found:
        return
    sheet.heading("Worth a look")
    for view, each in found[:4]:
        sheet.say(f"{view.title}: {each.what} (rule: {each.source.publisher}, {each.source.title})")


def _medicines(sheet: _Sheet, facts: Facts) -> None:
    sheet.heading("Medicines")
    if facts.drugs is None:
        sheet.say("The medicines are not shared with the person who made this summary.", colour=QUIET)
        return
    if not facts.drugs:
        sheet.say("No medicines are written down.", colour=QUIET)
        return
    width = sheet.w - 2 * MARGIN
    columns = (width * 0.34, width * 0.46, width * 0.2)
    _row(sheet, columns, ("Medicine", "How", "Doses taken, last 30 days"), bold=True)
    for place, drug in enumerate(facts.drugs):
        cells = (_short(drug.name, 80), _short(drug.how, 120), drug.taken)
        if sheet.room < 70 + max(sheet.height_of(cell, 9, column) for cell, column in zip(cells, columns, strict=True)):
            sheet.say(f"and {len(facts.drugs) - place} more: please ask for the list of medicines", 9, QUIET)
            return
        _row(sheet, columns, cells)


def _row(sheet: _Sheet, columns: Sequence[float], cells: Sequence[str], *, bold: bool = False) -> None:
    top, left, bottom = sheet.get_y(), MARGIN, sheet.get_y()
    for width, words in zip(columns, cells, strict=True):
        sheet.set_xy(left, top)
        sheet.say(words, 9, QUIET if bold else INK, bold=bold, width=width - 2)
        bottom, left = max(bottom, sheet.get_y()), left + width
    sheet.set_draw_color(*LINE)
    sheet.line(MARGIN, bottom + 0.6, sheet.w - MARGIN, bottom + 0.6)
    sheet.set_y(bottom + 1.6)


def _words(sheet: _Sheet, title: str, lines: Sequence[str], nothing: str) -> None:
    if not lines and not nothing:
        return
    if sheet.room < 20:
        return
    sheet.heading(title)
    if not lines:
        sheet.say(nothing, colour=QUIET)
    for place, line in enumerate(lines):
        words = f"\u2022 {_short(line, 300)}"
        if sheet.room < sheet.height_of(words, 10, sheet.w - 2 * MARGIN) + 6:
            sheet.say(f"and {len(lines) - place} more in the journal", 9, QUIET)
            return
        sheet.say(words)
        sheet.ln(0.8)


def _pictures(sheet: _Sheet, facts: Facts) -> None:
    sheet.start_section("Over time")
    sheet.say("Over time", 14, LAGOON, bold=True)
    by_kind = {view.kind: view for view in facts.trends}
    shown = [by_kind[kind] for kind in PICTURES if kind in by_kind][:MOST_PICTURES]
    if not shown:
        sheet.say("Nothing was measured in this time.", colour=QUIET)
        return
    width = (sheet.w - 2 * MARGIN - 8) / 2
    top = sheet.get_y() + 2
    for pair in (shown[:2], shown[2:]):
        ends = [top]
        for place, view in enumerate(pair):
            sheet.set_xy(MARGIN + place * (width + 8), top)
            ends.append(_picture(sheet, view, width))
        top = max(ends) + 3
        sheet.set_xy(MARGIN, top)


def _picture(sheet: _Sheet, view: TrendView, width: float) -> float:
    """One trend in a column; where it ends."""
    left, height = sheet.get_x(), 40.0
    with _column(sheet, left, width):
        unit = f" ({view.unit.words})" if view.unit.words and view.kind != Kind.STEPS else ""
        sheet.say(f"{view.title}{unit}", 10, bold=True, width=width)
        top = sheet.get_y() + 1
        if view.chart is not None:
            edge = 17.0 if view.chart.has_words else 12.0
            about = " ".join(view.summary)
            picture = _shapes(view.chart, (width - edge) / height).encode()
            sheet.image(picture, left + edge, top, width - edge, height, alt_text=about, title=view.title)
            _labels(sheet, view.chart, left + edge, top, width - edge, height)
        sheet.set_xy(left, top + height + 1)
        for line in view.summary[1:]:
            sheet.say(line, 8, QUIET, width=width)
        if view.chart is not None and view.chart.is_smoothed:
            sheet.say("Line: the middle of a week. Dots: single days.", 8, QUIET, width=width)
        if len(view.trends) > 1:
            sheet.say("\u25cf solid: upper number   \u25a1 dashed: lower number", 8, QUIET, width=width)
    return float(sheet.get_y())


@contextmanager
def _column(sheet: _Sheet, left: float, width: float) -> Iterator[None]:
    """Write in a column of the page."""
    sheet.set_left_margin(left)
    sheet.set_x(left)
    yield
    sheet.set_left_margin(MARGIN)


def _shapes(chart: Chart, ratio: float) -> str:
    """The picture's lines and marks, as the page draws them, with colours of its own; `ratio` is width by height."""
    tall = 100 / ratio
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 {tall:.2f}" width="100" height="{tall:.2f}">']

    def y(percent: float) -> float:
        return round(percent * tall / 100, 3)

    if chart.band is not None:
        parts.append(
            f'<rect x="0" y="{y(chart.band.top)}" width="100" height="{y(chart.band.height)}" fill="{_hex(MIST)}"/>'
        )
    rule = f'stroke="{_hex(LINE)}" stroke-width="0.25" fill="none"'
    parts += [f'<path d="M0 {y(tick.at)}H100" {rule}/>' for tick in chart.rows]
    for series in chart.series:
        is_lower = series.key == "lower"
        colour = _hex(SOON if is_lower else LAGOON)
        dash = ' stroke-dasharray="1.6 1"' if is_lower else ""
        for line in series.lines:
            path = f"M{line.x1} {y(line.y1)}L{line.x2} {y(line.y2)}"
            parts.append(f'<path d="{path}" stroke="{colour}" stroke-width="0.5" fill="none"{dash}/>')
        for mark in series.marks:
            x, at = mark.x, y(mark.y)
            if is_lower:
                parts.append(
                    f'<rect x="{x - 0.7:.2f}" y="{at - 0.7:.2f}" width="1.4" height="1.4" fill="#ffffff" '
                    f'stroke="{colour}" stroke-width="0.4"/>'
                )
            else:
                parts.append(f'<circle cx="{x}" cy="{at}" r="0.8" fill="{colour}"/>')
    return "".join([*parts, "</svg>"])


def _labels(sheet: _Sheet, chart: Chart, left: float, top: float, width: float, height: float) -> None:
    sheet.set_font("DejaVu", "", 7)
    sheet.set_text_color(*QUIET)
    for tick in chart.rows:
        words = sheet.get_string_width(tick.words)
        sheet.text(left - words - 1.5, top + height * tick.at / 100 + 0.9, tick.words)
    for tick in chart.columns:
        words = sheet.get_string_width(tick.words)
        share = {"start": 0.0, "middle": 0.5, "end": 1.0}[tick.anchor]
        sheet.text(left + width * tick.at / 100 - words * share, top + height * 0.97, tick.words)


def _readings(sheet: _Sheet, facts: Facts) -> None:
    if not facts.readings or sheet.room < 24:
        return
    sheet.heading("Last readings")
    width = (sheet.w - 2 * MARGIN - 8) / 2
    rows = max(1, int((sheet.room - 6) // 4.6))
    shown = facts.readings[: 2 * rows]
    half = (len(shown) + 1) // 2
    top = sheet.get_y()
    for place, (day, words) in enumerate(shown):
        column, row = divmod(place, half)
        sheet.set_xy(MARGIN + column * (width + 8), top + row * 4.6)
        with _column(sheet, sheet.get_x(), width):
            sheet.say(_short(f"{_day(day)}:  {words}", 60), 8.5, width=width)


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"


def _short(words: str, most: int) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= most else f"{flat[: most - 1].rstrip()}\u2026"


def _hex(colour: tuple[int, int, int]) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)
