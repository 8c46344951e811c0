"""Every page of the senior can be seen, heard, reached and pressed: measured, not judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import QUESTION
from tests.browser.test_talk import ask

Visit = Callable[..., Page]

WIDTHS = {360: 740, 768: 1024, 1280: 800}
PAGES = {
    "talk": "/",
    "entry": "/knowledge/sleep-waking-at-night/?used=Get up at the same time every day, even after a bad night.",
    "settings": "/settings/",
    "help": "/help/",
    "missing": "/nowhere/",
    "sign-in": "/sign-in/?next=/",
}
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"],
    "resultTypes": ["violations"],
}
SMALLEST_TYPE = """() => [...document.body.querySelectorAll("*")]
  .filter((node) => node.checkVisibility() && [...node.childNodes].some((child) => child.nodeType === 3 && child.data.trim()))
  .filter((node) => !node.closest("sup, .heard") && parseFloat(getComputedStyle(node).fontSize) < 16).map((node) => node.outerHTML)"""
SMALL_TARGETS = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, select, summary")]
  .filter((node) => node.checkVisibility() && !node.closest("sup, p:not(:has(> .button)), .skip"))
  .map((node) => [node.outerHTML.slice(0, 90), node.getBoundingClientRect(), node.matches(".help, .speak, .send, .tall") ? 85 : 56])
  .filter(([, box, least]) => box.width && (box.width < Math.min(least, 56) || box.height < least)).map(([html, box]) => [html, box.width, box.height])"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
NOT_FOCUSABLE_FIRST = "() => document.querySelector('a, button, input:not([type=hidden])').textContent.trim()"


@pytest.fixture(scope="session", autouse=True)
def _something_was_said(browser: Any, cookies: list[dict[str, str]], address: str) -> None:
    context = browser.new_context()
    context.add_cookies(cookies)
    page = context.new_page()
    page.goto(address)
    ask(page, QUESTION)
    page.wait_for_function("() => document.getElementById('status').textContent === 'Answer ready'")
    context.close()


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_all_of_it_is_large_enough(visit: Visit, address: str, name: str, scheme: str) -> None:
    page = visit(address + PAGES[name], color_scheme=scheme, reduced_motion="reduce")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert faults(page) == [], f"at {width} px"
        assert page.evaluate(TOO_WIDE) == 0, f"scrolls sideways at {width} px"
        assert page.evaluate(SMALLEST_TYPE) == [], f"type under 16 px at {width} px"
        if name != "sign-in":
            assert page.evaluate(SMALL_TARGETS) == [], f"targets too small at {width} px"


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_lost_at_200_percent_type(large_type: Callable[[str, int, int], Page], address: str, name: str) -> None:
    page = large_type(address + PAGES[name], 360, 740)
    assert page.evaluate("() => getComputedStyle(document.body).fontSize") == "40px"
    assert page.evaluate(TOO_WIDE) == 0
    assert faults(page) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [(320, 568), (320, 256)], ids=["320", "zoom-400"])
def test_a_very_small_window_shows_everything(visit: Visit, address: str, name: str, size: tuple[int, int]) -> None:
    page = visit(address + PAGES[name], viewport={"width": size[0], "height": size[1]})
    assert page.evaluate(TOO_WIDE) == 0
    if size[1] < 300:
        fixed = "() => [...document.querySelectorAll('*')].filter((node) => ['sticky', 'fixed'].includes(getComputedStyle(node).position) && node.checkVisibility()).map((node) => node.className)"
        assert page.evaluate(fixed) == [], "something covers a window that is this small"


@pytest.mark.parametrize("name", ["talk", "entry", "settings", "help"])
def test_help_is_first_on_every_page_and_the_day_is_in_view(visit: Visit, address: str, name: str) -> None:
    page = visit(address + PAGES[name])
    assert page.evaluate(NOT_FOCUSABLE_FIRST) == "I need help"
    assert page.locator(".when .day").is_visible()
    assert page.locator(".top .button.help").bounding_box()["height"] >= 85  # type: ignore[index]


def test_in_forced_colours_buttons_keep_an_edge(visit: Visit, address: str) -> None:
    page = visit(address, forced_colors="active")
    edges = page.evaluate("() => [...document.querySelectorAll('.button')].filter((node) => node.checkVisibility()).map((node) => getComputedStyle(node).borderTopWidth)")
    assert edges
    assert all(float(edge.removesuffix("px")) >= 1.5 for edge in edges)
