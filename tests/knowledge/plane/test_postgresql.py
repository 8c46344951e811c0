"""The data plane on a real PostgreSQL: its tables, its locks, and the way of an entry there and back."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.knowledge.plane.conftest import PUBLISH, ROOT, FakeModel, World
from tests.postgresql import BINARIES, Postgres, running

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(BINARIES is None, reason="PostgreSQL's programs are not installed"),
]
#: Entries from before there were versions, in more than one batch.
OLD_ENTRIES = """
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    first = [("knowledge", "0001_initial")]
    executor = MigrationExecutor(connection)
    executor.migrate(first)
    apps = executor.loader.project_state(first).apps
    Entry, Source = apps.get_model("knowledge", "Entry"), apps.get_model("knowledge", "EntrySource")
    Entry.objects.bulk_create(Entry(key=f"old-{n}", question="Is it old?", answer="Yes.", category="other")
                              for n in range(600))
    Source.objects.bulk_create(Source(entry=entry, title="A page", publisher="P", url="https://a.org/",
                                      date="2026-01-05") for entry in Entry.objects.all())
    call_command("migrate", verbosity=0)
    from knowledge.models import Entry
    versions = Entry.history.all()
    assert versions.count() == 600, versions.count()
    assert {version.sources[0]["date"] for version in versions} == {"2026-01-05"}
    call_command("migrate", "knowledge", "0007", verbosity=0)
    call_command("migrate", verbosity=0)
"""
CONTRACT = """
    from knowledge.plane.models import Embedding, KnowledgeVector
    from knowledge.plane.vectors import vector_store
    from tests.knowledge.plane import test_vectors as contract
    for test in (
        contract.test_what_is_kept_is_found_to_the_bit, contract.test_vectors_of_two_models_never_meet,
        contract.test_keeping_again_doubles_and_changes_nothing, contract.test_parts_take_each_others_place,
        contract.test_sweep_deletes_what_no_entry_uses,
    ):
        Embedding.objects.all().delete()
        KnowledgeVector.objects.all().delete()
        test(vector_store())
    Embedding.objects.all().delete()
    KnowledgeVector.objects.all().delete()
"""
#: A change that bears an earlier time than the reading, and is committed only while the reading waits for it.
HALF_WAY = """
    import threading, time
    from django.db import connection, transaction
    from django.utils import timezone
    from knowledge.models import Entry
    from knowledge.selectors import moment_of_reading
    begun, failed = threading.Event(), []

    def is_waited_for():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'knowledge_entry'::regclass")
            return cursor.fetchone()[0] == 1

    def write():
        try:
            with transaction.atomic():
                Entry.objects.filter(key="entry-1").update(answer="Quite new.", index_changed_at=timezone.now())
                begun.set()
                until = time.monotonic() + 30
                while not is_waited_for():
                    assert time.monotonic() < until, "nobody waits for the writer"
        except BaseException as error:
            failed.append(error)
        finally:
            begun.set()
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    read_at = moment_of_reading()
    entry = Entry.objects.get(key="entry-1")
    writer.join()
    assert not failed, failed
    assert entry.answer == "Quite new." and entry.index_changed_at.timestamp() < read_at
"""
THERE_AND_BACK = """
    from django.contrib.auth import get_user_model
    from knowledge import actions
    from knowledge.index.serving import serving
    from knowledge.models import Entry
    from knowledge.plane.actions import roll_back
    from knowledge.plane.models import Embedding, KnowledgeVector
    from knowledge.plane.pipeline import build_if_due, build_now
    from knowledge.public import entry_page
    curator = get_user_model().objects.create_user("rob", is_staff=True)
    first = build_now()
    assert (first.state, first.entry_count, first.reused_count) == ("published", 20, 0), first.verdict
    assert build_if_due() is None
    assert entry_page("entry-3") is not None
    actions.retire_entry(Entry.objects.get(key="entry-3").pk, by=curator.pk)
    serving.cache_clear()
    assert entry_page("entry-3") is None, "withdrawn before anything is built"
    second = build_if_due()
    assert (second.state, second.entry_count) == ("published", 19)
    assert second.reused_count == second.vector_count, "nothing was embedded twice"
    assert not KnowledgeVector.objects.filter(entry_key="entry-3").exists()
    assert Embedding.objects.count() == KnowledgeVector.objects.values("text_hash").distinct().count()
    roll_back(first.version)
    serving.cache_clear()
    assert serving().current().artefact.manifest.version == first.version
    assert entry_page("entry-3") is None and entry_page("entry-4") is not None
    assert build_if_due() is None, "a roll back stands until something changes"
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running() as server:
        yield server


@pytest.fixture(scope="module")
def migrated(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """An installation over that server, brought up to date with entries from before there were versions."""
    model = FakeModel()
    made = World(tmp_path_factory.mktemp("world") / "data", model)
    made.environment["DATABASE_URL"] = postgres.url
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run([*command, "accounts"], cwd=ROOT, env=made.environment, check=True)
    made.run(OLD_ENTRIES)
    yield made
    made.close()
    model.close()


def test_vectors_keep_their_contract(migrated: World) -> None:
    migrated.run(CONTRACT)


def test_published_waited_for_withdrawn_and_rolled_back(migrated: World) -> None:
    migrated.run(PUBLISH % 20)
    migrated.run(HALF_WAY)
    migrated.run(THERE_AND_BACK)
