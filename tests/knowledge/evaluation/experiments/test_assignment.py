"""Who is in which arm."""

from __future__ import annotations

import subprocess
import sys
from uuid import UUID

from knowledge.evaluation.experiments.assignment import arm_of
from knowledge.evaluation.experiments.statistics import mismatch

ARMS = [{"name": "A", "value": "usual", "weight": 3}, {"name": "B", "value": "4", "weight": 1}]
PEOPLE = [UUID(int=number).hex for number in range(20_000)]


def test_another_process_puts_the_same_people_into_the_same_arms() -> None:
    asked = (
        "from knowledge.evaluation.experiments.assignment import arm_of\n"
        f"print(''.join(arm_of({ARMS!r}, salt='s', alias=format(n, '032x')) for n in range(200)))"
    )
    other = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.strip()
    assert other == "".join(str(arm_of(ARMS, salt="s", alias=alias)) for alias in PEOPLE[:200])


def test_arms_are_as_large_as_their_weights_say() -> None:
    arms = [arm_of(ARMS, salt="s", alias=alias) for alias in PEOPLE]
    counted = {name: arms.count(name) for name in "AB"}
    p_value = mismatch(counted, {"A": 3, "B": 1})
    assert p_value is not None
    assert p_value > 0.001


def test_two_experiments_know_nothing_of_each_other() -> None:
    both = [(arm_of(ARMS, salt="one", alias=alias), arm_of(ARMS, salt="two", alias=alias)) for alias in PEOPLE]
    in_second = [one for one, two in both if two == "B"]
    assert abs(in_second.count("B") / len(in_second) - 0.25) < 0.02


def test_more_traffic_adds_people_and_moves_nobody() -> None:
    few = {alias: arm_of(ARMS, salt="s", alias=alias, traffic=0.1) for alias in PEOPLE}
    many = {alias: arm_of(ARMS, salt="s", alias=alias, traffic=0.5) for alias in PEOPLE}
    taking_part = [alias for alias, arm in few.items() if arm is not None]
    assert abs(len(taking_part) / len(PEOPLE) - 0.1) < 0.01
    assert all(many[alias] == few[alias] for alias in taking_part)
