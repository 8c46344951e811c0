"""Build the search index and let it serve."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from knowledge.management.progress import terminal_bar


class Command(BaseCommand):
    """Build and publish, or go back to an earlier index."""

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
        from knowledge.embedding.port import EmbeddingUnavailable
        from knowledge.index import build
        from knowledge.index.manifest import ArtefactBroken
        from knowledge.selectors import index_is_stale

        if if_changed and not index_is_stale() and build.serves_configured_model():
            self.stdout.write("The index is up to date.")
            return
        try:
            if roll_back is not None:
                manifest = build.roll_back(roll_back or None)
            else:
                with terminal_bar() as progress:
                    manifest = build.build_and_publish(progress=progress)
        except (build.NothingToPublish, EmbeddingUnavailable, ArtefactBroken) as error:
            raise CommandError(str(error)) from error
        vectors = manifest.rows + manifest.sentences
        self.stdout.write(
            f"Index {manifest.version} serves: {manifest.entries:,} entries, {vectors:,} vectors of {manifest.model}, "
            f"{manifest.reused:,} of them taken over."
        )
