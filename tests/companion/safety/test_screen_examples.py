"""The teaching material: well-formed, split honestly, and varied without changing what it means."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from companion.safety.screen.examples import Example, Variations, read_examples, split
from companion.safety.screen.learned import Judgement, Thresholds
from companion.safety.screen.levels import Level
from companion.safety.screen.measuring import Heard, choose, rates

ROWS = read_examples()


def test_every_line_is_an_example_and_none_is_there_twice() -> None:
    assert len({(row.text, row.context) for row in ROWS}) == len(ROWS)
    assert all(1 <= len(row.text.split()) <= 160 and len(row.context) <= 5 for row in ROWS)


def test_harmless_ones_are_at_least_as_many_as_alarms() -> None:
    levels = Counter(row.level for row in ROWS)
    assert levels[Level.NONE] + levels[Level.CONCERN] >= levels[Level.EMERGENCY] + levels[Level.ASK]


def test_no_voice_and_no_scenario_is_in_two_parts() -> None:
    parts = split(ROWS)
    for first, second in (
        (parts.train, parts.test),
        (parts.train, parts.development),
        (parts.development, parts.test),
    ):
        assert first
        assert second
        assert not {row.voice for row in first} & {row.voice for row in second}
        assert not {row.scenario for row in first} & {row.scenario for row in second}


def test_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "w9.jsonl").write_text('{"text": "hello", "level": "X"}\n')
    with pytest.raises(ValueError, match=r"w9\.jsonl:1"):
        read_examples(tmp_path)


def test_variants_are_reproducible_and_keep_the_label() -> None:
    alarms = [row for row in ROWS if row.alarm][:200]
    first = [Variations(ROWS, seed=3).of(row) for row in alarms]
    assert first == [Variations(ROWS, seed=3).of(row) for row in alarms]
    varied = Variations(ROWS, seed=3)
    several = [varied.of(row) for row in alarms]
    assert [row.level for row in several] == [row.level for row in alarms]
    assert any(one.text != row.text for one, row in zip(several, alarms, strict=True))


def _heard(level: Level, alarm: float, *, trap: str = "plain", floor: Level = Level.NONE) -> Heard:
    example = Example("x", level, "fall", "voice", "scenario", trap)
    return Heard(example, floor, floor, Judgement((1 - alarm, 0.0, alarm / 2, alarm / 2), "fall"))


def test_thresholds_part_what_can_be_parted() -> None:
    heard = [_heard(Level.EMERGENCY, 0.8), _heard(Level.ASK, 0.6)] * 50 + [
        _heard(Level.NONE, 0.3, trap=trap) for trap in ("negated", "everyday") for _ in range(50)
    ]
    found = rates(heard, choose(heard))
    assert (found.emergencies, found.asks) == (1.0, 1.0)
    assert (found.hard_questions, found.everyday_questions, found.hard_alerts) == (0.0, 0.0, 0.0)


def test_floor_counts_in_the_rates_whatever_the_thresholds() -> None:
    heard = [_heard(Level.EMERGENCY, 0.0, floor=Level.EMERGENCY), _heard(Level.NONE, 0.0, floor=Level.ASK)]
    found = rates(heard, Thresholds(2, 2, 2))
    assert found.emergencies_at_once == 1.0
    assert found.hard_questions == 1.0
    assert found.hard_alerts == 0.0
