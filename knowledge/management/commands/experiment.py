"""Experiments in the terminal: do the rules keep their error rates, and how do those that run stand?"""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.evaluation.experiments.rules import said


class Command(BaseCommand):
    """`check` proves the rules on made people; `look` looks at the experiments that run, and ends what a rule ends."""

    help = "Check the error rates of the rules on made people, or look at the experiments that run."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("check", "look"))
        parser.add_argument("--runs", type=int, default=2_000, help="made experiments for each check")
        parser.add_argument("--seed", type=int, default=20_261_122)

    def handle(self, *, what: str, runs: int, seed: int, **options: object) -> None:
        if what == "check":
            self._check(runs, seed)
        else:
            self._look()

    def _check(self, runs: int, seed: int) -> None:
        from knowledge.evaluation.experiments.checks import planned_line, run_all

        self.stdout.write(f"{planned_line()}\n{runs:,} made experiments for each line.\n\n")
        failed = []
        for check in run_all(runs=runs, seed=seed):
            low, high = check.interval
            wanted = (
                f"{'at most' if check.must_stay_below else 'at least'} {check.limit:.2f}" if check.limit < 1 else ""
            )
            self.stdout.write(f"{check.name:68} {check.share:6.3f}  ({low:.3f} to {high:.3f})  {wanted}")
            if not check.holds:
                failed.append(check.name)
        if failed:
            raise CommandError(f"Not kept: {'; '.join(failed)}")

    def _look(self) -> None:
        from knowledge.evaluation.experiments.actions import look_at_all

        seen = look_at_all()
        for experiment, outcome in seen:
            self.stdout.write(f"{experiment.name}: {said(experiment.plan, outcome)}")
        if not seen:
            self.stdout.write("No experiment runs.")
