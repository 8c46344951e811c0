"""When a message is tried again, and when a phone may stay silent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from companion.safety.retries import next_try, quiet_until

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


def test_pauses_grow_to_a_minute_and_end_after_twelve_tries() -> None:
    pauses = [next_try(tries, NOW) for tries in range(1, 13)]
    seconds = [(at - NOW).total_seconds() if at else None for at in pauses]
    assert seconds == [1, 2, 4, 8, 15, 30, 60, 60, 60, 60, 60, None]


def test_service_may_ask_for_a_longer_pause_but_not_a_shorter() -> None:
    assert next_try(1, NOW, retry_after=20) == NOW + timedelta(seconds=20)
    assert next_try(7, NOW, retry_after=5) == NOW + timedelta(seconds=60)


@pytest.mark.parametrize(
    ("local", "begins", "ends", "until"),
    [
        ("2026-07-01 23:30", time(22), time(7), "2026-07-02 07:00"),
        ("2026-07-02 03:00", time(22), time(7), "2026-07-02 07:00"),
        ("2026-07-02 07:00", time(22), time(7), "2026-07-02 07:00"),
        ("2026-07-01 12:00", time(22), time(7), "2026-07-01 12:00"),
        ("2026-07-01 13:00", time(12), time(14), "2026-07-01 14:00"),
        ("2026-07-01 13:00", None, None, "2026-07-01 13:00"),
        ("2026-03-28 23:00", time(22), time(7), "2026-03-29 07:00"),  # the clocks change in that night
    ],
)
def test_quiet_hours_are_the_persons_own(local: str, begins: time | None, ends: time | None, until: str) -> None:
    from zoneinfo import ZoneInfo

    oslo = ZoneInfo("Europe/Oslo")
    now = datetime.fromisoformat(local).replace(tzinfo=oslo).astimezone(UTC)
    expected = datetime.fromisoformat(until).replace(tzinfo=oslo)
    assert quiet_until(now, "Europe/Oslo", begins, ends) == expected
