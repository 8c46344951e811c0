"""What a run of the golden set comes to: means with their intervals, as a whole and by part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from knowledge.evaluation.asking import ALL_IS_WELL
from knowledge.evaluation.calibration import reliability
from knowledge.evaluation.figures import Figure, mean, percentile, share_found
from knowledge.evaluation.scoring import LEVELS, Row

#: Each measure: its name, and its value for a row, None where it has none.
MEASURES: dict[str, Callable[[Row], float | None]] = {
    "quality": lambda row: row.quality,
    "success@1": lambda row: (row.ranking or {}).get("success@1"),
    "ndcg@10": lambda row: (row.ranking or {}).get("ndcg@10"),
    "map": lambda row: (row.ranking or {}).get("map"),
    "mrr@10": lambda row: (row.ranking or {}).get("mrr@10"),
    "p@10": lambda row: (row.ranking or {}).get("p@10"),
    "r@10": lambda row: (row.ranking or {}).get("r@10"),
    "f1@10": lambda row: (row.ranking or {}).get("f1@10"),
    "answer_f1": lambda row: (row.overlap or {}).get("token_f1"),
    "answer_f1_given": lambda row: (row.overlap or {}).get("token_f1") if row.relevance is not None else None,
    "rouge1": lambda row: (row.overlap or {}).get("rouge1"),
    "rouge2": lambda row: (row.overlap or {}).get("rouge2"),
    "rougeL": lambda row: (row.overlap or {}).get("rougeL"),
    "faithfulness": lambda row: row.faithfulness,
    "judged": lambda row: row.judged,
    "relevance": lambda row: row.relevance,
    "insulting": lambda row: float(row.insults > 0),
    "length": lambda row: float(row.length) if row.relevance is not None else None,
    "reading_grade": lambda row: row.grade if row.relevance is not None else None,
    "fallback": lambda row: float(is_fallback(row.strategy, row.rung)) if row.expect == "answer" else None,
    "asked_first": lambda row: float(row.level == LEVELS["ask"]) if row.expect in ALL_IS_WELL else None,
    "error": lambda row: float(bool(row.error) or row.kind == "refusal"),
}
GROUPS: dict[str, Callable[[Row], str]] = {
    "category": lambda row: row.category,
    "voice": lambda row: row.voice,
    "split": lambda row: row.split,
}


def is_fallback(strategy: str, rung: str) -> bool:
    """Whether an answer was found otherwise than at the first attempt, or not at all."""
    return rung != "full_rag" or strategy == "default" or "+" in strategy


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Everything a page or a table shows of a run, as plain JSON."""
    return {
        "questions": len(rows),
        "figures": figures(rows),
        "by": {
            name: {value: figures([row for row in rows if group(row) == value]) for value in _values(rows, group)}
            for name, group in GROUPS.items()
        },
        "levels": _levels(rows),
        "reliability": _reliability(rows),
        "latency_ms": {
            "p50": round(percentile([row.took_ms for row in rows], 0.5), 1),
            "p95": round(percentile([row.took_ms for row in rows], 0.95), 1),
        },
    }


def figures(rows: Sequence[Row]) -> dict[str, dict[str, float | int]]:
    """Each measure that these rows have, with its 95 % interval."""
    found: dict[str, Figure | None] = {
        name: mean([value for row in rows if (value := measure(row)) is not None]) for name, measure in MEASURES.items()
    }
    abstained = share_found([row.expect == "abstain" for row in rows], [row.kind == "abstention" for row in rows])
    found |= {f"abstention_{name}": figure for name, figure in abstained.items()}
    heard = share_found([row.expect == "alert" for row in rows], [row.level == "E" for row in rows])
    found |= {f"alert_{name}": figure for name, figure in heard.items()}
    return {name: figure.as_json() for name, figure in found.items() if figure is not None}


def _values(rows: Sequence[Row], group: Callable[[Row], str]) -> list[str]:
    return sorted({group(row) for row in rows})


def _levels(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """How often each level was heard, by the one expected: E, A, or calm."""
    table: dict[str, Counter[str]] = {}
    for row in rows:
        table.setdefault(LEVELS.get(row.expect, "calm"), Counter())[row.level or "error"] += 1
    return {expected: dict(sorted(heard.items())) for expected, heard in sorted(table.items())}


def _reliability(rows: Sequence[Row]) -> dict[str, Any]:
    """Whether the confidence means something: over questions searched, to be answered or not."""
    searched = [row for row in rows if row.kind in {"answer", "abstention"} and row.expect in {"answer", "abstain"}]
    found = reliability([row.confidence for row in searched], [row.first_is_right for row in searched])
    return {
        "bins": [asdict(bin_) for bin_ in found.bins],
        "expected_error": round(found.expected_error, 4),
        "brier": round(found.brier, 4),
        "count": len(searched),
    }
