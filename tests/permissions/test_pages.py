"""Every page against everyone. They are read from the router: a new one fails until it is in the table."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.permissions.policies import Use, wrong
from tests.permissions.table import PAGES
from tests.permissions.world import ACTORS, World, as_id


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


def test_every_page_is_in_the_table() -> None:
    assert set(page_routes()) == set(PAGES)


@pytest.mark.timeout(600)  # every page for ten people: minutes on a busy machine
def test_pages(world: World, shared: str, subtests: pytest.Subtests) -> None:
    routes = page_routes()
    for name in sorted(set(PAGES) & set(routes)):
        for use in PAGES[name]:
            address = _page_address(world, routes[name], use) + use.query
            with subtests.test(page=name, method=use.method):
                outcomes = {actor: _page_outcome(world, world.client(actor), address, use) for actor in ACTORS}
                assert wrong(outcomes, use, shared) == {}, f"open to: {use.policy}"


def _page_outcome(world: World, browser: Client, address: str, use: Use) -> int:
    response = browser.generic(use.method, address, *_form(world, use)) if use.method != "GET" else browser.get(address)
    if use.method != "GET" and response.status_code < 400:
        world.restore()
    is_turned_away = response.status_code == 302 and response.headers["Location"].startswith("/sign-in/")
    return 401 if is_turned_away else response.status_code


def _form(world: World, use: Use) -> tuple[bytes, str]:
    filled = {name: as_id(value(world) if callable(value) else value) for name, value in use.data.items()}
    return urlencode(filled, doseq=True).encode(), "application/x-www-form-urlencoded"


def _page_address(world: World, pattern: URLPattern, use: Use) -> str:
    names = pattern.pattern.converters or {}
    return reverse(pattern.name or "", kwargs={name: world.ids[use.ids.get(name, name)] for name in names})


def test_admin_is_closed_to_all_but_its_staff(world: World) -> None:
    """Every page of the admin asks first who is there; what its staff may do there is for its own tests."""
    for actor in set(ACTORS) - {"curator"}:
        for model, options in admin.site._registry.items():
            names = (f"{options.opts.app_label}_{model._meta.model_name}_{page}" for page in ("changelist", "add"))
            for name in names:
                response = world.client(actor).get(reverse(f"admin:{name}"))
                assert (response.status_code, response.headers["Location"][:13]) == (302, "/admin/login/"), name
