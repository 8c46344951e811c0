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
#: Files that take longest begin first: no worker ends a run alone with one.
LONGEST = (
    "tests/permissions/test_pages.py",  # builds the corpus
    "tests/knowledge/plane/test_killed.py",
    "tests/companion/safety/test_faults.py",
    "tests/companion/safety/test_alerts_postgresql.py",
)
#: The longest of those that would wait for the corpus: after all that need none.
LONGEST_WITH_CORPUS = ("tests/permissions/test_operations.py", "tests/knowledge/evaluation/test_golden_set.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order the files so that no worker waits: neither for the corpus nor for the last one."""
    files = {item: item.nodeid.partition("::")[0] for item in items}
    waiting = {files[item] for item in items if "corpus_artefact" in getattr(item, "fixturenames", ())}
    others = sorted(dict.fromkeys(files.values()), key=lambda file: (file in waiting, file not in LONGEST_WITH_CORPUS))
    places = {file: place for place, file in enumerate(dict.fromkeys((*LONGEST, *others)))}
    items.sort(key=lambda item: places[files[item]])


def pytest_unconfigure() -> None:
    """Leave nothing behind in the temporary folder."""
    shutil.rmtree(os.environ["LILO_DATA_DIR"], ignore_errors=True)


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
def alone(lock: Path) -> Iterator[None]:
    """Only one process at a time is in here."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _replace(kept: Path, version: Path) -> None:
    unfinished = kept.with_name("unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    shutil.copytree(version, unfinished / version.name)
    shutil.rmtree(kept, ignore_errors=True)
    unfinished.rename(kept)


@pytest.fixture(scope="session")
def starter_artefacts(request: pytest.FixtureRequest) -> Path:
    """Where Pytest's cache keeps the newest build of the starter corpus, once there is one."""
    return request.config.cache.mkdir("starter") / "artefacts"


@pytest.fixture(scope="session")
def corpus_artefact(starter_artefacts: Path) -> Path:
    """The starter corpus, built once a run with the real model: the folder of artefacts it is published in.

    The vectors of texts that have not changed are those of the last run.
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
    with alone(starter_artefacts.with_name("lock")):  # the first worker builds, the others take what it built
        if starter_artefacts.exists():
            shutil.copytree(starter_artefacts, folder, dirs_exist_ok=True)
        built = build_and_publish(entries=entries, folder=folder)
        if built.reused < built.rows + built.sentences or not starter_artefacts.exists():
            _replace(starter_artefacts, folder / built.version)
    return folder


@pytest.fixture
def published_corpus(corpus_artefact: Path) -> None:
    """Lilo knows the starter corpus in this test."""
