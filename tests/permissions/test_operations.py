"""Every operation of the API against everyone, read from the router: a new one fails until it is in the table."""

from __future__ import annotations

import json
import string
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from lilo_site.api import api
from tests.permissions.policies import wrong
from tests.permissions.table import API
from tests.permissions.world import ACTORS, World, as_id


def operations() -> dict[str, str]:
    """Every operation of the API: its id, and its path with its method."""
    paths = api.get_openapi_schema()["paths"]
    return {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_every_operation_is_in_the_table() -> None:
    assert set(operations()) == set(API)


def test_operations(world: World, shared: str, subtests: pytest.Subtests) -> None:
    routes = operations()
    for name in sorted(set(API) & set(routes)):
        use = API[name]
        method, path = routes[name].split(" ", 1)
        values = {part: as_id(world.ids[use.ids.get(part, part)]) for part in _names_in(path)}
        with subtests.test(operation=name):
            address = path.format(**values) + use.query
            outcomes = {actor: _api_outcome(world, actor, method, address, use.data) for actor in ACTORS}
            assert wrong(outcomes, use, shared) == {}, f"open to: {use.policy}"


def _api_outcome(world: World, actor: str, method: str, address: str, data: Any) -> int:
    headers = {"Authorization": f"Bearer {world.tokens[actor]}"} if actor in world.tokens else {}
    filled = {name: as_id(value(world) if callable(value) else value) for name, value in data.items()}
    body = json.dumps(filled).encode() if method != "GET" else b""
    response: HttpResponse = Client().generic(method, address, body, "application/json", headers=headers)  # type: ignore[assignment]
    if method != "GET" and response.status_code < 400:
        world.restore()
    return response.status_code


def _names_in(path: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(path) if name]
