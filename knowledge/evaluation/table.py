"""The figures of a run as lines of a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from knowledge.evaluation.running import Comparison, Measured

#: What is shown by part; the rest is in the JSON.
BY_PART = ("quality", "success@1", "ndcg@10", "answer_f1", "faithfulness", "abstention_f1", "alert_f1")
CHANGES_SHOWN = 20
QUESTION_WIDTH = 60


def run_lines(measured: Measured) -> Iterable[str]:
    """Every figure with its interval, then the main ones by part."""
    found = measured.summary
    yield f"{found['questions']} questions ({measured.split}) to {measured.artefact}, {measured.seconds:.0f} s"
    yield ""
    for name, figure in found["figures"].items():
        yield f"{name:<24}{_figure(figure)}"
    latency, sure = found["latency_ms"], found["reliability"]
    yield f"{'time of an answer':<24}p50 {latency['p50']:.0f} ms, p95 {latency['p95']:.0f} ms"
    yield f"{'confidence':<24}calibration error {sure['expected_error']:.3f}, Brier score {sure['brier']:.3f}"
    yield f"{'danger heard':<24}" + "; ".join(
        f"{expected}: " + " ".join(f"{level} {count}" for level, count in heard.items())
        for expected, heard in found["levels"].items()
    )
    for group, parts in found["by"].items():
        yield ""
        yield f"{'by ' + group:<24}" + "".join(f"{name:>15}" for name in ("questions", *BY_PART))
        for part, figures in parts.items():
            cells = (f"{figures[name]['value']:.3f}" if name in figures else "" for name in BY_PART)
            yield f"{part:<24}{figures['quality']['count']:>15}" + "".join(f"{cell:>15}" for cell in cells)


def comparison_lines(comparison: Comparison) -> Iterable[str]:
    """Differences whose interval leaves zero are marked; then the questions that changed most."""
    yield ""
    yield f"against the earlier run, {comparison.shared} questions in both"
    for name, figure in comparison.differences.items():
        mark = "" if figure["low"] <= 0 <= figure["high"] else "  *"
        yield f"{name:<24}{figure['value']:>+9.4f}  [{figure['low']:+.4f}, {figure['high']:+.4f}]{mark}"
    for change in comparison.changes[:CHANGES_SHOWN]:
        question = change.after.question
        cut = question if len(question) <= QUESTION_WIDTH else f"{question[: QUESTION_WIDTH - 1]}…"
        yield f"{change.before.quality:.2f} -> {change.after.quality:.2f}  {change.after.id:<18}{cut}"
    if len(comparison.changes) > CHANGES_SHOWN:
        yield f"... and {len(comparison.changes) - CHANGES_SHOWN} more questions changed."


def collection_lines(found: Mapping[str, Any]) -> Iterable[str]:
    """Ours and the rivals, a column each."""
    columns = {"ours": found, **found["beside"]}
    yield f"{found['queries']} queries, {found['documents']:,} documents, {found['model']}"
    yield f"{'':<14}" + "".join(f"{name:>26}" for name in columns)
    for measure in found["beside"]["bm25"]:
        yield f"{measure:<14}" + "".join(f"{_figure(column[measure]):>26}" for column in columns.values())


def _figure(figure: Mapping[str, float]) -> str:
    return f"{figure['value']:>9.4f}  [{figure['low']:.3f}, {figure['high']:.3f}]"
