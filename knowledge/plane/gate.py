"""The judge of a candidate: is it whole, is anything missing, and does it find what it holds?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

import numpy as np

from knowledge.index.serving import Snapshot, answering_from
from knowledge.plane.rules import (
    FOUND_WITHIN,
    LEAST_FOUND,
    MOST_VANISHED_SHARE,
    Verdict,
    Worse,
    together,
    too_many_vanished,
)
from knowledge.retrieval.find import find_many

Judge: TypeAlias = Callable[[Snapshot, Snapshot | None], Verdict]

#: Entries asked by their own question, at most: of those that are new or changed, and of the others.
CHANGED_ASKED, OTHERS_ASKED = 150, 50


def judge(candidate: Snapshot, serving: Snapshot | None) -> Verdict:
    """The verdict of every judge there is. That a candidate is whole was checked when it was opened."""
    from knowledge.evaluation import gate as golden  # its libraries are of use to a judge only

    return together(
        [judge_size(candidate, serving), judge_finding(candidate, serving), golden.judge(candidate, serving)]
    )


def judge_size(candidate: Snapshot, serving: Snapshot | None) -> Verdict:
    """Refuse where a large part of the knowledge is gone at once: that looks like an accident."""
    after = len(candidate.artefact)
    before = len(serving.artefact) if serving else 0
    figures = {"Entries before": float(before), "Entries after": float(after)}
    if not too_many_vanished(before, after):
        return Verdict(True, figures=figures)
    reason = (
        f"{before - after:,} of {before:,} entries would be gone at once; more than {MOST_VANISHED_SHARE:.0%} looks "
        "like an accident. If it is meant, publish it anyway."
    )
    return Verdict(False, (reason,), figures=figures)


def judge_finding(candidate: Snapshot, serving: Snapshot | None) -> Verdict:
    """Ask entries by their own question; refuse where too many are not among the first found."""
    asked = _asked(candidate, serving)
    missed = [question for question, was_found in _found(candidate, asked) if not was_found]
    share = 1 - len(missed) / len(asked) if asked else 1.0
    worse: tuple[Worse, ...] = ()
    if missed:
        before = dict(_found(serving, missed)) if serving else {}
        worse = tuple(
            Worse(question, "found by its own question", f"not among the first {FOUND_WITHIN}")
            for question in missed
            if before.get(question, True)
        )
    figures = {"Entries asked by their own question": float(len(asked)), "Share of them found": round(share, 4)}
    if share >= LEAST_FOUND:
        return Verdict(True, worse=worse, figures=figures)
    reason = (
        f"Only {share:.0%} of {len(asked)} entries are found by their own question; {LEAST_FOUND:.0%} must be. "
        "Look for entries that say the same."
    )
    return Verdict(False, (reason,), worse, figures)


def _asked(candidate: Snapshot, serving: Snapshot | None) -> list[str]:
    """Questions of visible entries, evenly spread."""
    places = np.arange(len(candidate.artefact)) if candidate.visible is None else np.flatnonzero(candidate.visible)
    changed = [int(place) for place in places if _is_changed(candidate, serving, int(place))]
    others = sorted(set(places.tolist()).difference(changed))
    chosen = [*_spread(changed, CHANGED_ASKED), *_spread(others, OTHERS_ASKED)]
    return list(dict.fromkeys(candidate.artefact.record(place)["question"] for place in chosen))


def _is_changed(candidate: Snapshot, serving: Snapshot | None, place: int) -> bool:
    if serving is None:
        return True
    record = candidate.artefact.record(place)
    earlier = serving.artefact.place_of(record["key"])
    return earlier is None or serving.artefact.record(earlier) != record


def _spread(places: list[int], count: int) -> list[int]:
    if len(places) <= count:
        return places
    return [places[at * len(places) // count] for at in range(count)]


def _found(snapshot: Snapshot, questions: list[str]) -> Iterator[tuple[str, bool]]:
    """Each question, and whether an entry with that question is among the first found."""
    with answering_from(snapshot):
        for question, retrieval in zip(questions, find_many(questions, limit=FOUND_WITHIN), strict=True):
            yield question, any(evidence.question == question for evidence in retrieval.evidence)
