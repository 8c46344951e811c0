"""What is kept of medicines themselves: what is refused, their pictures, and what is read of their doses."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from PIL import Image

from companion.accounts.models import User
from companion.care.medicines import actions, pictures, selectors
from companion.care.medicines.actions import RefusedError
from companion.care.medicines.models import Occurrence, Regimen, RegimenPicture, StockEvent
from companion.care.medicines.plan import Rule
from tests.companion.care.medicines.conftest import Clockwork, again, daily, doses

Add = Callable[..., Regimen]


@pytest.mark.parametrize(
    "details",
    [{"name": " "}, {"form": "cloud"}, {"notice_minutes": 1}, {"window_minutes": 500}, {"food": "maybe"}, {}],
)
def test_medicine_that_cannot_be_is_refused(details: dict[str, Any], senior: User, clockwork: Clockwork) -> None:
    whole = {"name": "X", **details} if details else {}
    with pytest.raises(RefusedError):
        actions.add_regimen(senior, senior.pk, rule=daily("08:00"), **whole)
    assert not Regimen.objects.exists()


def test_medicine_cannot_follow_another_seniors(add: Add, senior: User, stranger: User) -> None:
    with pytest.raises(RefusedError):
        add(Rule(kind="linked", start="2026-01-01", after=uuid4(), minutes_after=5))


def test_stopped_medicine_keeps_its_history(due: Occurrence, clockwork: Clockwork, senior: User) -> None:
    actions.take_dose(senior, due.pk)
    actions.stop_regimen(senior, due.regimen_id)
    clockwork.go_to("2026-06-03 20:00")
    assert [row.state for row in doses(due.regimen)] == ["taken"]
    assert selectors.regimens_of(senior.pk) == []
    assert selectors.regimens_of(senior.pk, with_stopped=True)[0].state == "stopped"
    for change in (actions.resume_regimen, actions.change_regimen):
        with pytest.raises(RefusedError):
            change(senior, due.regimen_id)


def test_after_a_death_everything_is_stopped(due: Occurrence, senior: User, shared: User) -> None:
    assert actions.pause_all(shared, senior.pk, reason="deceased") == 1
    regimen = Regimen.objects.get()
    assert (regimen.state, regimen.state_reason, again(due).state) == ("stopped", "deceased", "cancelled")


def picture(kind: str, size: tuple[int, int] = (800, 600)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "white").save(made, kind)
    return made.getvalue()


def test_picture_is_made_anew_small_and_sealed(due: Occurrence, senior: User) -> None:
    actions.set_picture(senior, due.regimen_id, picture("PNG"))
    kept = RegimenPicture.objects.get()
    with Image.open(io.BytesIO(pictures.as_bytes(kept.data))) as opened:
        assert (opened.format, opened.size) == ("JPEG", (480, 360))
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM care_regimenpicture")
        assert cursor.fetchone()[0].startswith("v1|")
    assert selectors.regimens_of(senior.pk)[0].has_picture
    actions.set_picture(senior, due.regimen_id, None)
    assert not RegimenPicture.objects.exists()


@pytest.mark.parametrize("image", [b"", b"<svg/>", picture("GIF"), picture("PNG")[:200], b"x" * (5 * 1024 * 1024 + 1)])
def test_what_is_no_picture_is_refused(image: bytes, due: Occurrence, senior: User) -> None:
    with pytest.raises(RefusedError):
        actions.set_picture(senior, due.regimen_id, image)
    assert not RegimenPicture.objects.exists()


@pytest.mark.parametrize("quantity", [Decimal(-1), Decimal(0), Decimal("NaN"), Decimal("Infinity"), Decimal(10**9)])
def test_number_of_tablets_that_cannot_be_is_refused(quantity: Decimal, due: Occurrence, senior: User) -> None:
    with pytest.raises(RefusedError):
        actions.refill(senior, due.regimen_id, quantity)
    assert not StockEvent.objects.exists()


# --- what is read ---


def test_day_shows_what_belongs_to_it(due: Occurrence, senior: User) -> None:
    day = selectors.doses_of_day(senior.pk, date(2026, 6, 1))
    assert [(row.label, row.state) for row in day] == [("08:00", "pending"), ("20:00", "pending")]
    assert selectors.open_doses(senior.pk) == [due]
    following = selectors.next_due(senior.pk)
    assert following is not None
    assert following.label == "20:00"


def test_never_two_of_one_medicine_are_offered(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00", "09:00"))
    clockwork.jump_to("2026-06-01 13:10")  # no tick has come since both were due
    assert selectors.open_doses(senior.pk) == [doses(regimen)[1]]


def test_adherence_counts_what_the_definition_says(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00"))
    add(Rule(kind="as_needed", start="2026-01-01"))
    fates: list[Callable[[Occurrence], object]] = [
        lambda dose: actions.take_dose(senior, dose.pk),
        lambda dose: actions.skip_dose(senior, dose.pk, reason="felt_ill"),
        lambda dose: actions.skip_dose(senior, dose.pk, reason="ran_out"),
        lambda dose: None,
    ]
    for day, fate in enumerate(fates, start=1):
        clockwork.go_to(f"2026-06-{day:02d} 12:30")
        fate(doses(regimen)[day - 1])
    clockwork.go_to("2026-06-05 15:00")
    actions.take_dose(senior, doses(regimen)[4].pk)  # late
    clockwork.jump_to("2026-06-06 20:00")
    clockwork.tick()  # not reminded
    actions.pause_all(senior, senior.pk, reason="hospital")
    clockwork.go_to("2026-06-07 20:00")
    found = selectors.adherence(senior.pk, date(2026, 6, 1), date(2026, 6, 30))
    assert (found.taken, found.late, found.missed, found.skipped) == (2, 1, 1, 1)
    assert (found.excused, found.not_reminded, found.n, found.share, found.percent) == (1, 1, 4, 0.5, 50)
    days = selectors.adherence_by_day(senior.pk, date(2026, 6, 1), date(2026, 6, 30))
    assert [day.day for day in days] == [1, 2, 3, 4, 5, 6]
    nothing = selectors.adherence(senior.pk, date(2025, 1, 1), date(2025, 2, 1))
    assert (nothing.n, nothing.share, nothing.percent) == (0, None, None)
