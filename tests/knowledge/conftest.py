"""Curators and entries for the tests of knowledge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from knowledge.models import Entry, EntrySource
from knowledge.rules import EntryText, SourceText

ANSWER = (
    "A short walk each day can help you sleep at night. Go out in the morning, when the light is good. "
    "Start with ten minutes and rest when you need to. Wear shoes that hold your feet well. "
    "Take a friend with you if you can. Ask your doctor first if your chest hurts when you walk."
)
SOURCE = SourceText(
    "Walking for health", "NHS", "https://www.nhs.uk/live-well/exercise/walking-for-health/", date(2026, 1, 5)
)
GOOD = EntryText(
    key="walking-and-sleep",
    question="Can a walk help me sleep?",
    answer=ANSWER,
    category="sleep",
    alternatives=("Does walking help with sleep?", "Should I walk to sleep better?", "walk for better sleep"),
    tags=("walking", "night"),
    sources=(SOURCE,),
)


@pytest.fixture
def make_curator(db: None) -> Callable[..., Any]:
    """A person who may use the admin, with the permissions named."""

    def make(username: str, *permissions: str) -> Any:
        person = get_user_model().objects.create_user(username, full_name=username.title(), is_staff=True)
        person.user_permissions.set(
            Permission.objects.filter(content_type__app_label="knowledge", codename__in=permissions)
        )
        return person

    return make


@pytest.fixture
def author(make_curator: Callable[..., Any]) -> Any:
    """Writes entries; may not publish."""
    return make_curator("amy", "add_entry", "change_entry", "view_entry", "add_entrysource", "change_entrysource")


@pytest.fixture
def reviewer(make_curator: Callable[..., Any]) -> Any:
    """Reviews and publishes what others wrote, and may write."""
    return make_curator(
        "ravi", "add_entry", "change_entry", "view_entry", "review_entry", "publish_entry",
        "add_entrysource", "change_entrysource", "delete_entrysource", "view_artefact",
    )  # fmt: skip


@pytest.fixture
def client_of() -> Callable[[Any], Client]:
    """A browser in which a person is signed in."""

    def sign_in(person: Any) -> Client:
        client = Client()
        client.force_login(person, backend="companion.accounts.backends.PersonBackend")
        return client

    return sign_in


@pytest.fixture
def make_entry(db: None) -> Callable[..., Entry]:
    """An entry with one source that keeps every rule, unless told otherwise."""

    def make(key: str = GOOD.key, *, status: str = "draft", **changes: Any) -> Entry:
        words: dict[str, Any] = {
            "question": GOOD.question,
            "answer": GOOD.answer,
            "category": GOOD.category,
            "alternatives": list(GOOD.alternatives),
            "tags": list(GOOD.tags),
        }
        if status == "published":
            words |= {"reviewed_at": timezone.now(), "review_due": timezone.localdate() + timedelta(days=90)}
        entry = Entry.objects.create(key=key, status=status, **{**words, **changes})
        EntrySource.objects.create(
            entry=entry, title=SOURCE.title, publisher=SOURCE.publisher, url=SOURCE.url, date=date(2026, 1, 5)
        )
        return entry

    return make


@pytest.fixture
def rebuilds_asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tasks handed to the broker, which is the edge of the world here."""
    from celery import current_app

    asked: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: asked.append(name))
    return asked


@pytest.fixture
def artefact_folder(settings: Any, tmp_path: Any) -> Iterator[Any]:
    """A folder of artefacts of this test's own, from which this process answers."""
    from knowledge.index.serving import serving

    settings.ARTEFACT_DIR = tmp_path / "artefacts"
    serving.cache_clear()
    yield settings.ARTEFACT_DIR
    serving.cache_clear()
