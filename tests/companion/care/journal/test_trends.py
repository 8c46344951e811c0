"""Trends hold against odd readings, say what they rest on, and claim nothing from too little."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from scipy.stats import theilslopes

from companion.care.journal.explanations import Told, explain
from companion.care.journal.measures import KG, LB, MMHG, MMOL, NO_UNIT, STONE, Kind, Reading
from companion.care.journal.telling import trend_view
from companion.care.journal.trends import Direction, Point, slope_of, trend_of

TODAY = date(2026, 11, 22)


def points(values: Callable[[int], float], *, days: range) -> list[Point]:
    """A value for each number of days ago."""
    return [Point(TODAY - timedelta(days=ago), values(ago)) for ago in days]


def told(kind: Kind, *rows: tuple[int, float] | tuple[int, float, float]) -> list[Told]:
    """Readings by days ago, oldest first."""
    ordered = sorted(rows, key=lambda row: -row[0])
    return [
        Told(TODAY - timedelta(days=row[0]), Reading(kind, row[1], row[2] if len(row) > 2 else None)) for row in ordered
    ]


@pytest.mark.parametrize("seed", range(12))
def test_the_slope_and_its_interval_are_those_of_the_literature(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    days = sorted(chance.sample(range(200), chance.randrange(7, 60)))
    daily = [Point(TODAY + timedelta(days=day), round(chance.gauss(day * 0.05, 2), seed % 2)) for day in days]
    found, known = slope_of(daily), theilslopes([point.value for point in daily], days, alpha=0.95)
    assert found is not None
    expected = [known.slope * 7, known.low_slope * 7, known.high_slope * 7]
    assert [found.a_week, found.low, found.high] == pytest.approx(expected)
    assert found.n == len(days)


def test_one_odd_reading_bends_nothing() -> None:
    steady = points(lambda ago: 72 + (ago % 3) * 0.1, days=range(60))
    odd = [*steady, Point(TODAY, 720.0)]
    plain, bent = (trend_of(each, today=TODAY, days=30, notable=1) for each in (steady, odd))
    assert bent.direction is plain.direction is Direction.STEADY
    assert bent.middle == pytest.approx(plain.middle)


def test_a_clear_rise_is_seen_with_its_numbers() -> None:
    trend = trend_of(points(lambda ago: 74 - ago * 0.05, days=range(90)), today=TODAY, days=30, notable=1)
    assert trend.direction is Direction.UP
    assert trend.slope is not None
    assert trend.slope.a_week == pytest.approx(0.35)
    assert (trend.n, trend.days, trend.slope.n) == (30, 30, 30)
    assert trend.baseline is not None
    assert trend.baseline.n == 76
    assert trend.baseline.usual == pytest.approx(74 - (14 + 89) / 2 * 0.05)


def test_several_readings_of_a_day_count_once() -> None:
    many = [Point(TODAY, value) for value in (120.0, 130.0, 180.0)] + points(lambda ago: 125, days=range(1, 9))
    trend = trend_of(many, today=TODAY, days=30, notable=5)
    assert (trend.n, trend.days, trend.middle) == (11, 9, 125)


@pytest.mark.parametrize(("days", "has_middle", "has_slope"), [(0, False, False), (2, False, False), (3, True, False),
                                                              (6, True, False), (7, True, True)])  # fmt: skip
def test_too_little_claims_nothing(days: int, has_middle: bool, has_slope: bool) -> None:
    trend = trend_of(points(lambda ago: 72, days=range(days)), today=TODAY, days=30, notable=1)
    assert (trend.middle is not None, trend.is_enough) == (has_middle, has_slope)
    assert trend.direction is (Direction.STEADY if has_slope else Direction.UNKNOWN)
    assert trend.baseline is None


def test_days_to_come_are_left_out() -> None:
    trend = trend_of([Point(TODAY + timedelta(days=1), 72.0)], today=TODAY, days=30, notable=1)
    assert (trend.n, trend.latest) == (0, None)


def test_words_name_n_and_say_when_it_is_not_enough() -> None:
    view = trend_view(Kind.WEIGHT, told(Kind.WEIGHT, (0, 72.4), (1, 72.0), (3, 72.2)), unit=KG, today=TODAY, span=30)
    assert view.summary == (
        "Last: 72.4 kg, on Sunday, 22 November.",
        "Middle of the last 30 days: 72.2 kg (n = 3 readings on 3 days).",
        "Not enough yet to see where it goes: 3 days of 7 with a reading.",
    )
    assert not view.is_enough


def test_words_of_a_rise_give_its_interval_in_the_persons_unit() -> None:
    rows = [(ago, 74 - ago * 0.05) for ago in range(60)]
    view = trend_view(Kind.WEIGHT, told(Kind.WEIGHT, *rows), unit=STONE, today=TODAY, span=30)
    assert view.summary[0].startswith("Last: 11 st 9 lb")
    assert "It goes up by about 0.8 lb a week (likely between 0.8 lb and 0.8 lb)." in view.summary


def test_a_blood_pressure_has_two_rows_with_marks_of_their_own() -> None:
    rows = [(ago, 130.0, 80.0 + ago % 2) for ago in range(10)]
    view = trend_view(Kind.BLOOD_PRESSURE, told(Kind.BLOOD_PRESSURE, *rows), unit=MMHG, today=TODAY, span=30)
    assert view.chart is not None
    assert [(series.key, len(series.marks)) for series in view.chart.series] == [("upper", 10), ("lower", 10)]
    upper, lower = (series.marks[0].y for series in view.chart.series)
    assert upper < lower, "the larger number is drawn higher"
    assert [row.words for row in view.rows][:1] == ["130 over 80"]


def test_marks_lie_inside_the_picture_and_gaps_stay_open() -> None:
    rows = [(ago, float(4000 + 300 * (ago % 7))) for ago in (0, 1, 2, 25, 26, 80)]
    view = trend_view(Kind.STEPS, told(Kind.STEPS, *rows), unit=NO_UNIT, today=TODAY, span=90)
    assert view.chart is not None
    (series,) = view.chart.series
    assert all(0 <= mark.x <= 100 and 0 <= mark.y <= 100 for mark in series.marks)
    assert len(series.lines) == 3, "no line is drawn over weeks without a reading"


@pytest.mark.parametrize(
    ("kind", "rows", "key"),
    [
        (Kind.WEIGHT, [(3, 72.0), (0, 74.1)], "quick_gain"),
        (Kind.WEIGHT, [(5, 72.0), (0, 74.1)], None),  # more than three days
        (Kind.WEIGHT, [(3, 72.0), (0, 74.0)], None),  # not more than 2 kg
        (Kind.WEIGHT, [(13, 72.0), (10, 75.0)], None),  # long over
        (Kind.WEIGHT, [(150, 80.0), (140, 80.0), (5, 75.0), (1, 75.0)], "slow_loss"),
        (Kind.WEIGHT, [(150, 80.0), (140, 80.0), (5, 78.0), (1, 78.0)], None),
        (Kind.BLOOD_PRESSURE, [(ago, 138.0, 80.0) for ago in range(4)], "raised_at_home"),
        (Kind.BLOOD_PRESSURE, [(ago, 120.0, 86.0) for ago in range(4)], "raised_at_home"),
        (Kind.BLOOD_PRESSURE, [(ago, 134.0, 84.0) for ago in range(4)], None),
        (Kind.BLOOD_PRESSURE, [(0, 170.0, 95.0), (1, 170.0, 95.0)], None),  # too few days
        (Kind.GLUCOSE, [(0, 3.5), (4, 3.8)], "often_low"),
        (Kind.GLUCOSE, [(0, 3.5), (4, 5.8)], None),
        (Kind.MOOD, [(ago, 2.0) for ago in range(10)], "low_for_weeks"),
        (Kind.MOOD, [(ago, 2.0 if ago % 2 else 4.0) for ago in range(14)], None),
    ],
)
def test_explanations_follow_published_rules(kind: Kind, rows: list[tuple[int, float]], key: str | None) -> None:
    unit = {Kind.WEIGHT: KG, Kind.BLOOD_PRESSURE: MMHG, Kind.GLUCOSE: MMOL}.get(kind, NO_UNIT)
    found = explain(kind, told(kind, *rows), today=TODAY, unit=unit)
    assert [each.key for each in found] == ([key] if key else [])
    for each in found:
        assert each.source.url.startswith("https://")
        assert "you have" not in each.what.lower(), "an explanation is no diagnosis"


def test_explanation_is_worded_in_the_persons_unit() -> None:
    (found,) = explain(Kind.WEIGHT, told(Kind.WEIGHT, (3, 72.0), (0, 74.1)), today=TODAY, unit=LB)
    assert found.what == "Up 4.6 lb in 3 days."
