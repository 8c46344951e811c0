"""A test run has a data folder of its own: its databases, keys and artefacts never meet those of a running Lilo."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import django
import pytest

os.environ["LILO_DATA_DIR"] = tempfile.mkdtemp(prefix="lilo-tests-")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
for name in ("DATABASE_URL", "MONGODB_URL", "REDIS_URL", "CASSANDRA_HOSTS"):
    os.environ.pop(name, None)
# Named here and not in pyproject.toml: pytest-django would read the settings from there before this file has run.
os.environ["DJANGO_SETTINGS_MODULE"] = "lilo_site.settings"
django.setup()


@pytest.fixture(scope="session")
def corpus_artefact() -> Path:
    """The starter corpus, built once a run with the real model: the folder of artefacts it is published in."""
    from django.conf import settings

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
            sources=tuple(Source(page.title, page.publisher, page.url, page.date) for page in text.sources),
            reviewed_on=None,
        )
        for text in sorted(read_corpus(), key=lambda text: text.key)
    ]
    build_and_publish(entries=entries, folder=settings.ARTEFACT_DIR)
    return Path(settings.ARTEFACT_DIR)


@pytest.fixture
def published_corpus(corpus_artefact: Path) -> None:
    """Lilo knows the starter corpus in this test."""
