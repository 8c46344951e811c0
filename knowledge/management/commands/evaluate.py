"""Measure how good the answers are: on the golden set, or retrieval alone on a test collection from outside."""

from __future__ import annotations

import json
import tempfile
from argparse import SUPPRESS
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.management.progress import terminal_bar

if TYPE_CHECKING:
    from knowledge.evaluation.running import Comparison, Measured

MOST_RESULTS = 100


class Command(BaseCommand):
    """Prints a table, or one JSON object; progress goes to standard error."""

    help = (
        "Put the golden set to what serves, as a person would ask it, and score the answers. "
        "`evaluate retrieval` scores retrieval alone on any collection in the layout of BEIR."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked for."""
        parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
        parser.add_argument("--split", choices=["tune", "hold", "all"], default="all", help="part of the golden set")
        parser.add_argument("--artefact", metavar="VERSION", help="an index kept; that which serves when left out")
        parser.add_argument("--save", action="store_true", help="keep the run, to be seen in the admin")
        parser.add_argument("--note", default="", help="what to remember of a kept run")
        parser.add_argument("--compare", type=int, metavar="RUN", help="number of a kept run to compare with")
        parts = parser.add_subparsers(dest="part", metavar="retrieval")
        retrieval = parts.add_parser("retrieval", help="score a collection in the layout of BEIR")
        retrieval.add_argument("--corpus", type=Path, required=True, help="corpus.jsonl: _id, title, text")
        retrieval.add_argument("--queries", type=Path, required=True, help="queries.jsonl: _id, text")
        retrieval.add_argument("--qrels", type=Path, required=True, help="BEIR's three columns or TREC's four")
        # Given before or after the word, it means the same: a default here would undo the first.
        retrieval.add_argument("--json", action="store_true", default=SUPPRESS, help="one JSON object, not a table")
        retrieval.add_argument("--k", type=int, default=10, help=f"depth of the measures, 1 to {MOST_RESULTS}")
        retrieval.add_argument(
            "--work", type=Path, help="a folder to keep the index in: a second run embeds no text anew"
        )

    def handle(self, *, part: str | None, **options: Any) -> None:
        """Measure what was asked for."""
        from knowledge.embedding.port import EmbeddingUnavailable
        from knowledge.evaluation.beir import SetBroken
        from knowledge.evaluation.questions import GoldenSetBroken
        from knowledge.index.manifest import ArtefactBroken
        from knowledge.public import KnowledgeUnavailable

        try:
            if part == "retrieval":
                self._measure_retrieval(options)
            else:
                self._measure_answers(options)
        except (
            SetBroken, GoldenSetBroken, ArtefactBroken, EmbeddingUnavailable, KnowledgeUnavailable, LookupError
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error

    def _measure_answers(self, options: dict[str, Any]) -> None:
        from knowledge.evaluation.actions import keep_run
        from knowledge.evaluation.models import EvaluationRun
        from knowledge.evaluation.running import compare, measure

        earlier = options["compare"] and EvaluationRun.objects.filter(pk=options["compare"], state="done").first()
        if options["compare"] and not earlier:
            raise CommandError(f"There is no finished run {options['compare']}.")
        with terminal_bar() as progress:
            measured = measure(_snapshot(options["artefact"]), split=options["split"], progress=progress)
        comparison = compare(earlier.rows, measured.rows) if earlier else None
        kept = keep_run(measured, note=options["note"]) if options["save"] else None
        self._tell(measured, comparison, as_json=options["json"])
        if kept:
            self.stderr.write(f"Kept as run {kept.pk}.")

    def _tell(self, measured: Measured, comparison: Comparison | None, *, as_json: bool) -> None:
        from knowledge.evaluation.table import comparison_lines, run_lines

        if not as_json:
            for line in (*run_lines(measured), *(comparison_lines(comparison) if comparison else ())):
                self.stdout.write(line)
            return
        told: dict[str, Any] = {
            "artefact": measured.artefact,
            "golden": measured.golden,
            "split": measured.split,
            "seconds": round(measured.seconds, 1),
            **measured.summary,
            "rows": [row.as_json() for row in measured.rows],
        }
        if comparison:
            told["against"] = {
                "shared": comparison.shared,
                "differences": comparison.differences,
                "changes": [
                    {"id": change.after.id, "before": change.before.quality, "after": change.after.quality}
                    for change in comparison.changes
                ],
            }
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def _measure_retrieval(self, options: dict[str, Any]) -> None:
        from knowledge.evaluation.collection import load, measure
        from knowledge.evaluation.table import collection_lines

        if not 1 <= options["k"] <= MOST_RESULTS:
            raise CommandError(f"--k must be from 1 to {MOST_RESULTS}.")
        work: Path | None = options["work"]
        temporary = nullcontext(str(work)) if work else tempfile.TemporaryDirectory(prefix="lilo-evaluate-")
        with temporary as folder, terminal_bar() as progress:
            collection = load(
                options["corpus"], options["queries"], options["qrels"], work=Path(folder), progress=progress
            )
            found = measure(collection, at=options["k"], progress=progress)
        for line in [json.dumps(found)] if options["json"] else collection_lines(found):
            self.stdout.write(line)


def _snapshot(version: str | None) -> Any:
    from django.conf import settings

    from knowledge.index.serving import serving, snapshot_of
    from knowledge.index.shelf import Shelf

    return snapshot_of(Shelf(settings.ARTEFACT_DIR), version) if version else serving().current()
