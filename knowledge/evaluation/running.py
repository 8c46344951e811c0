"""One run of the golden set: ask, score, sum up, and say what two runs differ in."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from knowledge.evaluation.asking import Progress, ask_all
from knowledge.evaluation.figures import mean
from knowledge.evaluation.judge import is_configured, judge_all
from knowledge.evaluation.questions import digest, read_golden
from knowledge.evaluation.report import MEASURES, summary
from knowledge.evaluation.scoring import Row, score
from knowledge.index.serving import Snapshot

#: Quality must move by so much before a question counts as changed.
CHANGED = 0.1


@dataclass(frozen=True, slots=True)
class Measured:
    """What a run found."""

    artefact: str
    golden: str
    """Tells golden sets apart: runs of different ones are compared by the questions they share."""
    split: str
    rows: tuple[Row, ...]
    summary: dict[str, Any]
    seconds: float


@dataclass(frozen=True, slots=True)
class Change:
    """A question that was answered otherwise in another run."""

    before: Row
    after: Row

    @property
    def gain(self) -> float:
        """How much better it became; below 0: worse."""
        return self.after.quality - self.before.quality


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs, question by question."""

    shared: int
    differences: dict[str, dict[str, float | int]]
    """Mean of the paired differences of each measure, with its 95 % interval."""
    changes: tuple[Change, ...]
    """The worst first."""


def measure(snapshot: Snapshot, *, split: str = "all", progress: Progress | None = None) -> Measured:
    """Run the golden set, or one split of it, against an artefact. Blocks for half a minute or more.

    Raises:
        GoldenSetBroken: the golden set cannot be read, or nothing of that split is in it.
        EmbeddingUnavailable: the model failed.
    """
    began = time.perf_counter()
    golden = [question for question in read_golden() if split in ("all", question.split)]
    outcomes = ask_all(golden, snapshot, progress=progress)
    judged = judge_all(outcomes, snapshot.artefact) if is_configured() else ()
    rows = score(outcomes, snapshot.artefact, judged)
    return Measured(
        artefact=snapshot.artefact.manifest.version,
        golden=digest(golden),
        split=split,
        rows=tuple(rows),
        summary=summary(rows),
        seconds=time.perf_counter() - began,
    )


def compare(before: Sequence[Row], after: Sequence[Row]) -> Comparison:
    """What changed between two runs, over the questions that both asked."""
    earlier = {row.id: row for row in before}
    pairs = [Change(earlier[row.id], row) for row in after if row.id in earlier]
    differences = {}
    for name, value in MEASURES.items():
        found = [
            new - old
            for pair in pairs
            if (old := value(pair.before)) is not None and (new := value(pair.after)) is not None
        ]
        if figure := mean(found):
            differences[name] = figure.as_json()
    changed = sorted((pair for pair in pairs if abs(pair.gain) >= CHANGED), key=lambda pair: pair.gain)
    return Comparison(len(pairs), differences, tuple(changed))
