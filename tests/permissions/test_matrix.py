"""Every route against everyone. The routes are read from the router: a new one fails until it is in the table."""

from __future__ import annotations

import json
import string
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from lilo_site.api import api
from tests.permissions.table import API, PAGES, POLICIES, Use
from tests.permissions.world import ACTORS, World, as_id, make_world, sign_in_all

REFUSALS = frozenset({401, 403, 404})
STATES = ("alerts only", "everything")


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


def page_routes() -> dict[str, URLPattern]:
    """Every page by the name of its address; the API's operations are listed apart, the admin has its own test."""
    found: dict[str, URLPattern] = {}

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> None:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                walk(pattern.url_patterns, route)
            elif not route.startswith(("admin/", "api/v1/")):
                assert pattern.name, f"{route} needs a name"
                found[pattern.name] = pattern

    walk(get_resolver().url_patterns, "")
    return found


def operations() -> dict[str, str]:
    """Every operation of the API: its id, and its path with its method."""
    paths = api.get_openapi_schema()["paths"]
    return {
        operation["operationId"]: f"{method.upper()} {path}"
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


def test_every_page_is_in_the_table() -> None:
    assert set(page_routes()) == set(PAGES)


def test_every_operation_is_in_the_table() -> None:
    assert set(operations()) == set(API)


def test_pages(world: World, shared: str, subtests: pytest.Subtests) -> None:
    routes = page_routes()
    for name in sorted(set(PAGES) & set(routes)):
        for use in PAGES[name]:
            address = _page_address(world, routes[name], use) + use.query
            with subtests.test(page=name, method=use.method):
                outcomes = {actor: _page_outcome(world, world.client(actor), address, use) for actor in ACTORS}
                assert _wrong(outcomes, use, shared) == {}, f"open to: {use.policy}"


def test_operations(world: World, shared: str, subtests: pytest.Subtests) -> None:
    routes = operations()
    for name in sorted(set(API) & set(routes)):
        use = API[name]
        method, path = routes[name].split(" ", 1)
        values = {part: as_id(world.ids[use.ids.get(part, part)]) for part in _names_in(path)}
        with subtests.test(operation=name):
            address = path.format(**values) + use.query
            outcomes = {actor: _api_outcome(world, actor, method, address, use.data) for actor in ACTORS}
            assert _wrong(outcomes, use, shared) == {}, f"open to: {use.policy}"


def _page_outcome(world: World, browser: Client, address: str, use: Use) -> int:
    response = browser.generic(use.method, address, *_form(world, use)) if use.method != "GET" else browser.get(address)
    if use.method != "GET":
        world.restore()
    is_turned_away = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
    return 401 if is_turned_away else response.status_code


def _form(world: World, use: Use) -> tuple[bytes, str]:
    filled = {name: as_id(value(world) if callable(value) else value) for name, value in use.data.items()}
    return urlencode(filled, doseq=True).encode(), "application/x-www-form-urlencoded"


def _api_outcome(world: World, actor: str, method: str, address: str, data: Any) -> int:
    headers = {"Authorization": f"Bearer {world.tokens[actor]}"} if actor in world.tokens else {}
    filled = {name: as_id(value(world) if callable(value) else value) for name, value in data.items()}
    body = json.dumps(filled).encode() if method != "GET" else b""
    response: HttpResponse = Client().generic(method, address, body, "application/json", headers=headers)  # type: ignore[assignment]
    if method != "GET":
        world.restore()
    return response.status_code


def _wrong(outcomes: dict[str, int], use: Use, shared: str) -> dict[str, int]:
    """Whoever may must get an answer; the others, what nobody could tell from a thing that is not there."""
    allowed = POLICIES[use.policy][STATES.index(shared)]
    return {
        actor: status
        for actor, status in outcomes.items()
        if (status >= 400 and status not in use.also if actor in allowed else status not in REFUSALS)
    }


def _page_address(world: World, pattern: URLPattern, use: Use) -> str:
    names = pattern.pattern.converters or {}
    return reverse(pattern.name or "", kwargs={name: world.ids[use.ids.get(name, name)] for name in names})


def _names_in(path: str) -> list[str]:
    return [name for _, name, _, _ in string.Formatter().parse(path) if name]
