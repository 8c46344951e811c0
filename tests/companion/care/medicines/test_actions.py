"""What people do with doses and medicines: once, by whoever may, with everything kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from companion.accounts.models import AuditLog, User
from companion.care.medicines import actions, selectors
from companion.care.medicines.actions import RefusedError
from companion.care.medicines.models import DoseEvent, Notice, Occurrence, Regimen
from companion.care.medicines.plan import Rule
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import Item
from tests.companion.care.medicines.conftest import Clockwork, again, daily, doses, instant, letters

Add = Callable[..., Regimen]


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


def test_a_dose_that_is_due_counts_towards_the_most_in_a_day(
    add: Add, clockwork: Clockwork, senior: User, shared: User
) -> None:
    rule = daily("08:00", "12:00", "16:00", "20:00", quantity=2)
    regimen = add(rule, name="Paracetamol", most_in_24_hours=Decimal(8))
    for number, at in enumerate(("12:00", "16:00", "20:00")):
        clockwork.go_to(f"2026-06-01 {at}")
        assert actions.take_dose(senior, doses(regimen)[number].pk).doubt == ""
    clockwork.go_to("2026-06-01 22:00")
    assert actions.take_as_needed(senior, regimen.pk).doubt == ""
    clockwork.go_to("2026-06-02 00:10")
    assert actions.take_dose(senior, doses(regimen)[3].pk).doubt == "over_most"


def test_the_same_doses_every_day_are_never_too_many(add: Add, clockwork: Clockwork, senior: User) -> None:
    rule = daily("08:00", "12:00", "16:00", "20:00", quantity=2)
    regimen = add(rule, name="Paracetamol", most_in_24_hours=Decimal(8))
    doubts = []
    for day, minutes in ((1, 50), (2, 0), (3, 30)):
        for number, hour in enumerate((12, 16, 20, 24)):
            due = instant(f"2026-06-0{day} 00:00") + timedelta(hours=hour)
            clockwork.go_to(due + timedelta(minutes=minutes))
            doubts.append(actions.take_dose(senior, doses(regimen)[4 * (day - 1) + number].pk).doubt)
    assert doubts == [""] * 12


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
