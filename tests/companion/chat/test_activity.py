"""That somebody talked is known, and what it was about; not what was said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from companion.accounts.actions import create_user
from companion.accounts.models import Kind, User
from companion.chat import activity
from companion.chat.history import Spoken, StoredMessage, StoredTurn, history

MORNING = datetime(2026, 11, 20, 9, 12, tzinfo=UTC)


def after(minutes: int, *entries: str) -> Spoken:
    return Spoken(MORNING + timedelta(minutes=minutes), entries)


def tell(user: User, at: datetime, *entries: str) -> None:
    turn_id = uuid4()
    said = StoredMessage(turn_id, str(turn_id), "senior", "my knee hurts", at)
    answered = StoredMessage(
        turn_id, str(turn_id), "lilo", "Rest it.", at + timedelta(seconds=2), kind="answer", entries=entries
    )
    history().append(user.pk, StoredTurn(said, answered))


@pytest.fixture
def margaret(db: None) -> User:
    return create_user(username="margaret", full_name="Margaret Doyle", kind=Kind.SENIOR)


def test_turns_with_a_long_pause_between_them_are_two_talks() -> None:
    talks = activity.gather([after(0), after(6, "knee"), after(22, "sleep")])
    assert [(talk.began, talk.turns, talk.minutes, talk.entries) for talk in talks] == [
        (MORNING + timedelta(minutes=22), 1, 1, ("sleep",)),
        (MORNING, 2, 6, ("knee",)),
    ]


def test_talks_are_found_by_time_and_hold_no_word(margaret: User) -> None:
    tell(margaret, MORNING - timedelta(days=1))
    tell(margaret, MORNING, "knee")
    (talk,) = activity.talks_of(margaret.pk, since=MORNING, until=MORNING + timedelta(hours=1))
    assert (talk.began, talk.entries) == (MORNING, ("knee",))
    assert "hurts" not in repr(talk)


def test_when_each_of_many_talked_last_costs_one_query(margaret: User, django_assert_num_queries: Any) -> None:
    silent = create_user(username="sid", full_name="Sid", kind=Kind.SENIOR)
    tell(margaret, MORNING - timedelta(days=1))
    tell(margaret, MORNING)
    with django_assert_num_queries(1):
        assert activity.last_talked([margaret.pk, silent.pk]) == {margaret.pk: MORNING}


@pytest.mark.usefixtures("published_corpus")
def test_a_topic_is_a_category_and_small_talk_is_none() -> None:
    talk = activity.Talk(MORNING, MORNING, 1, ("sleep-waking-at-night", "nothing-of-this-name"))
    assert activity.topics_of(talk) == ("sleep",)


def test_open_pages_hear_of_it_once_a_minute(margaret: User, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(activity, "announce", lambda *told: sent.append(told))
    for _ in range(3):
        activity.note_talk(margaret.pk, margaret.kind)
    assert sent == [(margaret.pk, {"type": "activity.changed", "senior_id": str(margaret.pk)})]


def test_nobody_hears_of_a_daughter_who_talks(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []
    monkeypatch.setattr(activity, "announce", lambda *told: sent.append(told))
    activity.note_talk(uuid4(), Kind.FAMILY)
    assert sent == []
