"""Raising, joining, answering, claiming, closing: what is stored when the call returns, and who may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from companion.accounts.models import AuditLog, User
from companion.circle import actions as circle
from companion.circle.access import NotYoursError
from companion.circle.models import ContactPoint, Item
from companion.safety import actions, clock, deadlines, selectors, sending, upkeep
from companion.safety.actions import RaisedAlert, raise_alert
from companion.safety.delivery import Outcome
from companion.safety.models import Alert, AlertEvent, Delivery
from companion.safety.screen import Level
from tests.companion.circle.conftest import join, person

pytestmark = pytest.mark.django_db


def fall(senior: User, level: str = "E", **more: Any) -> RaisedAlert:
    given = {"category": "fall", "words": "I fell and cannot get up", "reasons": ("fell",), "source": "chat", **more}
    return raise_alert(senior_id=senior.pk, level=level, **given)


def kinds(alert_id: UUID) -> list[str]:
    return list(AlertEvent.objects.filter(alert=alert_id).values_list("kind", flat=True))


def told(alert_id: UUID, **conditions: Any) -> set[tuple[str, str]]:
    rows = Delivery.objects.filter(alert=alert_id, **conditions).exclude(state="cancelled")
    return {(row.recipient.username if row.recipient else row.channel, row.message) for row in rows}


def make_due(alert_id: UUID, column: str) -> None:
    alert = Alert.objects.get(pk=alert_id)
    setattr(alert, column, getattr(alert, column) - timedelta(days=1))
    alert.save(update_fields=[column])
    deadlines.act_on_due()


def sent(alert_id: UUID) -> None:
    Delivery.objects.filter(alert=alert_id, state="pending").update(state="sent", due_at=None)


def test_alert_its_timeline_and_its_deliveries_are_stored_together(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior, level=Level.EMERGENCY, turn_id=uuid4(), trace_id="a" * 32)
    alert = Alert.objects.get(pk=raised.alert_id)
    assert (raised.joined, raised.spooled, raised.circle_told) == (False, False, True)
    assert (alert.level, alert.state, alert.rung, alert.words) == ("E", "raised", 1, "I fell and cannot get up")
    assert kinds(alert.pk) == ["raised", "told"]
    assert told(alert.pk) == {("anna", "alert")}
    assert AuditLog.objects.filter(action="alert.raised", subject_id=senior.pk).count() == 1


def test_words_and_reasons_are_sealed_in_the_database(senior: User) -> None:
    raised = fall(senior)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words, reasons FROM safety_alert")
        row = cursor.fetchone()
    assert all(value.startswith("v1|") and "fell" not in value for value in row)
    assert Alert.objects.get(pk=raised.alert_id).words.startswith("I fell")


def test_same_trouble_within_half_an_hour_joins_and_tells_nobody_twice(senior: User, daughter: User) -> None:
    first = fall(senior)
    second = fall(senior, words="still on the floor")
    assert (second.alert_id, second.joined) == (first.alert_id, True)
    assert len(told(first.alert_id)) == Delivery.objects.count() == 1
    assert AlertEvent.objects.get(kind="said_again").words == "still on the floor"


@pytest.mark.parametrize("change", ["category", "age", "closed"])
def test_other_trouble_does_not_join(senior: User, daughter: User, change: str) -> None:
    first = fall(senior)
    if change == "age":
        Alert.objects.update(raised_at=Alert.objects.get().raised_at - timedelta(minutes=31))
    if change == "closed":
        actions.resolve(first.alert_id, daughter, reason="fine")
    second = fall(senior, category="breathing" if change == "category" else "fall")
    assert (second.joined, Alert.objects.count()) == (False, 2)


def test_higher_level_tells_people_although_it_joins(senior: User, daughter: User) -> None:
    question = fall(senior, level="A")
    assert told(question.alert_id) == set()
    worse = fall(senior, level="E")
    assert (worse.alert_id, worse.joined) == (question.alert_id, True)
    assert told(question.alert_id) == {("anna", "alert")}


def test_same_press_twice_is_one_press(senior: User, daughter: User) -> None:
    first = actions.press_help(senior, key="press-1")
    again = actions.press_help(senior, key="press-1")
    assert (first.alert_id, first.joined) == (again.alert_id, again.joined)
    assert kinds(first.alert_id) == ["raised", "told"]


def test_unknown_person_is_refused_and_nothing_is_spooled(db: None) -> None:
    with pytest.raises(User.DoesNotExist):
        raise_alert(senior_id=uuid4(), level="E", category="fall", words="", reasons=(), source="chat")
    assert not Alert.objects.exists()


def test_level_of_no_alert_is_refused(senior: User) -> None:
    with pytest.raises(ValueError, match="N"):
        fall(senior, level="N")


def test_question_answered_no_is_over_and_nobody_ever_hears(senior: User, daughter: User) -> None:
    raised = fall(senior, level="A")
    actions.answer_question(raised.alert_id, senior.pk, yes=False)
    make = Alert.objects.get(pk=raised.alert_id)
    assert (make.state, make.closed_by, Delivery.objects.count()) == ("resolved", senior, 0)


def test_question_answered_yes_tells_the_circle(senior: User, daughter: User) -> None:
    raised = fall(senior, level="A")
    actions.answer_question(raised.alert_id, senior.pk, yes=True)
    assert Alert.objects.get().level == "E"
    assert told(raised.alert_id) == {("anna", "alert")}


def test_silence_tells_the_circle(senior: User, daughter: User) -> None:
    raised = fall(senior, level="A")
    make_due(raised.alert_id, "answer_due_at")
    assert kinds(raised.alert_id) == ["asked", "silence", "told"]
    assert told(raised.alert_id) == {("anna", "alert")}


def test_ladder_tells_the_next_people_rung_by_rung(senior: User, daughter: User, son: User, visitor: User) -> None:
    circle.change_member(
        senior, senior.pk, senior.profile.members.get(user=visitor).pk, role="viewer", receives_alerts=True
    )
    raised = fall(senior)
    make_due(raised.alert_id, "escalate_at")
    assert told(raised.alert_id) == {("anna", "alert"), ("ben", "alert")}
    make_due(raised.alert_id, "escalate_at")
    assert told(raised.alert_id) == {("anna", "alert"), ("ben", "alert"), ("vera", "alert")}
    assert Delivery.objects.filter(recipient=daughter).count() == 2


def test_two_looks_at_one_deadline_act_once(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior)
    make_due(raised.alert_id, "escalate_at")
    assert deadlines.act_on_due() == 0
    assert Alert.objects.get().rung == 2


def test_claim_gives_the_others_peace_and_tells_those_who_were_told(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior)
    sent(raised.alert_id)
    make_due(raised.alert_id, "escalate_at")
    assert actions.claim(raised.alert_id, son)
    alert = Alert.objects.get()
    assert (alert.state, alert.claimed_by, alert.escalate_at) == ("claimed", son, None)
    assert told(raised.alert_id) == {("anna", "alert"), ("anna", "claimed")}
    assert not actions.claim(raised.alert_id, daughter)
    assert Alert.objects.get().claimed_by == son


def test_emergency_after_claim_and_all_clear_is_really_sent(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior)
    sent(raised.alert_id)
    actions.claim(raised.alert_id, daughter)
    actions.senior_all_clear(raised.alert_id, senior.pk)
    sent(raised.alert_id)
    fall(senior)
    assert [held.letter.subject for held in sending.claim_due(10)] == ["Margaret needs help"]
    alert = Alert.objects.get()
    assert (alert.state, alert.claimed_by, alert.claimed_at) == ("notified", None, None)
    make_due(raised.alert_id, "escalate_at")
    assert ("ben", "alert") in told(raised.alert_id)


def test_claim_without_outcome_opens_again(senior: User, daughter: User) -> None:
    raised = fall(senior)
    sent(raised.alert_id)
    actions.claim(raised.alert_id, daughter)
    make_due(raised.alert_id, "outcome_due_at")
    assert Alert.objects.get().state == "notified"
    assert told(raised.alert_id, state="pending") == {("anna", "reopened")}


def test_end_is_told_to_everyone_who_was_told_and_has_its_reason(senior: User, daughter: User, son: User) -> None:
    raised = fall(senior)
    sent(raised.alert_id)
    make_due(raised.alert_id, "escalate_at")
    sent(raised.alert_id)
    assert actions.mark_false_alarm(raised.alert_id, son, reason="the cat")
    alert = Alert.objects.get()
    assert (alert.state, alert.reason, alert.closed_by) == ("false_alarm", "the cat", son)
    assert told(raised.alert_id, state="pending") == {("anna", "closed")}
    assert not actions.resolve(raised.alert_id, daughter, reason="late")
    assert Alert.objects.get().state == "false_alarm"


def test_all_clear_lowers_an_emergency_and_tells_people_but_never_closes_it(senior: User, daughter: User) -> None:
    raised = fall(senior)
    sent(raised.alert_id)
    actions.senior_all_clear(raised.alert_id, senior.pk)
    alert = Alert.objects.get()
    assert (alert.state, alert.level, alert.is_calmed) == ("raised", "A", True)
    assert told(raised.alert_id, state="pending") == {("anna", "calmed")}


@pytest.mark.parametrize("act", ["claim", "resolve", "mark_false_alarm"])
@pytest.mark.parametrize("who", ["stranger", "visitor", "senior"])
def test_others_cannot_handle_an_alert(
    senior: User, daughter: User, act: str, who: str, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    raised = fall(senior)
    before = kinds(raised.alert_id)
    with pytest.raises(NotYoursError):
        getattr(actions, act)(raised.alert_id, by, **({} if act == "claim" else {"reason": "x"}))
    assert kinds(raised.alert_id) == before, f"{who} wrote on the timeline"


@pytest.mark.parametrize("act", ["answer_question", "senior_all_clear"])
def test_only_the_senior_answers_for_the_senior(senior: User, daughter: User, act: str) -> None:
    raised = fall(senior, level="A")
    with pytest.raises(NotYoursError):
        getattr(actions, act)(raised.alert_id, daughter.pk, **({"yes": False} if act == "answer_question" else {}))
    assert Alert.objects.get().state == "raised"


def test_sharing_taken_back_ends_sight_and_messages(senior: User, daughter: User) -> None:
    raised = fall(senior)
    circle.set_sharing(senior, senior.pk, Item.ALERTS, is_on=False)
    with pytest.raises(NotYoursError):
        actions.claim(raised.alert_id, daughter)
    assert not fall(senior, category="breathing").circle_told


def test_nobody_to_tell_is_said_and_the_operator_is_called(senior: User, settings: Any) -> None:
    settings.ALERT_OPERATORS = ["json://operator.example/"]
    raised = fall(senior)
    assert not raised.circle_told
    assert kinds(raised.alert_id) == ["raised", "nobody", "operator"]
    assert told(raised.alert_id) == {("operator0", "operator")}
    held = sending.claim_due(1)[0]
    assert "Margaret" not in held.letter.subject + held.letter.body, "an operator was told who it is"
    sending.mark(held, Outcome(""))
    alert = Alert.objects.get()
    assert alert.state == "raised", "an operator who heard of it counted as the circle"


def test_dispatcher_is_asked_once_when_everyone_is_told_and_never_in_a_drill(
    senior: User, daughter: User, settings: Any
) -> None:
    settings.DISPATCHER_URL = "http://dispatch.example/"
    real, drill = fall(senior), fall(senior, drill=True)
    for _ in range(4):
        make_due(real.alert_id, "escalate_at")
        make_due(drill.alert_id, "escalate_at")
    assert Delivery.objects.filter(alert=real.alert_id, channel="dispatcher").count() == 1
    assert Delivery.objects.filter(alert=drill.alert_id, channel="dispatcher").count() == 0


def test_seen_is_written_once_a_person_and_each_reading_in_the_access_log(senior: User, daughter: User) -> None:
    alert = Alert.objects.get(pk=fall(senior).alert_id)
    for _ in range(2):
        actions.note_view(alert, daughter)
    actions.note_view(alert, senior)
    assert kinds(alert.pk).count("viewed") == 1
    assert AuditLog.objects.filter(action="alert.read", actor_id=daughter.pk).count() == 2


def test_question_is_the_seniors_alone_until_people_are_told(senior: User, daughter: User) -> None:
    raised = fall(senior, level="A")
    assert list(selectors.open_alerts(daughter)) == []
    assert [alert.pk for alert in selectors.open_alerts(senior)] == [raised.alert_id]
    make_due(raised.alert_id, "answer_due_at")
    assert [alert.pk for alert in selectors.open_alerts(daughter)] == [raised.alert_id]


def test_drill_goes_the_whole_way_and_joins_no_real_alert(senior: User, daughter: User, son: User) -> None:
    real = actions.press_help(senior)
    drill = actions.start_drill(daughter, senior.pk)
    assert (drill.joined, drill.alert_id != real.alert_id) == (False, True)
    assert (Alert.objects.get(pk=drill.alert_id).is_drill, told(drill.alert_id)) == (True, {("anna", "alert")})
    with pytest.raises(NotYoursError):
        actions.start_drill(son, senior.pk)
    assert Alert.objects.filter(is_drill=True).count() == 1


def test_contact_point_is_tested_once_a_month(senior: User, daughter: User) -> None:
    upkeep.check_contact_points()
    assert not Delivery.objects.exists()
    ContactPoint.objects.update(accepted_at=timezone.now() - timedelta(days=31), last_tested_at=None)
    upkeep.check_contact_points()
    upkeep.check_contact_points()
    assert [(row.recipient, row.message, row.alert) for row in Delivery.objects.all()] == [(daughter, "test", None)]


def test_quiet_hours_hold_back_the_end_of_an_alert_but_never_an_emergency(senior: User, daughter: User) -> None:
    now = timezone.localtime(timezone=ZoneInfo(daughter.time_zone))
    begins, ends = (now - timedelta(hours=1)).time(), (now + timedelta(hours=1)).time()
    ContactPoint.objects.update(quiet_from=begins, quiet_to=ends)
    raised = fall(senior)
    assert Delivery.objects.filter(due_at__lte=clock.now()).count() == 1
    sent(raised.alert_id)
    make_due(raised.alert_id, "escalate_at")
    sent(raised.alert_id)
    join_late = person("nils", "Nils Late")
    join(senior, join_late, "family")
    actions.resolve(raised.alert_id, join_late, reason="fine")
    held = Delivery.objects.filter(message="closed", due_at__gt=clock.now() + timedelta(minutes=50))
    assert held.filter(due_at__lt=clock.now() + timedelta(minutes=61)).count() == 1


class TestAbuse:
    """One of the circle may be the cause."""

    def test_nobody_is_told_and_nobody_can_see_it(self, senior: User, daughter: User) -> None:
        raised = fall(senior, category="abuse")
        assert (raised.circle_told, told(raised.alert_id)) == (False, set())
        assert list(selectors.open_alerts(daughter)) == []
        assert [alert.pk for alert in selectors.open_alerts(senior)] == [raised.alert_id]

    def test_safeguarding_lead_is_told(self, senior: User, daughter: User, son: User) -> None:
        senior.profile.members.filter(user=son).update(is_safeguarding_lead=True)
        raised = fall(senior, category="abuse")
        assert told(raised.alert_id) == {("ben", "alert")}
        assert list(selectors.open_alerts(daughter)) == []

    def test_senior_picks_whom_to_tell(self, senior: User, daughter: User, son: User) -> None:
        raised = fall(senior, level="A", category="abuse")
        actions.tell(raised.alert_id, senior.pk, user_id=son.pk)
        make_due(raised.alert_id, "escalate_at")
        assert told(raised.alert_id) == {("ben", "alert")}
        assert actions.claim(raised.alert_id, son)
        with pytest.raises(NotYoursError):
            actions.claim(raised.alert_id, daughter)

    def test_another_is_told_although_one_is_on_it(self, senior: User, daughter: User, son: User) -> None:
        raised = fall(senior, level="A", category="abuse")
        actions.tell(raised.alert_id, senior.pk, user_id=son.pk)
        actions.claim(raised.alert_id, son)
        actions.tell(raised.alert_id, senior.pk, user_id=daughter.pk)
        assert {held.letter.address for held in sending.claim_due(10)} >= set(
            ContactPoint.objects.filter(user=daughter).values_list("address", flat=True)
        )

    def test_stranger_cannot_be_picked(self, senior: User, stranger: User) -> None:
        raised = fall(senior, category="abuse")
        with pytest.raises(NotYoursError):
            actions.tell(raised.alert_id, senior.pk, user_id=stranger.pk)
        assert told(raised.alert_id) == set()


class TestChanges:
    """`GET /alerts?after=`: nothing is ever missed."""

    def test_only_what_changed_since(self, senior: User, daughter: User, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(selectors, "UNSETTLED", timedelta(0))
        first, second = fall(senior), fall(senior, category="breathing")
        everything = selectors.changed_alerts(daughter, after=0)
        assert [alert.pk for alert in everything.alerts] == [first.alert_id, second.alert_id]
        assert selectors.changed_alerts(daughter, after=everything.after).alerts == []
        actions.claim(first.alert_id, daughter)
        newer = selectors.changed_alerts(daughter, after=everything.after)
        assert [(alert.pk, alert.state) for alert in newer.alerts] == [(first.alert_id, "claimed")]

    def test_lines_still_settling_are_given_again(self, senior: User, daughter: User) -> None:
        raised = fall(senior)
        changes = selectors.changed_alerts(daughter, after=0)
        assert ([alert.pk for alert in changes.alerts], changes.after) == ([raised.alert_id], 0)

    def test_stranger_gets_nothing(self, senior: User, stranger: User) -> None:
        fall(senior)
        assert selectors.changed_alerts(stranger, after=0).alerts == []
