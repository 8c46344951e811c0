"""The world of the permission tests, in both states of sharing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.permissions.policies import STATES
from tests.permissions.world import World, make_world, sign_in_all


@pytest.fixture(scope="module", params=STATES)
def stored(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any, corpus_artefact: Path
) -> tuple[World, str]:
    """The world, stored once for each state: making it anew for every cell would take an hour."""
    with django_db_blocker.unblock():
        made = make_world()
        sign_in_all(made)
        made.share(everything=request.param == "everything")
        made.keep()
        call_command("flush", interactive=False, verbosity=0)
    return made, str(request.param)


@pytest.fixture
def world(stored: tuple[World, str], transactional_db: None) -> World:
    """The world as it was made, whatever the tests before did to it."""
    stored[0].restore()
    return stored[0]


@pytest.fixture
def shared(stored: tuple[World, str]) -> str:
    """How much the senior shares."""
    return stored[1]
