"""Build the search index and let it serve."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.management.building import build_and_tell


class Command(BaseCommand):
    """Build, judge and publish, or go back to an earlier index."""

    help = "Build the index from the published entries and let it serve; only changed texts are embedded."

    def add_arguments(self, parser: CommandParser) -> None:
        """What may be asked for."""
        parser.add_argument(
            "--roll-back", nargs="?", const="", metavar="VERSION",
            help="build nothing: let the index before the current one, or the one named, serve again",
        )  # fmt: skip
        parser.add_argument(
            "--if-changed", action="store_true", help="do nothing where the index that serves is up to date"
        )

    def handle(self, *, roll_back: str | None, if_changed: bool, **options: Any) -> None:
        """Do it, and say which index serves now."""
        from knowledge.index.build import serves_configured_model
        from knowledge.plane import actions
        from knowledge.selectors import index_is_stale

        if roll_back is not None:
            try:
                manifest = actions.roll_back(roll_back or None)
            except actions.BuildRefused as error:
                raise CommandError(str(error)) from error
            self.stdout.write(f"Index {manifest.version} serves again: {manifest.entries:,} entries.")
        elif if_changed and not index_is_stale() and serves_configured_model():
            self.stdout.write("The index is up to date.")
        else:
            self.stdout.write(build_and_tell())
