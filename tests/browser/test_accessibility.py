"""Every page of the senior can be seen, heard, reached and pressed: measured, not judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import QUESTION, Cookies, probe
from tests.browser.test_talk import ask

Visit = Callable[..., Page]

WIDTHS = {360: 740, 768: 1024, 1280: 800}
PAGES = {
    "talk": "/",
    "entry": "/knowledge/sleep-waking-at-night/?used=Get up at the same time every day, even after a bad night.",
    "settings": "/settings/",
    "help": "/help/",
    "people": "/circle/",
    "today": "/today/",
    "medicines": "/medicines/",
    "account": "/account/",
    "missing": "/nowhere/",
    "sign-in": "/sign-in/?next=/",
}
TALL = 6_000
VISITOR = {"sign-in": "nobody"}
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"],
    "resultTypes": ["violations"],
}


@pytest.fixture(scope="session", autouse=True)
def _something_was_said(browser: Browser, cookies: dict[str, Cookies], address: str) -> None:
    context = browser.new_context()
    context.add_cookies(cookies["margaret"])
    page = context.new_page()
    page.goto(address)
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("Answer ready")
    context.close()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_all_of_it_is_large_enough(visit: Visit, address: str, name: str, scheme: str) -> None:
    page = visit(
        address + PAGES[name],
        who="nobody" if name == "sign-in" else "margaret",
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {width} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {width} px"
        if name != "sign-in":
            assert probe(page, "smallTargets") == [], f"targets too small at {width} px"
        page.set_viewport_size({"width": width, "height": TALL})  # axe counts what the sticky foot covers as too small
        assert faults(page) == [], f"at {width} px"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_at_200_percent_type(
    large_type: Callable[[str, int, int], Page], address: str, name: str
) -> None:
    page = large_type(address + PAGES[name], 360, 740)
    assert probe(page, "textSize") == "40px"
    assert probe(page, "sidewaysScroll") == 0
    assert faults(page) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [(320, 568), (320, 256)], ids=["320", "zoom-400"])
def test_a_very_small_window_shows_everything(visit: Visit, address: str, name: str, size: tuple[int, int]) -> None:
    page = visit(
        address + PAGES[name],
        who="nobody" if name == "sign-in" else "margaret",
        viewport={"width": size[0], "height": size[1]},
    )
    assert probe(page, "sidewaysScroll") == 0
    if size[1] < 300:
        assert probe(page, "inTheWay") == [], "something covers a window that is this small"


@pytest.mark.parametrize("name", ["talk", "entry", "settings", "help", "people", "account"])
def test_help_is_first_on_every_page_and_the_day_is_in_view(visit: Visit, address: str, name: str) -> None:
    page = visit(address + PAGES[name])
    assert probe(page, "firstInTabOrder") == "I need help"
    assert page.locator(".when .day").is_visible()
    assert page.locator(".top .button.help").bounding_box()["height"] >= 85  # type: ignore[index]


def test_in_forced_colours_buttons_keep_an_edge(visit: Visit, address: str) -> None:
    page = visit(address, forced_colors="active")
    assert page.locator(".button:visible").count() > 0
    assert probe(page, "thinEdges") == []
