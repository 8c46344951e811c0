"""What retrieval counts and times."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

RETRIEVALS = Counter(
    "lilo_retrievals_total", "Questions searched, by the strategy that gave the evidence.", ["strategy"]
)
STEPS = Histogram(
    "lilo_retrieval_step_seconds",
    "Time of each step of retrieval.",
    ["step"],
    buckets=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 1.0, 2.0),
)
