"""One contract for every store of vectors: in tables, and in a real server that speaks MongoDB's protocol."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from knowledge.models import Entry
from knowledge.plane.models import Embedding
from knowledge.plane.pipeline import build_if_due, build_now
from knowledge.plane.vectors import vector_store
from knowledge.plane.vectors.orm import OrmVectors
from knowledge.plane.vectors.port import Maker, Part, VectorStore, VectorsUnavailable
from lilo_site.stores import mongodb

pytestmark = pytest.mark.django_db

SMALL, OTHER = Maker("small", 4), Maker("other", 4)


@pytest.fixture(scope="module")
def mongodb_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of this module's own."""
    program = Path(sys.executable).with_name("nx-27017")  # beside the interpreter, whether or not PATH leads there
    assert program.exists(), "nx-27017 comes with what the tests install"
    folder = tmp_path_factory.mktemp("mongodb")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [str(program), "--data-dir", str(folder), "-p", str(port), "--log-file", str(folder / "log")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    with socket.socket() as probe:
        while probe.connect_ex(("127.0.0.1", port)):
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.05)
    yield f"mongodb://127.0.0.1:{port}/lilo"
    server.kill()
    server.wait()


@pytest.fixture(params=["tables", "mongodb"])
def store(request: pytest.FixtureRequest, settings: Any) -> Iterator[VectorStore]:
    """Each of them, empty."""
    if request.param == "tables":
        yield OrmVectors()
        return
    settings.MONGODB_URL = request.getfixturevalue("mongodb_url")
    mongodb._client.cache_clear()
    mongodb.client().drop_database("lilo")
    yield vector_store()
    mongodb.client().close()
    mongodb._client.cache_clear()


def vector(seed: int) -> Any:
    return np.random.default_rng(seed).standard_normal(4).astype(np.float16)


def part(key: str, number: int, text_hash: str, kind: str = "searched") -> Part:
    return Part(key, number, kind, text_hash, SMALL.model, SMALL.dimension)


def test_what_is_kept_is_found_to_the_bit(store: VectorStore) -> None:
    kept = {f"{number:032x}": vector(number) for number in range(1_200)}
    store.keep(kept, SMALL)
    found = store.vectors([*kept, "f" * 32], SMALL)
    assert found.keys() == kept.keys()
    assert all((found[text] == kept[text]).all() for text in kept)
    assert all(found[text].dtype == np.float16 for text in kept)


def test_vectors_of_two_models_never_meet(store: VectorStore) -> None:
    store.keep({"aa": vector(1)}, SMALL)
    store.keep({"aa": vector(2)}, OTHER)
    store.keep({"aa": np.ones(3, np.float16)}, Maker("small", 3))
    assert (store.vectors(["aa"], SMALL)["aa"] == vector(1)).all()
    assert (store.vectors(["aa"], OTHER)["aa"] == vector(2)).all()
    assert store.vectors(["aa"], Maker("third", 4)) == {}


def test_keeping_again_doubles_and_changes_nothing(store: VectorStore) -> None:
    store.keep({"aa": vector(1)}, SMALL)
    store.keep({"aa": vector(2), "bb": vector(3)}, SMALL)
    found = store.vectors(["aa", "bb", "aa"], SMALL)
    assert (found["aa"] == vector(1)).all()
    assert (found["bb"] == vector(3)).all()
    assert store.sweep() == 2


def test_parts_take_each_others_place(store: VectorStore) -> None:
    store.put([part("sleep", 0, "aa"), part("sleep", 1, "bb", "sentence"), part("feet", 0, "cc")], artefact="one")
    store.put([part("sleep", 0, "dd")], artefact="two")
    assert store.parts_of(["sleep", "nobody"]) == {part("sleep", 0, "dd"), part("sleep", 1, "bb", "sentence")}
    assert store.entries() == {"sleep", "feet"}
    store.drop(["sleep", "nobody"])
    assert store.entries() == {"feet"}


def test_sweep_deletes_what_no_entry_uses(store: VectorStore) -> None:
    store.keep({"aa": vector(1), "bb": vector(2), "cc": vector(3)}, SMALL)
    store.keep({"aa": vector(4), "bb": vector(5)}, OTHER)
    store.put([part("sleep", 0, "aa"), part("feet", 0, "aa")], artefact="one")
    assert store.sweep() == 3
    assert store.vectors(["aa", "bb", "cc"], SMALL).keys() == {"aa"}
    assert store.vectors(["aa"], OTHER).keys() == {"aa"}
    store.drop(["sleep", "feet"])
    assert store.sweep() == 2


def test_server_that_is_away_is_said_plainly(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongodb, "CONNECT_TIMEOUT_MS", 200)
    monkeypatch.setattr(mongodb, "TIMEOUT_MS", 300)
    settings.MONGODB_URL = "mongodb://127.0.0.1:9/lilo"
    mongodb._client.cache_clear()
    with pytest.raises(VectorsUnavailable):
        vector_store()
    mongodb.client().close()
    mongodb._client.cache_clear()


@pytest.mark.django_db(transaction=True)
def test_builds_keep_their_vectors_in_mongodb(
    here: Path, told: Callable[[int], None], settings: Any, mongodb_url: str, rebuilds_asked: list[str]
) -> None:
    settings.MONGODB_URL = mongodb_url
    mongodb._client.cache_clear()
    mongodb.client().drop_database("lilo")
    told(6)
    assert build_now().reused_count == 0
    Entry.objects.filter(key="entry-1").update(answer="Quite new.", index_changed_at=timezone.now())
    Entry.objects.filter(key="entry-2").update(status="retired", index_changed_at=timezone.now())
    build = build_if_due()
    assert build is not None
    assert (build.vector_count, build.reused_count) == (19, 17)
    database = mongodb.client()["lilo"]
    assert sorted(database["knowledge_vectors"].distinct("entry_key")) == [f"entry-{n}" for n in (0, 1, 3, 4, 5)]
    assert database["embeddings"].count_documents({}) == 19
    assert not Embedding.objects.exists()
    mongodb.client().close()
    mongodb._client.cache_clear()
