"""Background work of the curation side."""

from __future__ import annotations

import logging

from celery import shared_task

from knowledge.selectors import index_is_stale

log = logging.getLogger(__name__)


@shared_task(acks_late=False, soft_time_limit=3500, time_limit=3600)
def rebuild_index() -> None:
    """Build and publish an index if an entry changed since the last build; otherwise do nothing.

    Of a burst of requests the first builds and the rest find nothing to do. Runs for up to an hour, longer than a
    broker waits for a late acknowledgement, hence the early one; beat asks again should a worker die in it.
    """
    if not index_is_stale():
        return
    from knowledge.index.build import NothingToPublish, build_and_publish  # loads the model's library

    try:
        build_and_publish()
    except NothingToPublish:
        log.warning("index not rebuilt: no entry is published; withdrawn ones stay withdrawn")
