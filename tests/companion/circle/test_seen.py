"""Every look of another person at a senior's data is written down, once, and never stands in the way."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction

from companion.accounts.models import User
from companion.circle import actions, privacy, seen
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.models import AccessLog, Item, Membership
from tests.companion.circle.conftest import person

ITEMS = [Need.ALERTS, Need.MEDICINES, Need.JOURNAL, Need.ACTIVITY, Need.TOPICS]


@pytest.fixture(autouse=True)
def _fresh_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_memory", seen._Memory())


@pytest.fixture
def open_hearted(senior: User) -> None:
    """The senior shares everything."""
    for item in Item:
        actions.set_sharing(senior, senior.pk, item, is_on=True)


def looks() -> list[tuple[Any, str]]:
    return sorted((row.person_id, row.item) for row in AccessLog.objects.all())


@pytest.mark.parametrize("need", ITEMS)
def test_a_look_is_written_down_where_it_is_granted(senior: User, son: User, open_hearted: None, need: Need) -> None:
    access_senior(son, senior.pk, need=need)
    assert looks() == [(son.pk, need.value)]


def test_ones_own_looks_refusals_and_writes_are_none(senior: User, son: User, stranger: User) -> None:
    access_senior(senior, senior.pk, need=Need.JOURNAL)
    for who in (son, stranger):
        with pytest.raises(NotYoursError):
            access_senior(who, senior.pk, need=Need.JOURNAL)
    access_senior(son, senior.pk, need=Need.ALERTS, to_write=True)
    access_senior(son, senior.pk, need=Need.BELONG)
    assert looks() == []


def test_it_is_once_a_person_item_and_hour(senior: User, daughter: User, son: User, open_hearted: None) -> None:
    with time_machine.travel("2026-03-03 09:05", tick=False) as clock:
        for _ in range(3):
            access_senior(son, senior.pk, need=Need.JOURNAL)
        access_senior(daughter, senior.pk, need=Need.JOURNAL)
        access_senior(son, senior.pk, need=Need.MEDICINES)
        clock.move_to("2026-03-03 09:59")
        access_senior(son, senior.pk, need=Need.JOURNAL)
        clock.move_to("2026-03-03 10:00")
        access_senior(son, senior.pk, need=Need.JOURNAL)
    ours = [(row.at.hour, row.at.minute) for row in AccessLog.objects.filter(person_id=son.pk, item="journal")]
    assert ours == [(10, 0), (9, 5)]
    assert AccessLog.objects.count() == 4


def test_another_process_that_knows_nothing_writes_no_second_row(
    senior: User, son: User, open_hearted: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    access_senior(son, senior.pk, need=Need.JOURNAL)
    monkeypatch.setattr(seen, "_memory", seen._Memory())
    access_senior(son, senior.pk, need=Need.JOURNAL)
    assert looks() == [(son.pk, "journal")]


def test_a_board_of_many_is_one_statement(
    senior: User, son: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    others = [person(f"senior{n}", f"Senior {n}", "senior") for n in range(20)]
    for other in others:
        actions.create_profile(other)
    with django_assert_num_queries(3):  # the statement between its savepoint's two
        seen.note_seen(son, [senior.pk, *(other.pk for other in others)], Item.ACTIVITY)
    assert AccessLog.objects.count() == 21


@pytest.mark.django_db(transaction=True)
def test_what_this_process_has_written_down_costs_nothing_more(
    senior: User, son: User, django_assert_num_queries: Callable[[int], Any]
) -> None:
    seen.note_seen(son, [senior.pk], Item.ALERTS)
    with django_assert_num_queries(0):
        seen.note_seen(son, [senior.pk], Item.ALERTS)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer is SQLite's")
def test_a_database_that_is_held_up_fails_no_look_and_loses_none(senior: User, son: User) -> None:
    before = seen.LATE._value.get()
    path = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert access_senior(son, senior.pk, need=Need.ALERTS) == senior.profile
        other.execute("ROLLBACK")
    assert looks() == []
    assert seen.LATE._value.get() == before + 1
    actions.set_sharing(senior, senior.pk, Item.JOURNAL, is_on=True)
    access_senior(son, senior.pk, need=Need.JOURNAL)
    assert looks() == [(son.pk, "alerts"), (son.pk, "journal")]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="one writer is SQLite's")
def test_a_look_at_somebody_who_was_erased_meanwhile_holds_up_no_other(senior: User, son: User, stranger: User) -> None:
    path = str(connection.settings_dict["NAME"])
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        seen.note_seen(stranger, [senior.pk], Item.ALERTS)
        other.execute("ROLLBACK")
    User.everyone.filter(pk=stranger.pk).delete()
    seen.note_seen(son, [senior.pk], Item.ALERTS)
    assert looks() == [(son.pk, "alerts")]


@pytest.mark.django_db(transaction=True)
def test_a_look_within_a_change_that_is_undone_is_written_down_next_time(senior: User, son: User) -> None:
    with transaction.atomic():
        access_senior(son, senior.pk, need=Need.ALERTS)
        transaction.set_rollback(True)
    assert looks() == []
    access_senior(son, senior.pk, need=Need.ALERTS)
    assert looks() == [(son.pk, "alerts")]


def test_many_threads_may_look_at_once(senior: User) -> None:
    memory = seen._Memory()
    keys = [(senior.pk, senior.pk, "journal", str(n)) for n in range(500)]
    threads = [threading.Thread(target=memory.keep, args=(keys,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert memory.unwritten(dict.fromkeys(keys)) == {}  # type: ignore[arg-type]


def test_the_senior_reads_who_looked_and_nobody_else_does(senior: User, daughter: User, son: User) -> None:
    access_senior(son, senior.pk, need=Need.ALERTS)
    (look,) = privacy.in_words(list(privacy.access_log(senior, senior.pk)))
    assert (look.who, look.relation, look.what) == ("Ben Doyle", "son", "calls for help")
    with pytest.raises(NotYoursError):
        privacy.access_log(daughter, senior.pk)


def test_the_log_outlives_whoever_looked(senior: User, son: User) -> None:
    access_senior(son, senior.pk, need=Need.ALERTS)
    actions.remove_member(senior, senior.pk, Membership.objects.get(user=son).pk)
    User.everyone.filter(pk=son.pk).delete()
    (look,) = privacy.in_words(list(privacy.access_log(senior, senior.pk)))
    assert (look.who, look.relation) == ("Somebody who has left", "")
