"""A trend as people read it: a few sentences first, then the picture, then every number. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from companion.care.journal.charts import Chart, chart_of
from companion.care.journal.explanations import Explanation, Told, explain
from companion.care.journal.measures import LB, STONE, Kind, Unit, amount_words, from_base, measure_of
from companion.care.journal.trends import FOR_SLOPE, Direction, Point, Trend, by_day, trend_of

#: Kinds that have a trend, in the order in which they are shown.
TRENDED = (
    Kind.BLOOD_PRESSURE, Kind.WEIGHT, Kind.GLUCOSE, Kind.PAIN, Kind.SLEEP, Kind.SLEEP_HOURS, Kind.MOOD, Kind.STEPS,
)  # fmt: skip
#: Rows of the table at most; the newest come first.
TABLE_ROWS = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    day: date
    words: str


@dataclass(frozen=True, slots=True)
class TrendView:
    """One kind of reading, ready to be shown; `chart_id` names the picture on the page."""

    kind: Kind
    title: str
    summary: tuple[str, ...]
    is_enough: bool
    n: int
    days: int
    span: int
    """How many days are looked at."""
    chart: Chart | None
    rows: tuple[Row, ...]
    more_rows: int
    """How many older readings the table leaves out."""
    explanations: tuple[Explanation, ...]
    trends: tuple[Trend, ...]
    """The numbers behind the words: for a blood pressure the upper, then the lower."""
    unit: Unit

    @property
    def chart_id(self) -> str:
        """The id of the picture on its page."""
        return f"trend-{self.kind.value}"


def trend_view(kind: Kind, told: Sequence[Told], *, unit: Unit, today: date, span: int) -> TrendView:
    """What to show of one kind.

    Args:
        kind: of all readings.
        told: the readings of the last half year at least, in order of time.
        unit: in which numbers are worded.
        today: the senior's own day.
        span: days that are looked at.
    """
    measure = measure_of(kind)
    begin = today - timedelta(days=span - 1)
    within = [each for each in told if begin <= each.day <= today]
    rows = [("upper", "Upper", _upper)]
    if measure.lower is not None:
        rows.append(("lower", "Lower", _lower))
    trends = tuple(
        trend_of(_points(told, pick), today=today, days=span, notable=measure.notable) for _, _, pick in rows
    )
    drawn = [(key, label, by_day(_points(within, pick))) for key, label, pick in rows]
    baseline = trends[0].baseline if len(rows) == 1 else None
    newest = [Row(each.day, _amount(each, unit)) for each in reversed(within)]
    return TrendView(
        kind=kind,
        title=str(kind.label),
        summary=_summary(kind, within, trends, unit, span),
        is_enough=trends[0].is_enough,
        n=trends[0].n,
        days=trends[0].days,
        span=span,
        chart=chart_of(kind, drawn, unit=unit, begin=begin, end=today, baseline=baseline),
        rows=tuple(newest[:TABLE_ROWS]),
        more_rows=max(0, len(newest) - TABLE_ROWS),
        explanations=explain(kind, told, today=today, unit=unit),
        trends=trends,
        unit=unit,
    )


def _upper(told: Told) -> float | None:
    return told.reading.value


def _lower(told: Told) -> float | None:
    return told.reading.lower


def _points(told: Sequence[Told], pick: Callable[[Told], float | None]) -> list[Point]:
    return [Point(each.day, value) for each in told if (value := pick(each)) is not None]


def _amount(told: Told, unit: Unit) -> str:
    reading = told.reading
    words = amount_words(reading.kind, reading.value or 0.0, unit, lower=reading.lower)
    return f"{words} ({reading.note})" if reading.note else words


def _summary(kind: Kind, within: Sequence[Told], trends: Sequence[Trend], unit: Unit, span: int) -> tuple[str, ...]:
    first = trends[0]
    if not within or first.latest is None:
        return (f"Nothing written in the last {span} days.",)
    lines = [f"Last: {_amount(within[-1], unit)}, on {within[-1].day:%A}, {within[-1].day.day} {within[-1].day:%B}."]
    if first.middle is not None:
        lower = trends[1].middle if len(trends) > 1 else None
        middle = amount_words(kind, first.middle, unit, lower=lower)
        lines.append(f"Middle of the last {span} days: {middle} ({_times(first)}).")
    if not first.is_enough:
        lines.append(f"Not enough yet to see where it goes: {_days(first.days)} of {FOR_SLOPE} with a reading.")
        return tuple(lines)
    lines += [_direction_words(kind, trend, unit, name) for trend, name in zip(trends, _names(trends), strict=True)]
    if first.baseline is not None and len(trends) == 1:
        usual = amount_words(kind, first.baseline.usual, unit)
        spread = "" if measure_of(kind).faces else f", give or take {_difference(first.baseline.spread, unit)}"
        lines.append(f"Usual in the weeks before: {usual}{spread} (n = {first.baseline.n} days).")
    return tuple(lines)


def _names(trends: Sequence[Trend]) -> tuple[str, ...]:
    return ("The upper number", "The lower number") if len(trends) > 1 else ("It",)


def _direction_words(kind: Kind, trend: Trend, unit: Unit, name: str) -> str:
    slope = trend.slope
    if slope is None or trend.direction in (Direction.STEADY, Direction.UNKNOWN):
        return f"{name} stays about the same."
    way = "goes up" if trend.direction is Direction.UP else "goes down"
    if measure_of(kind).faces:
        better = (trend.direction is Direction.UP) != (kind == Kind.PAIN)
        return f"{name} gets {'better' if better else 'worse'} little by little."
    low, high = sorted((abs(slope.low), abs(slope.high)))
    between = f"likely between {_difference(low, unit)} and {_difference(high, unit)}"
    return f"{name} {way} by about {_difference(abs(slope.a_week), unit)} a week ({between})."


def _difference(amount: float, unit: Unit) -> str:
    """A change in a unit. Stones are too large for one: pounds are said."""
    unit = LB if unit is STONE else unit
    number = f"{from_base(unit, amount):.1f}".rstrip("0").rstrip(".") if unit.per_base >= 0.1 else ""
    if unit.decimals == 0 and from_base(unit, amount) >= 10:
        number = f"{from_base(unit, amount):,.0f}"
    return f"{number} {unit.words}".strip()


def _times(trend: Trend) -> str:
    return f"n = {trend.n} {'reading' if trend.n == 1 else 'readings'} on {_days(trend.days)}"


def _days(number: int) -> str:
    return f"{number} {'day' if number == 1 else 'days'}"
