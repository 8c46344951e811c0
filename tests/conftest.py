"""A test run has a data folder of its own: its databases, keys and artefacts never meet those of a running Lilo."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import pytest

os.environ["LILO_DATA_DIR"] = tempfile.mkdtemp(prefix="lilo-tests-")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
# One thread a model: where other processes use the cores too, threads that wait for each other are ten times slower.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("EMBEDDING_THREADS", "1")
for name in ("DATABASE_URL", "MONGODB_URL", "REDIS_URL", "CASSANDRA_HOSTS"):
    os.environ.pop(name, None)
# Named here and not in pyproject.toml: pytest-django would read the settings from there before this file has run.
os.environ["DJANGO_SETTINGS_MODULE"] = "lilo_site.settings"
django.setup()

from django.conf import settings  # noqa: E402  (the settings must be there first)
from django.db import connections  # noqa: E402

# Static files are looked up when asked for: listing them all takes each of a run's thousands of clients 40 ms.
settings.WHITENOISE_AUTOREFRESH = True

# A real file, as in service: threads and other processes meet in it. In memory, SQLite locks whole tables.
connections["default"].settings_dict["TEST"]["NAME"] = Path(os.environ["LILO_DATA_DIR"]) / "lilo.sqlite3"


@pytest.fixture(scope="session")
def django_db_modify_db_settings_xdist_suffix() -> None:
    """Workers that run side by side have a data folder each: their databases need no names of their own."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Each worker reads the settings after it has run this file too, and so has folders of its own.

    Named in the environment, they would be read before it, with this process' folder: spools that are shared, and
    emptied by each other's tests.
    """
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Only one process at a time is in here."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def corpus_artefact(request: pytest.FixtureRequest) -> Path:
    """The starter corpus, built once a run with the real model: the folder of artefacts it is published in.

    Pytest's cache keeps the first build, from which later runs take the vectors of texts that have not changed.
    """
    from knowledge.importers.starter import read_corpus
    from knowledge.index.build import build_and_publish
    from knowledge.index.entries import IndexEntry
    from knowledge.public import Source

    entries = [
        IndexEntry(
            key=text.key,
            question=text.question,
            alternatives=text.alternatives,
            answer=text.answer,
            category=text.category,
            tags=text.tags,
            audience=text.audience,  # type: ignore[arg-type]
            sources=tuple(
                Source(page.title, page.publisher, page.url, page.date) for page in text.sources if page.date
            ),
            reviewed_on=None,
        )
        for text in sorted(read_corpus(), key=lambda text: text.key)
    ]
    folder = Path(settings.ARTEFACT_DIR)
    kept = request.config.cache.mkdir("starter") / "artefacts"
    with _alone(kept.with_name("lock")):  # the first worker builds, the others take what it built
        if kept.exists():
            shutil.copytree(kept, folder, dirs_exist_ok=True)
        build_and_publish(entries=entries, folder=folder)
        if not kept.exists():
            shutil.copytree(folder, kept.with_name("unfinished"), dirs_exist_ok=True).rename(kept)
    return folder


@pytest.fixture
def published_corpus(corpus_artefact: Path) -> None:
    """Lilo knows the starter corpus in this test."""
