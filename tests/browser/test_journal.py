"""A senior keeps a journal in a real browser: by tap, by keyboard, at phone and desk sizes, measured and read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import probe
from tests.browser.test_accessibility import TALL, WIDTHS, faults

Visit = Callable[..., Page]
PAGES = {
    "journal": "/journal/",
    "sleep": "write/sleep/",
    "pain": "write/pain/",
    "blood pressure": "write/blood_pressure/",
    "weight": "write/weight/",
    "note": "write/note/",
    "trends": "trends/",
    "check-in": "check-in/",
    "not so good": "/journal/check-in/more/",
}


@pytest.fixture
def go(visit: Visit, address: str) -> Callable[..., Page]:
    """Open a page of Margaret's journal."""

    def open_page(name: str, **options: Any) -> Page:
        path = PAGES[name]
        if path.startswith("/"):
            return visit(address + path, **options)
        page = visit(f"{address}/journal/", **options)
        page.goto(page.url + path)
        return page

    return open_page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_large_clear_and_without_faults(go: Callable[..., Page], name: str, scheme: str) -> None:
    page = go(name, color_scheme=scheme, reduced_motion="reduce")
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {width} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {width} px"
        own = [each for each in probe(page, "smallTargets") if not each.startswith('<a href="/')]
        assert own == [], f"targets too small at {width} px"  # the places have a test of their own
        page.set_viewport_size({"width": width, "height": TALL})
        assert faults(page) == [], f"at {width} px"
    assert probe(page, "firstInTabOrder") == "I need help"


@pytest.mark.parametrize("width", [360, 1280])
def test_one_tap_says_how_she_feels(go: Callable[..., Page], width: int) -> None:
    page = go("journal", viewport={"width": width, "height": 800}, has_touch=width < 500)
    page.get_by_role("button", name="Good", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("Written down: Mood: Good")
    expect(page.locator(".written .what").first).to_have_text("Mood: Good")


def test_a_slip_is_asked_about_and_put_right_by_keyboard_alone(go: Callable[..., Page]) -> None:
    page = go("weight")
    page.get_by_label("The number").focus()
    page.keyboard.type("1585 lb")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Did you mean")
    meant = page.get_by_role("button", name="158.5 lb")
    meant.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Written down: Weight: 158.5 lb")
    newest = page.locator(".written a").first
    newest.focus()
    page.keyboard.press("Enter")
    page.get_by_label("The number").fill("158")
    page.get_by_label("The number").press("Enter")
    expect(page.get_by_role("status").first).to_have_text("Written down: Weight: 158 lb")
    page.locator(".written a").first.click()
    page.get_by_text("What it said before (1)").click()
    expect(page.locator(".history")).to_contain_text("158.5 lb")
    page.get_by_role("button", name="Take it out of the journal").click()
    expect(page.get_by_role("status").first).to_have_text("It is out of the journal.")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_role("status").first).to_have_text("It is back in the journal.")


def test_a_low_sugar_leads_to_calm_words(go: Callable[..., Page], address: str) -> None:
    page = go("journal", viewport={"width": 360, "height": 740})
    page.goto(page.url + "write/glucose/")
    page.get_by_label("The number").fill("65 mg/dl")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your blood sugar is low")
    expect(page.locator("ol.steps li")).to_have_count(4)
    expect(page.get_by_role("link", name=re.compile("hypoglycaemia"))).to_be_visible()
    page.set_viewport_size({"width": 360, "height": TALL})
    assert faults(page) == []


def test_trends_have_words_a_named_picture_and_every_number(go: Callable[..., Page]) -> None:
    page = go("trends", viewport={"width": 360, "height": 740})
    first = page.locator(".trend").first
    expect(first.get_by_role("img")).to_have_accessible_name("Blood pressure, the last 90 days")
    expect(first.locator(".trend-words")).to_contain_text("n = ")
    drawn = first.locator(".plot .upper circle").count()
    first.get_by_text("All the numbers").click()
    rows = first.locator("tbody tr")
    expect(rows.first).to_be_visible()
    assert drawn == rows.count(), "the picture and the table show the same days"


def test_telling_lilo_offers_and_a_press_writes(visit: Visit, address: str) -> None:
    page = visit(address)
    page.get_by_label("Write to Lilo").fill("My blood pressure is 126 over 77")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#latest")).to_contain_text("Shall I write this in your journal")
    page.locator("#latest").get_by_role("button", name="Yes, write it down").click()
    expect(page.locator("#latest")).to_contain_text("I have written it in your journal.")
    page.goto(f"{address}/journal/")
    expect(page.locator(".written .what").first).to_have_text("Blood pressure: 126 over 77")


def test_without_scripts_it_works_the_same(go: Callable[..., Page]) -> None:
    page = go("sleep", java_script_enabled=False)
    page.get_by_role("button", name="Well", exact=True).click()
    expect(page.get_by_role("status").first).to_have_text("Written down: Slept well")
