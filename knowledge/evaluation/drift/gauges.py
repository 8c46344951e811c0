"""Drift for Prometheus: read from the last check at each scrape, so that every process tells the same."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import DatabaseError
from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from knowledge.evaluation.drift.selectors import latest_check

log = logging.getLogger(__name__)


class DriftCollector(Collector):
    """The distances of the last check, and whether each counts as drift."""

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Names only: at registration there may be no database."""
        yield from self._families()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One query."""
        distances, drifted = self._families()
        try:
            check = latest_check()
        except DatabaseError:
            log.exception("drift could not be read for the metrics")
            check = None
        for test in check.tests if check else []:
            distances.add_metric([test.name], test.distance)
            drifted.add_metric([test.name], float(test.has_drifted))
        yield distances
        yield drifted

    def _families(self) -> tuple[GaugeMetricFamily, GaugeMetricFamily]:
        return (
            GaugeMetricFamily("lilo_drift_distance", "How far turns are from the baseline.", labels=["measure"]),
            GaugeMetricFamily("lilo_drift", "1 where a measure has drifted.", labels=["measure"]),
        )


def register() -> None:
    """Once a process."""
    REGISTRY.register(DriftCollector())
