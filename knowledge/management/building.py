"""A build on the terminal: for the commands that end in one."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import DatabaseError

from knowledge.management.progress import terminal_bar
from knowledge.plane.models import Build


def build_and_tell() -> str:
    """Build with a bar on the terminal; what came of it.

    Raises:
        CommandError: it failed, or the index was refused.
    """
    from knowledge.embedding.port import EmbeddingUnavailable
    from knowledge.index.build import NothingToPublish
    from knowledge.index.manifest import ArtefactBroken
    from knowledge.plane.pipeline import build_now, in_plain_words
    from knowledge.plane.vectors.port import VectorsUnavailable

    try:
        with terminal_bar() as progress:
            build = build_now(progress=progress)
    except (
        NothingToPublish, EmbeddingUnavailable, ArtefactBroken, VectorsUnavailable, DatabaseError, OSError,
    ) as error:  # fmt: skip
        raise CommandError(in_plain_words(error)) from error
    if build.state != build.State.PUBLISHED:
        raise CommandError("\n".join(["The index was refused; the one before serves on.", *_why(build)]))
    return (
        f"Index {build.version} serves: {build.entry_count:,} entries, {build.vector_count:,} vectors, "
        f"{build.reused_count:,} of them taken over."
    )


def _why(build: Build) -> list[str]:
    verdict = build.judged
    if verdict is None:
        return []
    worse = [f"  {row.question} - before: {row.before}; now: {row.after}" for row in verdict.worse]
    return [*verdict.reasons, *(["Questions that got worse:", *worse] if worse else [])]
