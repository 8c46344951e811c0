"""What people do with doses and medicines: once, by whoever may, with everything kept."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from PIL import Image

from companion.accounts.models import AuditLog, User
from companion.care.medicines import actions, pictures, selectors
from companion.care.medicines.actions import RefusedError
from companion.care.medicines.models import DoseEvent, Notice, Occurrence, Regimen, RegimenPicture, StockEvent
from companion.care.medicines.plan import Rule
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import Item
from tests.companion.care.medicines.conftest import Clockwork, daily, doses, instant, letters

Add = Callable[..., Regimen]


@pytest.fixture
def due(add: Add, clockwork: Clockwork) -> Occurrence:
    """A dose of twice a day, due ten minutes ago and reminded of."""
    regimen = add(daily("08:00", "20:00"))
    clockwork.go_to("2026-06-01 12:10")
    return doses(regimen)[0]


def again(occurrence: Occurrence) -> Occurrence:
    return Occurrence.objects.get(pk=occurrence.pk)


def kinds(regimen: Regimen) -> list[str]:
    return list(DoseEvent.objects.filter(regimen=regimen).order_by("recorded_at").values_list("kind", flat=True))


# --- taken ---


def test_taken_keeps_both_times_who_and_how(due: Occurrence, senior: User) -> None:
    result = actions.take_dose(senior, due.pk, source="voice")
    event = DoseEvent.objects.get()
    assert (result.is_new, result.said, result.doubt) == (True, "Well done. I have written it down.", "")
    assert (event.due_at, event.taken_at) == (instant("2026-06-01 12:00"), instant("2026-06-01 12:10"))
    assert (event.by, event.source, event.quantity, event.kind) == (senior, "voice", Decimal(1), "taken")
    row = again(due)
    assert (row.state, row.settled_by, row.step_at, row.was_late) == ("taken", senior, None, False)


def test_second_to_say_so_hears_who_was_first(
    due: Occurrence, clockwork: Clockwork, senior: User, shared: User
) -> None:
    clockwork.jump_to("2026-06-01 12:14")
    assert actions.take_dose(shared, due.pk).event == DoseEvent.objects.get(source="carer")
    clockwork.jump_to("2026-06-01 12:20")
    second = actions.take_dose(senior, due.pk)
    assert (second.is_new, second.said) == (False, "This one is already taken at 8:14 a.m., noted by Anna.")
    assert actions.take_dose(shared, due.pk).said == "This one is already taken at 8:14 a.m., noted by you."
    assert DoseEvent.objects.count() == 1


def test_dose_may_be_noted_early_late_and_after_it_was_missed(
    due: Occurrence, clockwork: Clockwork, senior: User
) -> None:
    evening = doses(due.regimen)[1]
    clockwork.go_to("2026-06-01 22:00")
    assert again(due).state == "missed"
    actions.take_dose(senior, due.pk, taken_at=instant("2026-06-01 13:30"))
    actions.take_dose(senior, evening.pk)
    assert (again(due).state, again(due).was_late, again(evening).was_late) == ("taken", True, False)
    clockwork.go_to("2026-06-02 02:00")
    assert again(evening).state == "taken"


@pytest.mark.parametrize("when", [timedelta(hours=1), -timedelta(days=40)])
def test_time_that_cannot_be_is_refused(due: Occurrence, clockwork: Clockwork, senior: User, when: timedelta) -> None:
    with pytest.raises(RefusedError):
        actions.take_dose(senior, due.pk, taken_at=clockwork.now + when)
    assert not DoseEvent.objects.exists()


def test_possible_double_dose_is_noted_warned_of_and_told(
    due: Occurrence, clockwork: Clockwork, senior: User, shared: User
) -> None:
    actions.take_dose(senior, due.pk)
    clockwork.jump_to("2026-06-01 13:00")
    result = actions.take_as_needed(shared, due.regimen_id)
    assert (result.doubt, result.is_new) == ("double", True)
    assert "ask your pharmacist" in result.said
    assert DoseEvent.objects.filter(kind="taken").count() == 2
    assert letters(shared) == ["Margaret: please check today"]


def test_doses_as_planned_are_never_called_double(add: Add, clockwork: Clockwork, senior: User) -> None:
    regimen = add(daily("08:00", "12:00", "18:00"))
    for at in ("2026-06-01 12:05", "2026-06-01 15:50", "2026-06-01 22:30"):
        clockwork.go_to(at)
        pending = [row for row in doses(regimen) if row.state != "taken"]
        assert actions.take_dose(senior, pending[0].pk).doubt == ""


# --- undone, corrected, skipped ---


def test_undo_adds_a_row_and_the_dose_stands_again(
    due: Occurrence, clockwork: Clockwork, senior: User, shared: User
) -> None:
    actions.count_stock(senior, due.regimen_id, Decimal(100), at=instant("2026-06-01 11:00"))
    actions.take_dose(senior, due.pk)
    assert selectors.stock_of(due.regimen).left == 99
    clockwork.jump_to("2026-06-01 12:20")
    undone = actions.undo_dose(shared, due.pk).event
    assert undone is not None
    assert (undone.kind, undone.of, undone.by) == ("undone", DoseEvent.objects.get(kind="taken"), shared)
    row = again(due)
    assert (row.state, row.taken_at, row.settled_by) == ("pending", None, None)
    assert selectors.stock_of(due.regimen).left == 100
    with pytest.raises(RefusedError):
        actions.undo_dose(senior, due.pk)
    clockwork.go_to("2026-06-01 14:00")
    assert len(letters(shared)) == 1  # the circle is told again when it stays open
    actions.take_dose(senior, due.pk)
    assert kinds(due.regimen) == ["taken", "undone", "taken"]


def test_undo_long_after_makes_it_missed_and_says_nothing(
    due: Occurrence, clockwork: Clockwork, senior: User, shared: User
) -> None:
    actions.take_dose(senior, due.pk)
    clockwork.jump_to("2026-06-02 06:00")
    actions.undo_dose(senior, due.pk)
    count = len(clockwork.pushes)
    clockwork.tick()
    assert (again(due).state, len(clockwork.pushes), letters(shared)) == ("missed", count, [])


def test_undo_of_one_taken_early_is_reminded_of_in_its_time(
    due: Occurrence, clockwork: Clockwork, senior: User
) -> None:
    evening = doses(due.regimen)[1]
    actions.take_dose(senior, evening.pk)
    actions.undo_dose(senior, evening.pk)
    count = len(clockwork.pushes)
    clockwork.go_to("2026-06-02 00:00")
    assert [push["event"]["reminder_id"] for push in clockwork.pushes[count:]][-1] == str(evening.pk)


def test_correcting_the_time_keeps_the_first_row(due: Occurrence, clockwork: Clockwork, senior: User) -> None:
    clockwork.jump_to("2026-06-01 16:00")
    actions.take_dose(senior, due.pk)
    assert again(due).was_late
    actions.change_taken_at(senior, due.pk, instant("2026-06-01 12:05"))
    assert (again(due).was_late, again(due).taken_at) == (False, instant("2026-06-01 12:05"))
    assert kinds(due.regimen) == ["taken", "undone", "taken"]
    taken = DoseEvent.objects.filter(kind="taken").exclude(followed_by__kind="undone").get()
    assert (taken.taken_at, taken.doubt) == (instant("2026-06-01 12:05"), "")


def test_skip_needs_a_reason_and_is_not_missed(due: Occurrence, clockwork: Clockwork, senior: User) -> None:
    with pytest.raises(ValueError, match="because"):
        actions.skip_dose(senior, due.pk, reason="because")
    assert actions.skip_dose(senior, due.pk, reason="felt_ill", note="sick all night").is_new
    assert not actions.skip_dose(senior, due.pk, reason="felt_ill").is_new
    clockwork.go_to("2026-06-01 23:00")
    assert again(due).state == "skipped"
    assert actions.take_dose(senior, due.pk).is_new  # a change of mind
    assert kinds(due.regimen) == ["skipped", "undone", "taken"]
    with pytest.raises(RefusedError, match="already taken"):
        actions.skip_dose(senior, due.pk, reason="other")


def test_words_are_sealed(due: Occurrence, senior: User) -> None:
    actions.skip_dose(senior, due.pk, reason="felt_ill", note="sick all night")
    with connection.cursor() as cursor:
        for table, columns in (("care_doseevent", "note"), ("care_regimen", "name || look || instructions")):
            cursor.execute(f"SELECT {columns} FROM {table}")  # noqa: S608  (our own two, above)
            assert not {"sick", "Metoprolol", "heart"} & set(str(cursor.fetchall()).split())
    assert not [row for row in AuditLog.objects.values_list("details", flat=True) if "sick" in str(row)]


# --- put off ---


def test_snoozing_has_an_end(due: Occurrence, clockwork: Clockwork, senior: User) -> None:
    for _ in range(3):
        actions.snooze_dose(senior, due.pk)
    with pytest.raises(RefusedError, match="often enough"):
        actions.snooze_dose(senior, due.pk)
    assert again(due).due_at == instant("2026-06-01 12:00")
    assert kinds(due.regimen) == ["snoozed"] * 3


def test_snooze_never_goes_past_the_window(due: Occurrence, clockwork: Clockwork, senior: User) -> None:
    actions.snooze_dose(senior, due.pk, minutes=600)
    assert again(due).remind_at == again(due).closes_at - timedelta(minutes=5)
    clockwork.go_to("2026-06-01 14:58")
    with pytest.raises(RefusedError, match="too late"):
        actions.snooze_dose(senior, due.pk)
    clockwork.go_to("2026-06-01 15:10")
    with pytest.raises(RefusedError, match="pharmacist"):
        actions.snooze_dose(senior, due.pk)


# --- as needed ---


@pytest.fixture
def painkiller(add: Add) -> Regimen:
    """At least four hours apart, at most six tablets in 24 hours, two at a time."""
    rule = Rule(kind="as_needed", start="2026-01-01", quantity=2)
    return add(rule, name="Paracetamol", least_minutes_between=240, most_in_24_hours=Decimal(6))


def test_as_needed_says_when_the_next_is_allowed(painkiller: Regimen, clockwork: Clockwork, senior: User) -> None:
    assert selectors.as_needed(painkiller).is_allowed_now
    first = actions.take_as_needed(senior, painkiller.pk)
    assert (first.doubt, first.next_allowed_at) == ("", instant("2026-06-01 14:00"))
    assert first.said.endswith("the next one is allowed at 10:00 a.m.")
    clockwork.jump_to("2026-06-01 11:00")
    second = actions.take_as_needed(senior, painkiller.pk)
    assert second.doubt == "too_soon"
    clockwork.jump_to("2026-06-01 15:00")
    third = actions.take_as_needed(senior, painkiller.pk)
    assert (third.doubt, third.next_allowed_at) == ("", instant("2026-06-02 10:00"))  # when the first is a day old
    clockwork.jump_to("2026-06-01 22:00")
    fourth = actions.take_as_needed(senior, painkiller.pk)
    assert (fourth.doubt, DoseEvent.objects.count()) == ("over_most", 4)
    now = selectors.as_needed(painkiller)
    assert (now.in_24_hours, now.is_allowed_now, now.last_at) == (Decimal(8), False, instant("2026-06-01 22:00"))
    assert not Occurrence.objects.filter(regimen=painkiller).exists()


def test_finger_that_shakes_notes_one_dose(
    painkiller: Regimen, clockwork: Clockwork, senior: User, daughter: User
) -> None:
    first = actions.take_as_needed(senior, painkiller.pk)
    second = actions.take_as_needed(senior, painkiller.pk)
    assert (second.event, second.is_new, DoseEvent.objects.count()) == (first.event, False, 1)
    clockwork.jump_to("2026-06-01 10:01")
    assert actions.take_as_needed(senior, painkiller.pk).is_new


def test_undone_dose_as_needed_does_not_count(painkiller: Regimen, senior: User) -> None:
    event = actions.take_as_needed(senior, painkiller.pk).event
    assert event is not None
    assert actions.undo_as_needed(senior, event.pk).is_new
    assert not actions.undo_as_needed(senior, event.pk).is_new
    assert selectors.as_needed(painkiller).is_allowed_now
    assert not Notice.objects.filter(state="waiting").exists()


# --- who may ---


def every_write(occurrence: Occurrence, by: User) -> list[Callable[[], Any]]:
    regimen, senior_id = occurrence.regimen_id, occurrence.senior_id
    return [
        lambda: actions.take_dose(by, occurrence.pk),
        lambda: actions.skip_dose(by, occurrence.pk, reason="other"),
        lambda: actions.snooze_dose(by, occurrence.pk),
        lambda: actions.undo_dose(by, occurrence.pk),
        lambda: actions.change_taken_at(by, occurrence.pk, instant("2026-06-01 12:00")),
        lambda: actions.take_as_needed(by, regimen),
        lambda: actions.mark_seen(by, senior_id, [occurrence.pk]),
        lambda: actions.add_regimen(by, senior_id, rule=daily("08:00"), name="X"),
        lambda: actions.change_regimen(by, regimen, name="X"),
        lambda: actions.set_picture(by, regimen, None),
        lambda: actions.pause_regimen(by, regimen, reason="other"),
        lambda: actions.stop_regimen(by, regimen),
        lambda: actions.resume_regimen(by, regimen),
        lambda: actions.pause_all(by, senior_id, reason="hospital"),
        lambda: actions.resume_all(by, senior_id),
        lambda: actions.settle_zone(by, regimen, follow=True),
        lambda: actions.set_routine(by, senior_id),
        lambda: actions.refill(by, regimen, Decimal(1)),
        lambda: actions.count_stock(by, regimen, Decimal(1)),
        lambda: actions.discard_stock(by, regimen, Decimal(1)),
    ]


@pytest.mark.parametrize("number", range(20))
def test_stranger_visitor_and_unshared_family_change_nothing(
    number: int, due: Occurrence, senior: User, daughter: User, visitor: User, stranger: User
) -> None:
    before = AuditLog.objects.count()
    with pytest.raises(NotYoursError):  # not shared yet
        every_write(due, daughter)[number]()
    circle.set_sharing(senior, senior.pk, Item.MEDICINES, is_on=True)
    for by in (stranger, visitor):
        with pytest.raises(NotYoursError):
            every_write(due, by)[number]()
    assert AuditLog.objects.count() == before + 1  # the sharing
    assert not DoseEvent.objects.exists()


def test_list_of_writes_is_whole() -> None:
    tried = 20 + 3  # undo_as_needed and record_effect are about events, see above; DoseResult and errors are no verbs
    verbs = [name for name in actions.__all__ if name[0].islower()]
    assert len(verbs) == tried - 1


def test_unknown_id_and_forbidden_one_get_the_same_answer(due: Occurrence, stranger: User) -> None:
    with pytest.raises(NotYoursError) as unknown:
        actions.take_dose(stranger, uuid4())
    with pytest.raises(NotYoursError) as forbidden:
        actions.take_dose(stranger, due.pk)
    assert str(unknown.value) == str(forbidden.value)


def test_every_write_is_in_the_audit_log(due: Occurrence, senior: User) -> None:
    actions.take_dose(senior, due.pk)
    actions.undo_dose(senior, due.pk)
    actions.count_stock(senior, due.regimen_id, Decimal(3))
    actions.pause_regimen(senior, due.regimen_id, reason="doctor")
    said = set(AuditLog.objects.filter(subject_id=senior.pk).values_list("action", flat=True))
    assert {"regimen.added", "dose.taken", "dose.undone", "stock.count", "regimen.paused"} <= said


def test_open_pages_are_told_without_words(
    due: Occurrence, senior: User, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    from companion.circle import events

    sent: list[Any] = []
    monkeypatch.setattr(events, "send_hints", sent.extend)
    with django_capture_on_commit_callbacks(execute=True):
        actions.take_dose(senior, due.pk)
    hint = {
        "type": "dose.changed",
        "senior_id": str(senior.pk),
        "regimen_id": str(due.regimen_id),
        "occurrence_id": str(due.pk),
    }
    assert sent == [(f"senior.{senior.pk}", hint)]


# --- medicines ---


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
