"""The form of a question chooses how it is searched."""

from __future__ import annotations

import pytest

from knowledge.public import Route
from knowledge.retrieval.routing import choose_route


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("I keep waking up at night, what can I do?", "hybrid"),
        ("dizzy when standing", "hybrid"),
        ('what does "power of attorney" mean', "exact"),
        ("what does “power of attorney” mean", "exact"),
        ("she said 'no' and isn't eating", "hybrid"),
        ("B12", "exact"),
        ("vitamin B12", "exact"),
        ("COVID-19 jab", "exact"),
        ("is 5 hours of sleep too little when you are 80", "hybrid"),
        ("insomnia", "exact"),
        ("", "hybrid"),
        ("my mother and I were walking in the park when " * 8, "hybrid"),
        ("what should I do about it?", "semantic"),
    ],
)
def test_route(question: str, route: Route) -> None:
    assert choose_route(question) == route
