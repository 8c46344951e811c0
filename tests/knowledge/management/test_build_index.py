"""The operator's way to build, and to go back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from knowledge.index.shelf import Shelf
from knowledge.models import Artefact, Entry


def run(**options: object) -> str:
    out = io.StringIO()
    call_command("build_index", stdout=out, **options)
    return out.getvalue()


def test_builds_notes_and_rolls_back(make_entry: Callable[..., Entry], artefact_folder: Path) -> None:
    make_entry(status="published")
    make_entry("draft-entry")
    assert "1 entries" in run()
    first = Shelf(artefact_folder).current()
    assert Artefact.objects.get(state="published").version == first
    assert "up to date" in run(if_changed=True)
    assert Shelf(artefact_folder).current() == first
    assert "8 of them taken over" not in run()
    assert Shelf(artefact_folder).current() != first
    run(roll_back="")
    assert Shelf(artefact_folder).current() == first
    assert Artefact.objects.get(state="published").version == first


def test_lost_artefact_is_built_again_though_nothing_changed(
    make_entry: Callable[..., Entry], artefact_folder: Path
) -> None:
    make_entry(status="published")
    run()
    (artefact_folder / "current").unlink()
    assert "serves" in run(if_changed=True)


@pytest.mark.django_db
def test_nothing_published_is_said(artefact_folder: Path) -> None:
    with pytest.raises(CommandError, match="No entry is published"):
        run()
    with pytest.raises(CommandError, match="no earlier"):
        run(roll_back="")
