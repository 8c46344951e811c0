"""The judge of a candidate, on real indexes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knowledge.index.build import build_and_publish, withdraw
from knowledge.index.entries import IndexEntry
from knowledge.index.serving import Snapshot, snapshot_of
from knowledge.index.shelf import Shelf
from knowledge.plane.gate import judge_finding, judge_size
from tests.knowledge.index.conftest import entry

Build = Callable[[Sequence[IndexEntry]], Snapshot]
GOOD = [entry(f"entry-{n}", f"What of subject{n} matters?", f"There is one thing{n} to say.") for n in range(30)]
WORDS = "how should we sleep well at night"
#: Nothing but a capital letter tells them apart: hardly any is among the first three for its own question.
ALIKE = [
    entry(f"same-{n}", f"{WORDS[:n]}{WORDS[n].upper()}{WORDS[n + 1 :]}?", "Sleep well.")
    for n in range(len(WORDS))
    if WORDS[n] != " "
]


@pytest.fixture
def build(here: Path) -> Build:
    """An index of these entries, of the model of the settings."""

    def run(entries: Sequence[IndexEntry]) -> Snapshot:
        return snapshot_of(Shelf(here), build_and_publish(entries=entries).version)

    return run


def test_good_index_finds_what_it_holds(build: Build) -> None:
    verdict = judge_finding(build(GOOD), None)
    assert (verdict.passed, verdict.worse) == (True, ())
    assert verdict.figures == {"Entries asked by their own question": 30.0, "Share of them found": 1.0}


def test_index_that_does_not_find_its_entries_is_refused_and_says_which_were_found_before(build: Build) -> None:
    before, after = build([*GOOD, ALIKE[7]]), build([*GOOD, *ALIKE])
    verdict = judge_finding(after, before)
    assert not verdict.passed
    assert "found by their own question" in verdict.reasons[0]
    assert ALIKE[7].question in {row.question for row in verdict.worse}


def test_withdrawn_entries_are_not_asked_for(build: Build, here: Path) -> None:
    candidate = build(GOOD)
    withdraw("entry-1", folder=here)
    hidden = snapshot_of(Shelf(here), candidate.artefact.manifest.version)
    assert judge_finding(hidden, None).figures["Entries asked by their own question"] == 29


def test_vanished_entries_are_counted(build: Build) -> None:
    before, after = build(GOOD), build(GOOD[:15])
    assert judge_size(before, None).passed
    assert judge_size(after, before).reasons[0].startswith("15 of 30 entries would be gone at once")
    assert judge_size(before, after).passed
