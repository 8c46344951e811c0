"""Two curators at one entry at the same moment, on a real PostgreSQL, where writers do not wait for each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.knowledge.plane.conftest import PUBLISH, ROOT, FakeModel, World
from tests.postgresql import BINARIES, running

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(BINARIES is None, reason="PostgreSQL's programs are not installed"),
]
#: One saves a new review day; while the form is looked at, the other retires the entry.
RETIRED_MEANWHILE = """
    import threading
    from django.contrib.auth import get_user_model
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment
    from django.urls import reverse
    from django.utils import timezone
    from knowledge import actions
    from knowledge.forms import EntryForm
    from knowledge.models import Entry
    setup_test_environment()
    actions.request_rebuild = lambda: None
    people = get_user_model().objects
    amy, ravi = (people.create_user(name, is_staff=True, is_superuser=True) for name in ("amy", "ravi"))
    Entry.objects.update(reviewed_at=timezone.now(), curated=True)
    entry = Entry.objects.get(key="entry-1")
    form = {
        "question": entry.question, "alternatives": "", "answer": entry.answer, "category": entry.category, "tags": "",
        "audience": entry.audience, "review_due": "2031-05-06", "opened_at": entry.updated_at.isoformat(),
        "sources-TOTAL_FORMS": "0", "sources-INITIAL_FORMS": "0", "_continue": "1",
    }

    def retire():
        actions.retire_entry(entry.pk, by=ravi.pk)
        connection.close()

    look, other = EntryForm.clean, threading.Thread(target=retire)

    def look_slowly(self):
        looked = look(self)
        other.start()
        other.join(0.5)
        return looked

    EntryForm.clean = look_slowly
    browser = Client()
    browser.force_login(amy, backend="companion.accounts.backends.PersonBackend")
    page = browser.post(reverse("admin:knowledge_entry_change", args=[entry.pk]), form)
    other.join(30)
    entry.refresh_from_db()
    assert not other.is_alive()
    print(page.status_code, entry.status, [version.action for version in entry.history.order_by("pk")])
"""


def test_entry_retired_while_another_saves_it_stays_retired(tmp_path: Path) -> None:
    model = FakeModel()
    world = World(tmp_path / "data", model)
    try:
        with running() as server:
            world.environment["DATABASE_URL"] = server.url
            command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
            subprocess.run(command, cwd=ROOT, env=world.environment, check=True)
            world.run(PUBLISH % 3)
            assert world.run(RETIRED_MEANWHILE).splitlines()[-1] == "302 retired ['imported', 'edited', 'retired']"
    finally:
        world.close()
        model.close()
