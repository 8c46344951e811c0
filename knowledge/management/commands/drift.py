"""How turns differ from the baseline, in the terminal."""

from __future__ import annotations

from datetime import date

from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    """Compare a day, keep what is found, and print it."""

    help = "Compare yesterday, or the day named, with the baseline."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="the day to compare, as 2026-11-22")

    def handle(self, *, day: date | None, **options: object) -> None:
        from knowledge.evaluation.drift.actions import check_day

        check = check_day(day=day)
        self.stdout.write(f"{check.turns} turns of {check.first_day} to {check.day}")
        if check.baseline is None:
            self.stdout.write("There is no baseline yet.")
            return
        self.stdout.write(
            f"Baseline: {check.baseline.turns} turns of {check.baseline.first_day} to {check.baseline.last_day}"
        )
        for test in check.tests:
            verdict = "drift" if test.has_drifted else "certain, but small" if test.is_significant else "as before"
            self.stdout.write(f"{test.title:36} {test.distance:7.3f}  p = {test.p_value:.4f}  {verdict}")
        if not check.tests:
            self.stdout.write("Too little to compare.")
