"""Writing, correcting and deleting: who may, once, at the right time, with its history; and what a number calls for."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from companion.accounts.models import AuditLog, User
from companion.care.journal import actions, alarms, selectors
from companion.care.journal.actions import DoubtError
from companion.care.journal.measures import Kind, Reading
from companion.care.journal.models import Entry, Source
from companion.care.journal.rules import read
from companion.circle.access import NotYoursError
from companion.circle.actions import set_sharing
from companion.circle.refusals import RefusedError
from companion.safety import check_ins, clock
from companion.safety.models import Alert, AlertEvent

pytestmark = pytest.mark.django_db


def write(by: User, senior: User, *readings: Reading, **more: Any) -> actions.Written:
    return actions.write(by, senior.pk, readings, **{"source": Source.FORM, **more})


def weight(amount: str = "72.4 kg") -> Reading:
    return read(Kind.WEIGHT, amount)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """A quarter past four in the night of 1 November 2026 in UTC: the clocks in New York go back in two hours."""
    moment = datetime(2026, 11, 1, 4, 15, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: moment)
    monkeypatch.setattr(clock, "steady", lambda: moment)
    return moment


class TestWho:
    """Rights."""

    def test_senior_writes_and_the_circle_only_where_it_is_shared(
        self, senior: User, daughter: User, stranger: User
    ) -> None:
        assert write(senior, senior, weight()).entries[0].written_by == senior
        for person in (daughter, stranger):
            with pytest.raises(NotYoursError):
                write(person, senior, weight())
            with pytest.raises(NotYoursError):
                selectors.entries_of(person, senior.pk)
        assert Entry.objects.count() == 1

    def test_a_shared_journal_is_written_by_family_and_only_read_by_a_visitor(
        self, senior: User, daughter: User, visitor: User, shared: None
    ) -> None:
        entry = write(daughter, senior, weight()).entries[0]
        assert selectors.writer_of(entry) == "Anna"
        assert list(selectors.entries_of(visitor, senior.pk)) == [entry]
        with pytest.raises(NotYoursError):
            write(visitor, senior, weight())

    def test_sharing_that_is_taken_back_counts_at_once(self, senior: User, daughter: User, shared: None) -> None:
        entry = write(daughter, senior, weight()).entries[0]
        set_sharing(senior, senior.pk, "journal", is_on=False)
        with pytest.raises(NotYoursError):
            actions.correct(daughter, senior.pk, entry.pk, weight("73 kg"))

    def test_only_the_senior_deletes(self, senior: User, daughter: User, shared: None) -> None:
        entry = write(daughter, senior, weight()).entries[0]
        with pytest.raises(NotYoursError):
            actions.delete(daughter, senior.pk, entry.pk)
        actions.delete(senior, senior.pk, entry.pk)
        assert not Entry.objects.exists()

    def test_an_entry_of_another_journal_is_not_reached_through_ones_own(self, senior: User, stranger: User) -> None:
        entry = write(senior, senior, weight()).entries[0]
        stranger.kind = "senior"
        stranger.save(update_fields=["kind"])
        from companion.circle.actions import create_profile

        create_profile(stranger)
        with pytest.raises(NotYoursError):
            actions.delete(stranger, stranger.pk, entry.pk)
        assert Entry.objects.filter(pk=entry.pk).exists()


class TestHistory:
    """Nothing is changed in silence."""

    def test_a_correction_replaces_and_keeps_what_was_said(self, senior: User, daughter: User, shared: None) -> None:
        first = write(senior, senior, weight("72 kg"), at=clock.now() - timedelta(days=1)).entries[0]
        second = actions.correct(daughter, senior.pk, first.pk, weight("73 kg")).entries[0]
        third = actions.correct(senior, senior.pk, second.pk, weight("74 kg")).entries[0]
        assert list(Entry.objects.all()) == [third]
        assert third.at == first.at, "a correction keeps the time"
        assert [(each.value, each.written_by) for each in selectors.history_of(third)] == [
            (73.0, daughter),
            (72.0, senior),
        ]
        with pytest.raises(NotYoursError):
            actions.correct(senior, senior.pk, first.pk, weight("75 kg"))

    def test_a_correction_is_of_the_same_kind(self, senior: User) -> None:
        entry = write(senior, senior, weight()).entries[0]
        with pytest.raises(RefusedError):
            actions.correct(senior, senior.pk, entry.pk, Reading(Kind.MOOD, 3))

    def test_deleting_can_be_undone_and_is_final_after_thirty_days(
        self, senior: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = write(senior, senior, weight("72 kg")).entries[0]
        entry = actions.correct(senior, senior.pk, first.pk, weight("73 kg")).entries[0]
        actions.delete(senior, senior.pk, entry.pk)
        actions.put_back(senior, senior.pk, entry.pk)
        assert list(Entry.objects.all()) == [entry]
        actions.delete(senior, senior.pk, entry.pk)
        assert actions.erase_deleted() == 0
        later = clock.now() + timedelta(days=31)
        monkeypatch.setattr(clock, "now", lambda: later)
        assert actions.erase_deleted() == 2, "its history goes with it"
        assert not Entry.everything.exists()
        with pytest.raises(NotYoursError):
            actions.put_back(senior, senior.pk, entry.pk)

    def test_every_write_is_audited_without_a_word_of_health(self, senior: User) -> None:
        entry = write(senior, senior, Reading(Kind.NOTE, note="My heart skipped a beat, I think")).entries[0]
        actions.correct(senior, senior.pk, entry.pk, Reading(Kind.NOTE, note="It was nothing"))
        rows = AuditLog.objects.filter(action__startswith="journal.")
        assert {row.action for row in rows} == {"journal.written", "journal.corrected"}
        assert "heart" not in str(list(rows.values()))

    def test_words_are_sealed_in_the_database(self, senior: User) -> None:
        write(senior, senior, Reading(Kind.NOTE, note="A quiet day"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT note FROM care_entry")
            assert "quiet" not in cursor.fetchone()[0]


class TestTimes:
    """The senior's own clock."""

    def test_the_day_is_that_of_the_seniors_clock(self, senior: User, now: datetime) -> None:
        entry = write(senior, senior, weight()).entries[0]
        assert (entry.at, entry.day) == (now, date(2026, 11, 1))
        before = write(senior, senior, Reading(Kind.MOOD, 4), at=now - timedelta(minutes=30)).entries[0]
        assert before.day == date(2026, 10, 31), "a quarter to midnight in New York"

    def test_a_journey_moves_no_reading(self, senior: User, now: datetime) -> None:
        entry = write(senior, senior, weight()).entries[0]
        senior.time_zone = "Australia/Sydney"
        senior.save(update_fields=["time_zone"])
        entry.refresh_from_db()
        assert entry.day == date(2026, 11, 1)
        assert write(User.objects.get(pk=senior.pk), senior, Reading(Kind.MOOD, 4)).entries[0].day == date(2026, 11, 1)

    def test_writing_back_is_possible_and_ahead_is_not(self, senior: User, now: datetime) -> None:
        assert write(senior, senior, weight(), at=now - timedelta(days=400)).entries[0].day == date(2025, 9, 27)
        for wrong in (now + timedelta(hours=1), now - timedelta(days=4000)):
            with pytest.raises(RefusedError):
                write(senior, senior, weight(), at=wrong)
        assert write(senior, senior, weight(), at=now + timedelta(minutes=2)).entries[0].at == now


class TestOnceAndInDoubt:
    """The same press is one entry; what cannot be right is asked."""

    def test_the_same_key_writes_once(self, senior: User) -> None:
        key = str(uuid4())
        first, second = (write(senior, senior, weight(), Reading(Kind.MOOD, 4), key=key) for _ in range(2))
        assert [each.pk for each in first.entries] == [each.pk for each in second.entries]
        assert Entry.objects.count() == 2

    def test_press_whose_alarm_was_lost_in_a_crash_raises_it_when_it_comes_again(
        self, senior: User, daughter: User, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        key, low = str(uuid4()), Reading(Kind.GLUCOSE, 2.9)
        with monkeypatch.context() as crash:
            crash.setattr(alarms, "raise_for", lambda *_, **__: (_ for _ in ()).throw(SystemExit))
            with pytest.raises(SystemExit):
                write(senior, senior, low, key=key)
        assert Entry.objects.count() == 1
        for _ in range(2):
            assert write(senior, senior, low, key=key).alert is not None
        assert (Entry.objects.count(), Alert.objects.count()) == (1, 1)

    def test_doubt_writes_nothing(self, senior: User) -> None:
        for reading in (weight("724 kg"), weight("250 kg")):
            with pytest.raises(DoubtError):
                write(senior, senior, Reading(Kind.MOOD, 4), reading)
        assert not Entry.objects.exists()

    def test_unusual_is_written_once_confirmed_and_impossible_never(self, senior: User) -> None:
        assert write(senior, senior, weight("250 kg"), is_sure=True).entries
        with pytest.raises(DoubtError):
            write(senior, senior, weight("724 kg"), is_sure=True)

    def test_a_leap_from_the_last_days_is_asked_about(self, senior: User) -> None:
        write(senior, senior, weight("72 kg"), at=clock.now() - timedelta(days=2))
        with pytest.raises(DoubtError) as doubt:
            write(senior, senior, weight("160 kg"))
        assert doubt.value.can_be_confirmed
        assert "The last time it was 72 kg" in doubt.value.checks[0].words


class TestAlarms:
    """Dangerous numbers and words."""

    @pytest.mark.parametrize(
        ("reading", "advice", "category"),
        [
            (Reading(Kind.GLUCOSE, 2.9), "glucose_very_low", "diabetes"),
            (Reading(Kind.GLUCOSE, 30.0), "glucose_very_high", "diabetes"),
            (Reading(Kind.BLOOD_PRESSURE, 180, 90), "pressure_very_high", "unwell"),
            (Reading(Kind.BLOOD_PRESSURE, 150, 120), "pressure_very_high", "unwell"),
        ],
    )
    def test_a_dangerous_number_is_a_question_of_level_a(
        self, senior: User, daughter: User, reading: Reading, advice: str, category: str
    ) -> None:
        written = write(senior, senior, reading)
        assert written.advice is not None
        assert written.advice.key == advice
        assert written.advice.source is not None
        alert = Alert.objects.get()
        assert written.alert is not None
        assert (alert.pk, alert.level, alert.category) == (written.alert.alert_id, "A", category)
        assert alert.source == "journal"
        assert alert.answer_due_at is not None, "no answer in time tells the circle"

    @pytest.mark.parametrize(
        ("reading", "advice"),
        [
            (Reading(Kind.GLUCOSE, 3.0), "glucose_low"),
            (Reading(Kind.GLUCOSE, 3.9), "glucose_low"),
            (Reading(Kind.GLUCOSE, 4.0), None),
            (Reading(Kind.GLUCOSE, 15.0), None),
            (Reading(Kind.GLUCOSE, 15.1), "glucose_high"),
            (Reading(Kind.BLOOD_PRESSURE, 179, 119), None),
            (Reading(Kind.BLOOD_PRESSURE, 89, 60), "pressure_low"),
            (Reading(Kind.PAIN, 9), "pain_strong"),
            (Reading(Kind.MOOD, 1), "mood_bad"),
            (Reading(Kind.MOOD, 2), None),
        ],
    )
    def test_what_is_less_gets_calm_words_and_no_alert(
        self, senior: User, reading: Reading, advice: str | None
    ) -> None:
        written = write(senior, senior, reading)
        assert (written.advice.key if written.advice else None) == advice
        assert written.alert is None
        assert not Alert.objects.exists()

    def test_what_the_family_writes_or_what_is_long_past_asks_nobody(
        self, senior: User, daughter: User, shared: None
    ) -> None:
        low = Reading(Kind.GLUCOSE, 2.5)
        assert write(daughter, senior, low).advice is not None, "whoever writes is told what to do"
        write(senior, senior, low, at=clock.now() - timedelta(hours=3))
        assert not Alert.objects.exists()

    def test_the_same_press_asks_once(self, senior: User) -> None:
        for _ in range(2):
            write(senior, senior, Reading(Kind.GLUCOSE, 2.5), key="one")
        assert Alert.objects.count() == 1
        assert not AlertEvent.objects.filter(kind=AlertEvent.Kind.SAID_AGAIN).exists()

    def test_danger_in_a_note_is_heard(self, senior: User) -> None:
        written = write(senior, senior, Reading(Kind.NOTE, note="I fell and I cannot get up"))
        assert written.alert is not None
        assert Alert.objects.get().level == "E"

    def test_a_plain_note_alarms_nobody(self, senior: User) -> None:
        write(senior, senior, Reading(Kind.NOTE, note="Anna came by and we baked a cake"))
        assert not Alert.objects.exists()


class TestCheckIn:
    """How are you today?"""

    def test_fine_ends_todays_asking(self, senior: User) -> None:
        check_ins.plan_check_in(senior, senior.pk, time_of_day=datetime(2026, 1, 1, 9).time())  # noqa: DTZ001
        actions.answer_check_in(senior, 3, key="a")
        shown = selectors.check_in_of(senior.pk)
        assert (shown.answer, shown.words, shown.is_planned, shown.is_asking) == (3, "I'm fine", True, False)
        plan = senior.check_in_plan
        plan.refresh_from_db()
        assert plan.last_seen_at is not None
        assert not Alert.objects.exists()

    def test_help_is_an_emergency_once(self, senior: User, daughter: User) -> None:
        for _ in range(2):
            actions.answer_check_in(senior, 1, key="press")
        alert = Alert.objects.get()
        assert (alert.level, alert.category) == ("E", "help")
        assert Entry.objects.count() == 1

    def test_nobody_answers_for_the_senior(self, senior: User, daughter: User, shared: None) -> None:
        with pytest.raises(NotYoursError):
            actions.answer_check_in(daughter, 3)

    def test_yesterdays_answer_is_not_todays(self, senior: User, monkeypatch: pytest.MonkeyPatch) -> None:
        actions.answer_check_in(senior, 3)
        tomorrow = clock.now() + timedelta(days=1)
        monkeypatch.setattr(clock, "now", lambda: tomorrow)
        assert selectors.check_in_of(senior.pk).answer is None


class TestSelectors:
    """What the dashboard asks."""

    def test_the_line_says_the_newest_and_when(self, senior: User) -> None:
        assert selectors.journal_line(senior.pk).at is None
        write(senior, senior, Reading(Kind.SLEEP, 4), at=clock.now() - timedelta(hours=3))
        newest = write(senior, senior, Reading(Kind.BLOOD_PRESSURE, 128, 79)).entries[0]
        line = selectors.journal_line(senior.pk)
        assert (line.words, line.at) == ("Slept well; blood pressure: 128 over 79", newest.at)

    def test_old_news_are_no_line(self, senior: User) -> None:
        write(senior, senior, Reading(Kind.SLEEP, 4), at=clock.now() - timedelta(days=4))
        assert selectors.journal_line(senior.pk).at is None

    def test_two_years_cost_no_more_queries_than_a_day(self, senior: User) -> None:
        write(senior, senior, weight(), Reading(Kind.MOOD, 4))

        def queries() -> list[int]:
            counts = []
            for ask in (selectors.latest_of, selectors.journal_line, selectors.check_in_of, selectors.trends_of):
                with CaptureQueriesContext(connection) as seen:
                    ask(senior.pk)
                counts.append(len(seen))
            return counts

        before = queries()
        start = clock.now()
        Entry.objects.bulk_create(
            Entry(
                senior=senior,
                kind=kind,
                at=start - timedelta(days=day, hours=place),
                day=(start - timedelta(days=day, hours=place)).date(),
                value=value,
                written_by=senior,
                written_at=start,
                source=Source.FORM,
            )
            for day in range(730)
            for place, (kind, value) in enumerate([(Kind.WEIGHT, 72.0), (Kind.MOOD, 4), (Kind.STEPS, 3000)])
        )
        assert queries() == before == [3, 3, 3, 2]

    def test_latest_is_the_newest_of_each_kind(self, senior: User) -> None:
        for hours, value in ((5, 2), (1, 4), (3, 3)):
            write(senior, senior, Reading(Kind.MOOD, value), at=clock.now() - timedelta(hours=hours))
        write(senior, senior, weight(), at=clock.now() - timedelta(hours=9))
        assert [each.words for each in selectors.latest_of(senior.pk)] == ["Mood: Good", "Weight: 72.4 kg"]
