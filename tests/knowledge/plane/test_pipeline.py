"""From published entries to the index that serves: only what changed, judged, refused, overruled, gone back from."""

from __future__ import annotations

import errno
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, connection
from django.utils import timezone

from knowledge.actions import withdraw_on_commit
from knowledge.embedding.embedder import configured_embedder
from knowledge.index.manifest import ArtefactBroken
from knowledge.index.shelf import Shelf
from knowledge.models import Artefact, Entry
from knowledge.plane import actions, gate
from knowledge.plane.models import Build, Embedding, KnowledgeVector
from knowledge.plane.pipeline import build_if_due, build_now
from knowledge.plane.rules import Verdict, Worse
from knowledge.plane.sources import StoredVectors
from knowledge.public import entry_page
from tests.knowledge.index.test_serving import wait_for
from tests.knowledge.plane.conftest import FakeModel

pytestmark = pytest.mark.django_db(transaction=True)

Told = Callable[[int], None]
State = Build.State


@pytest.fixture(autouse=True)
def _alone(rebuilds_asked: list[str]) -> None:
    """No worker listens here."""


def change(number: int, answer: str) -> None:
    Entry.objects.filter(key=f"entry-{number}").update(answer=answer, index_changed_at=timezone.now())


def retire(*numbers: int) -> None:
    Entry.objects.filter(key__in=[f"entry-{number}" for number in numbers]).update(
        status="retired", index_changed_at=timezone.now()
    )


def serves() -> str:
    """The version that serves, on which the shelf and the database agree."""
    version = Artefact.objects.get(state="published").version
    assert Shelf(_folder()).current() == version
    return version


def _folder() -> Path:
    from django.conf import settings

    return Path(settings.ARTEFACT_DIR)


def due_again(build: Build) -> None:
    """Let the wait after a failure pass."""
    Build.objects.filter(pk=build.pk).update(beat_at=timezone.now() - timedelta(hours=1))


def test_steps_are_told_and_counted(here: Path, told: Told) -> None:
    told(10)
    seen: list[tuple[str, int, int]] = []
    build = build_now(progress=lambda *step: seen.append(step))
    assert list(dict.fromkeys(step for step, _, _ in seen)) == ["read", "embed", "write", "judge", "swap", "tidy"]
    assert ("embed", 40, 40) in seen
    build.refresh_from_db()
    assert (build.state, build.entry_count, build.vector_count, build.reused_count) == ("published", 10, 40, 0)
    assert build.progress["embed"]["done"] == 40
    assert build.judged is not None
    assert build.judged.as_json() == build.verdict
    assert len(build.trace_id) == 32
    assert serves() == build.version
    assert build_if_due() is None


def test_changed_entry_embeds_only_its_changed_texts(here: Path, told: Told, far_model: FakeModel) -> None:
    told(10)
    build_now()
    far_model.asked.clear()
    change(3, "About subject3 there is one thing3 to say. Another sentence now.")
    build = build_if_due()
    assert build is not None
    assert sorted(text for text in far_model.asked if "now" in text or text.startswith("Another")) == [
        "Another sentence now.",
        "What of subject3 matters? About subject3 there is one thing3 to say. Another sentence now.",
    ]
    assert (build.vector_count, build.reused_count) == (40, 38)
    parts = KnowledgeVector.objects.filter(entry_key="entry-3")
    assert Counter(parts.values_list("kind", flat=True)) == {"searched": 2, "sentence": 2}
    assert set(KnowledgeVector.objects.filter(artefact=build.version).values_list("entry_key", flat=True)) == {
        "entry-3"
    }
    assert Embedding.objects.count() == 40


def test_vectors_of_entries_that_are_gone_are_removed(here: Path, told: Told) -> None:
    told(10)
    build_now()
    retire(1, 2)
    build_if_due()
    assert (Embedding.objects.count(), KnowledgeVector.objects.count()) == (32, 32)
    assert not KnowledgeVector.objects.filter(entry_key__in=["entry-1", "entry-2"]).exists()


def test_another_model_meets_none_of_the_vectors_of_the_first(
    here: Path, told: Told, settings: Any, far_model: FakeModel
) -> None:
    told(5)
    build_now()
    settings.EMBEDDING_MODEL = "farther"
    configured_embedder.cache_clear()
    build = build_now()
    assert build.reused_count == 0
    assert set(KnowledgeVector.objects.values_list("model", flat=True)) == {"farther"}
    assert Counter(Embedding.objects.values_list("model", flat=True)) == {"far": 20, "farther": 20}
    settings.EMBEDDING_MODEL = "far"
    configured_embedder.cache_clear()
    assert build_now().reused_count == 20


def test_model_that_fails_is_told_and_tried_again_later(here: Path, told: Told, settings: Any) -> None:
    told(5)
    working = settings.EMBEDDING_URL
    settings.EMBEDDING_URL = "http://127.0.0.1:9/v1"
    configured_embedder.cache_clear()
    with pytest.raises(Exception, match="embedding"):
        build_if_due()
    build = Build.objects.get()
    assert (build.state, build.attempts, bool(build.error)) == ("failed", 1, True)
    assert build_if_due() is None, "it must not be tried without a pause"
    settings.EMBEDDING_URL = working
    configured_embedder.cache_clear()
    due_again(build)
    build_if_due()
    build.refresh_from_db()
    assert (build.state, build.attempts, build.error) == ("published", 2, "")


def test_first_embedding_that_takes_longer_than_a_worker_may_goes_on_where_it_was(
    here: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(300)
    embed = StoredVectors.embed

    def until_time_is_up(source: StoredVectors, texts: list[str], hashes: Any) -> Any:
        if Embedding.objects.exists():
            raise SoftTimeLimitExceeded
        return embed(source, texts, hashes)

    with monkeypatch.context() as patched:
        patched.setattr(StoredVectors, "embed", until_time_is_up)
        with pytest.raises(SoftTimeLimitExceeded):
            build_if_due()
    stopped = Build.objects.get()
    assert stopped.error == "It takes longer than a worker may be at it. The next goes on where this one was."
    due_again(stopped)
    build_if_due()
    stopped.refresh_from_db()
    assert (stopped.state, stopped.attempts, stopped.reused_count) == (State.PUBLISHED, 2, 512)


def test_locked_database_stops_a_build_and_the_next_goes_on(here: Path, told: Told, far_model: FakeModel) -> None:
    """Another program holds SQLite's one writer from the moment that vectors are to be stored."""
    told(5)
    connection.cursor().execute("PRAGMA busy_timeout = 200")
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, check_same_thread=False)
    answer = far_model.answer

    def lock_and_answer(request: Any, texts: list[str]) -> None:
        if len(texts) > 10 and not other.in_transaction:
            other.execute("BEGIN IMMEDIATE")
        answer(request, texts)

    far_model.answer = lock_and_answer  # type: ignore[method-assign]
    with pytest.raises(DatabaseError):
        build_if_due()
    assert Build.objects.get().state == State.RUNNING, "nobody could write that it failed"
    far_model.answer = answer  # type: ignore[method-assign]
    other.rollback()
    other.close()
    build = build_if_due()
    assert build is not None
    assert (build.state, build.attempts) == (State.PUBLISHED, 2)
    assert serves() == build.version


def test_full_disk_is_said_and_the_old_index_serves(here: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told(5)
    first = build_now().version
    change(1, "New words for it. And more.")

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(np.lib.format, "open_memmap", full)
        with pytest.raises(OSError, match="No space"):
            build_if_due()
    failed = Build.objects.get(state="failed")
    assert failed.error == "The disk refused a write: no space left on device."
    assert serves() == first
    assert [path.name for path in here.iterdir() if path.is_dir()] == [first]
    due_again(failed)
    assert build_if_due() == failed
    assert serves() != first


def test_corrupted_index_is_refused_by_its_checksum_and_built_again(
    here: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(5)
    first = build_now().version
    change(1, "New words for it. And more.")
    judge = gate.judge

    def corrupting(*snapshots: Any) -> Verdict:
        verdict = judge(*snapshots)
        vectors = here / Build.objects.get(state="running").version / "vectors.npy"
        content = bytearray(vectors.read_bytes())
        content[-1] ^= 0xFF
        vectors.write_bytes(content)
        return verdict

    with monkeypatch.context() as patched:
        patched.setattr(gate, "judge", corrupting)
        with pytest.raises(ArtefactBroken):
            build_if_due()
    failed = Build.objects.get(state="failed")
    assert "disk may be faulty" in failed.error
    assert serves() == first
    assert entry_page("entry-1") is not None
    due_again(failed)
    build_if_due()
    failed.refresh_from_db()
    assert failed.state == State.PUBLISHED
    assert serves() == failed.version != first


def test_mass_retirement_is_refused_until_a_person_confirms(here: Path, told: Told, reviewer: Any) -> None:
    told(30)
    first = build_now().version
    retire(*range(11))
    refused = build_if_due()
    assert refused is not None
    assert refused.state == State.REFUSED
    assert refused.judged is not None
    assert "11 of 30 entries would be gone at once" in refused.judged.reasons[0]
    assert serves() == first
    assert Artefact.objects.get(state="refused").version == refused.version
    assert build_if_due() is None, "a refused index is not built again until something changes"
    with pytest.raises(actions.BuildRefused, match="refused"):
        actions.roll_back(refused.version)
    with pytest.raises(actions.BuildRefused, match="why"):
        actions.publish_anyway(refused, by=reviewer.pk, because="  ")
    actions.publish_anyway(refused, by=reviewer.pk, because="They were doubles.")
    build_if_due()
    refused.refresh_from_db()
    assert (refused.state, refused.overruled_by, refused.overruled_because) == (
        State.PUBLISHED, reviewer, "They were doubles.",
    )  # fmt: skip
    assert serves() == refused.version
    assert KnowledgeVector.objects.values("entry_key").distinct().count() == 19
    with pytest.raises(actions.BuildRefused):
        actions.publish_anyway(refused, by=reviewer.pk, because="Again.")


def test_questions_that_got_worse_are_kept_with_the_refusal(
    here: Path, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(5)
    build_now()
    change(1, "New words for it. And more.")
    worse = Worse("What of subject1?", "found", "not found")
    monkeypatch.setattr(gate, "judge", lambda *_: Verdict(False, ("Too poor.",), (worse,), {"quality": 0.5}))
    build = build_if_due()
    assert build is not None
    build.refresh_from_db()
    assert build.judged == Verdict(False, ("Too poor.",), (worse,), {"quality": 0.5})


def test_good_indexes_are_kept_beside_any_number_of_refused_ones(
    here: Path, told: Told, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ARTEFACT_KEEP = 2
    told(5)
    good = [build_now().version, build_now().version]
    monkeypatch.setattr(gate, "judge", lambda *_: Verdict(False, ("Too poor.",)))
    refused = [build_now().version for _ in range(3)]
    assert Shelf(here).versions() == [*good, refused[-1]]
    assert actions.roll_back().version == good[0]
    assert serves() == good[0]
    with pytest.raises(actions.BuildRefused, match="no earlier"):
        actions.roll_back()
    with pytest.raises(actions.BuildRefused, match="no longer kept"):
        actions.roll_back("20200101T000000-0000")


def test_withdrawn_entry_stays_withdrawn_after_a_roll_back(here: Path, told: Told) -> None:
    told(5)
    first = build_now().version
    retire(1)
    withdraw_on_commit(["entry-1"])
    assert entry_page("entry-1") is None
    build_if_due()
    actions.roll_back(first)
    assert entry_page("entry-1") is None
    assert entry_page("entry-2") is not None


def test_withdrawal_that_a_crash_swallowed_is_made_good(here: Path, told: Told) -> None:
    told(5)
    build_now()
    retire(1)  # committed, and then the process died before it withdrew
    assert entry_page("entry-1") is not None
    actions.withdraw_missed()
    assert set(Shelf(here).withdrawn()) == {"entry-1"}
    at = Shelf(here).withdrawn()
    actions.withdraw_missed()
    assert Shelf(here).withdrawn() == at


def test_withdrawal_swallowed_of_an_entry_that_was_withdrawn_once_before(here: Path, told: Told) -> None:
    """Corrected, withdrawn meanwhile and published again; an older index that is kept still needs that withdrawal."""
    told(5)
    build_now()
    withdraw_on_commit(["entry-1"])
    change(1, "Better words for it. And more.")
    build_now()
    assert entry_page("entry-1") is not None
    retire(1)  # committed, and then the process died before it withdrew
    actions.withdraw_missed()
    assert wait_for(lambda: entry_page("entry-1") is None)


def test_kept_index_that_cannot_be_read_holds_up_no_later_build(here: Path, told: Told) -> None:
    told(5)
    first = build_now().version
    withdraw_on_commit(["entry-5"])
    (here / first / "manifest.json").write_text("{half")
    change(1, "New words for it. And more.")
    build = build_if_due()
    assert build is not None
    assert build.state == State.PUBLISHED
    assert serves() == build.version != first
    assert set(Shelf(here).withdrawn()) == {"entry-5"}, "the index that cannot be read now may need it"
