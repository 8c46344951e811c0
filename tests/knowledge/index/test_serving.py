"""What serves is swapped, refused, emptied and never lost, while questions run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from knowledge.index.build import roll_back, withdraw
from knowledge.index.manifest import Manifest
from knowledge.index.serving import Serving
from knowledge.index.shelf import Shelf
from knowledge.public import KnowledgeUnavailable
from tests.knowledge.index.conftest import ENTRIES, WordModel, entry

Build = Callable[..., Manifest]


def shown(serving: Serving) -> set[str]:
    """The keys that a question may be answered from now."""
    snapshot = serving.current()
    places = range(len(snapshot.artefact))
    return {
        snapshot.artefact.record(place)["key"]
        for place in places
        if snapshot.visible is None or snapshot.visible[place]
    }


def wait_for(condition: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether it comes true in time."""
    until = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def test_nothing_published(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeUnavailable):
        Serving(tmp_path / "none").current()


def test_new_version_takes_over_within_two_seconds(build: Build, tmp_path: Path) -> None:
    build()
    serving = Serving(tmp_path)
    assert shown(serving) == {"back", "feet", "sleep"}
    build([*ENTRIES, entry("new", "What is new?")])
    assert wait_for(lambda: "new" in shown(serving))
    roll_back(folder=tmp_path)
    assert wait_for(lambda: "new" not in shown(serving))


def test_withdrawn_entry_is_gone_within_two_seconds_everywhere(build: Build, tmp_path: Path) -> None:
    build()
    processes = [Serving(tmp_path), Serving(tmp_path)]
    assert all("back" in shown(serving) for serving in processes)
    withdraw("back", "never-was", folder=tmp_path)
    assert wait_for(lambda: all("back" not in shown(serving) for serving in processes))
    assert shown(Serving(tmp_path)) == {"feet", "sleep"}


def test_withdrawn_entry_stays_gone_after_a_roll_back_and_returns_when_published_again(
    build: Build, tmp_path: Path
) -> None:
    build()
    withdraw("back", folder=tmp_path)
    build(ENTRIES[1:])
    roll_back(folder=tmp_path)
    assert shown(Serving(tmp_path)) == {"feet", "sleep"}
    build()
    assert shown(Serving(tmp_path)) == {"back", "feet", "sleep"}


@pytest.mark.parametrize("name", ["vectors.npy", "entries.jsonl", "keywords/data.csc.index.npy", "manifest.json"])
def test_corrupted_artefact_is_refused_and_the_old_one_serves(build: Build, tmp_path: Path, name: str) -> None:
    build()
    serving = Serving(tmp_path)
    old = serving.current().artefact.manifest.version
    new = build([*ENTRIES, entry("new", "What is new?")]).version
    path = tmp_path / new / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    time.sleep(0.6)
    assert serving.current().artefact.manifest.version == old
    time.sleep(0.6)
    assert shown(serving) == {"back", "feet", "sleep"}
    with pytest.raises(KnowledgeUnavailable):
        Serving(tmp_path).current()
    assert Shelf(tmp_path).current() == new


def test_unreadable_list_of_withdrawals_answers_nothing_rather_than_a_withdrawn_entry(
    build: Build, tmp_path: Path
) -> None:
    build()
    (tmp_path / "withdrawn.json").write_text("{half")
    with pytest.raises(KnowledgeUnavailable):
        Serving(tmp_path).current()


def test_list_of_withdrawals_that_becomes_unreadable_silences_until_it_can_be_read(
    build: Build, tmp_path: Path
) -> None:
    build()
    serving = Serving(tmp_path)
    assert "back" in shown(serving)
    (tmp_path / "withdrawn.json").mkdir()  # no file can be opened there: as when the process has too many open
    time.sleep(0.6)
    for _ in range(3):
        with pytest.raises(KnowledgeUnavailable):
            serving.current()
    (tmp_path / "withdrawn.json").rmdir()
    withdraw("back", folder=tmp_path)
    assert shown(serving) == {"feet", "sleep"}


def test_questions_run_on_while_versions_change(build: Build, model: WordModel, tmp_path: Path) -> None:
    build()
    serving = Serving(tmp_path)
    query = model.encode(["sleep better awake"], query=True)[0]
    stop, failures, seen = threading.Event(), [], set()

    def ask() -> None:
        while not stop.is_set():
            try:
                artefact = serving.current().artefact
                best = artefact.record(int(artefact.nearest(query, 1)[0]))["key"]
                seen.add(artefact.manifest.version)
                if best != "sleep":
                    failures.append(best)
            except Exception as error:  # noqa: BLE001  # a test must see whatever a thread met
                failures.append(repr(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    versions = {
        build([*ENTRIES, *(entry(f"more-{n}-{turn}", f"Other thing {n}?") for n in range(20))]).version
        for turn in range(4)
    }
    assert wait_for(lambda: max(versions) in seen, 5)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert np.isfinite(query).all()
