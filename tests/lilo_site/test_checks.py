"""What `check --deploy` says of an installation where nobody would hear of trouble."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

ROOT = Path(__file__).resolve().parents[2]
OPERATORS = {"ADMINS": [("olga@example.org", "olga@example.org")], "ALERT_OPERATORS": ["mailto://olga@example.org"]}


def lacking(*, deploy: bool) -> set[str]:
    found = run_checks(include_deployment_checks=deploy)
    return {each.id.removeprefix("lilo.") for each in found if each.id and each.id.startswith("lilo.")}


@pytest.mark.parametrize("missing", [set(), {"ADMINS"}, {"ALERT_OPERATORS"}, set(OPERATORS)])
def test_check_names_whom_nobody_can_reach(settings: Any, missing: set[str]) -> None:
    for name, people in OPERATORS.items():
        setattr(settings, name, [] if name in missing else people)
    assert lacking(deploy=True) == missing
    assert lacking(deploy=False) == set()


def test_admins_are_read_from_the_environment() -> None:
    program = "from lilo_site.settings import web; print(web.ADMINS, web.SERVER_EMAIL)"
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"ADMINS": "a@x.org, b@x.org", "DEFAULT_FROM_EMAIL": "Lilo <lilo@x.org>"},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert found.stdout.strip() == "[('a@x.org', 'a@x.org'), ('b@x.org', 'b@x.org')] Lilo <lilo@x.org>"
