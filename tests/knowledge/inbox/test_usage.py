"""Uses of entries: counted by day, written now and then, by several processes at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from knowledge.inbox import usage
from knowledge.inbox.models import EntryUsage
from knowledge.inbox.selectors import Usage, usage_of
from knowledge.inbox.usage import UsageCounter


@pytest.mark.django_db
def test_counts_by_day_and_says_when_last() -> None:
    today = timezone.localdate()
    EntryUsage.objects.create(key="a", day=today - timedelta(days=40), count=5)
    counter = UsageCounter()
    counter.note(["a", "b", "a"])  # one answer uses an entry once
    counter.note(["a"])
    assert usage_of(["a"])["a"].count == 6, "the second use is gathered, not written at once"
    counter.write()
    assert usage_of(["a", "b", "c"]) == {
        "a": Usage(count_30_days=2, count=7, last_used=today),
        "b": Usage(count_30_days=1, count=1, last_used=today),
        "c": Usage(),
    }


@pytest.mark.django_db
def test_what_could_not_be_written_is_written_later(monkeypatch: pytest.MonkeyPatch) -> None:
    counter = UsageCounter()
    with monkeypatch.context() as broken:
        broken.setattr(usage, "_add", lambda *args: (_ for _ in ()).throw(DatabaseError("away")))
        counter.note(["a"])
    assert usage_of(["a"])["a"].count == 0
    counter.write()
    assert usage_of(["a"])["a"].count == 1


@pytest.mark.django_db(transaction=True)
def test_many_writers_lose_nothing() -> None:
    def talk() -> None:
        mine = UsageCounter()
        for _ in range(5):
            mine.note(["a"])
            mine.write()
        connection.close()

    writers = [threading.Thread(target=talk) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert EntryUsage.objects.get().count == 20
