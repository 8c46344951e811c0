"""Dad takes his pill: from the talk when Lilo reminds of it, from Today, by keys alone, and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from lilo_site.management.commands.demo import PASSWORD
from tests.browser.conftest import probe
from tests.browser.test_accessibility import WIDTHS, faults

Visit = Callable[..., Page]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SIZES = pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
#: Milliseconds until a look of the relay has reminded.
REMINDED_MS = 60_000


@pytest.fixture(scope="session")
def api(address: str) -> httpx.Client:
    """Margaret's phone."""
    client = httpx.Client(base_url=f"{address}/api/v1", timeout=60)
    pair = client.post("/auth/token", json={"username": "margaret", "password": PASSWORD}).json()
    client.headers["Authorization"] = f"Bearer {pair['access_token']}"
    return client


@pytest.fixture
def pill(api: httpx.Client) -> str:
    """A medicine of Margaret's that is due in a moment; how she calls it."""
    look = f"pill {uuid4().hex[:5]}"
    me = api.get("/me").json()["id"]
    first = datetime.now(UTC) + timedelta(seconds=3)
    rule = {"kind": "interval", "start": "2026-01-01", "every_minutes": 1440, "first_at": first.isoformat()}
    made = api.post(f"/seniors/{me}/medicines", json={"name": "Testol", "look": look, "rule": rule})
    assert made.status_code == 201, made.text
    return look


def settled(page: Page) -> Page:
    """Once its socket is open and reads."""
    page.wait_for_function("() => document.querySelector('#speak') && performance.now() > 2500")
    return page


def reminder(page: Page, pill: str) -> Locator:
    card = page.locator("#log .notice-card").filter(has_text=pill)
    expect(card).to_be_visible(timeout=REMINDED_MS)
    return card


def all_is_well(page: Page) -> None:
    """What every page of the senior's must be, at the width it has."""
    assert probe(page, "sidewaysScroll") == 0
    assert probe(page, "smallType") == []
    assert probe(page, "smallTargets") == []
    assert probe(page, "firstInTabOrder") == "I need help"


@SIZES
def test_a_reminder_comes_into_the_talk_and_one_press_answers_it(
    visit: Visit, address: str, pill: str, size: Any
) -> None:
    page = settled(visit(address, viewport=size))
    card = reminder(page, pill)
    taken = card.get_by_role("button", name="Taken")
    box = taken.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 85
    expect(card.get_by_role("button", name="Read it to me")).to_be_visible()
    all_is_well(page)
    taken.click()
    expect(page.locator("#latest .words")).to_contain_text(f"I have written down the {pill}")
    expect(card).to_have_count(0)
    expect(page.locator("#log .me").last).to_contain_text("Taken")
    assert "dose:" not in page.locator("#log").inner_text(), "a code is shown to the senior"
    page.goto(f"{address}/today/")
    expect(page.locator(".done-list")).to_contain_text(pill[1:])


def test_a_reminder_that_came_while_away_is_there_on_load_and_skip_asks_why(
    visit: Visit, address: str, pill: str
) -> None:
    reminder(settled(visit(address)), pill)  # the relay has reminded
    page = settled(visit(address, viewport=PHONE))
    reminder(page, pill).get_by_role("button", name="Skip").click()
    expect(page.locator("#latest .words")).to_contain_text("Why are you leaving out")
    page.locator("#latest").get_by_role("button", name="I felt ill").click()
    expect(page.locator("#latest .words")).to_contain_text("you left this one out")


@SIZES
def test_today_takes_a_pill_and_the_way_back_stays(visit: Visit, address: str, pill: str, size: Any) -> None:
    page = visit(f"{address}/today/", viewport=size)
    dose = page.locator(".dose.now").filter(has_text=pill[1:])
    expect(dose).to_be_visible()
    all_is_well(page)
    assert page.locator("main .button.main:visible").count() == 1, "one main action a screen"
    dose.get_by_role("button", name="Taken").click()
    expect(page.locator(".undo")).to_contain_text("Written down")
    page.reload()
    expect(page.locator(".undo")).to_contain_text("Written down")
    page.locator(".undo").get_by_role("button", name="Take it back").click()
    expect(page.locator(".dose.now").filter(has_text=pill[1:])).to_be_visible()
    expect(page.locator(".undo")).to_have_count(0)


def test_by_keys_alone(visit: Visit, address: str, pill: str) -> None:
    page = visit(f"{address}/today/", viewport=DESK)
    button = page.locator(".dose.now").filter(has_text=pill[1:]).get_by_role("button", name="Taken")
    for _ in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("(node) => node === document.activeElement"):
            break
    assert button.evaluate("(node) => getComputedStyle(node).outlineStyle") != "none", "the focus cannot be seen"
    page.keyboard.press("Enter")
    expect(page.locator(".undo")).to_contain_text("Written down")


def test_without_scripts_it_all_works(visit: Visit, address: str, pill: str) -> None:
    page = visit(f"{address}/today/", viewport=PHONE, java_script_enabled=False)
    page.locator(".dose.now").filter(has_text=pill[1:]).get_by_role("link", name="Skip").click()
    page.get_by_role("button", name="I had none left").click()
    expect(page.locator(".undo")).to_contain_text("Left out")
    page.locator(".undo").get_by_role("button", name="That is right").click()
    expect(page.locator(".undo")).to_have_count(0)


def test_a_medicine_is_added_step_by_step(visit: Visit, address: str) -> None:
    page = visit(f"{address}/medicines/", viewport=PHONE)
    page.get_by_role("link", name="Add a medicine").click()
    name = f"Addol {uuid4().hex[:4]}"
    page.get_by_label("What is it called?").fill(name)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Every day, at set times").check()
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("At what time?").fill("07:30")
    all_is_well(page)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("How many are there now?").fill("28")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".pairs")).to_contain_text("1 tablet every day at 7:30 a.m.")
    page.get_by_role("button", name="Yes, add it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    expect(page.locator("main")).to_contain_text("28 tablets left")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(visit: Visit, address: str, scheme: str) -> None:
    page = visit(f"{address}/medicines/", color_scheme=scheme, reduced_motion="reduce")
    one = page.locator(".medicine h2 a").first.get_attribute("href")
    own = page.get_by_role("link", name="How it went").get_attribute("href")
    assert one is not None
    assert own is not None
    base = own.removesuffix("month/")
    paths = ["/today/", "/medicines/", one, f"{one}change/", f"{one}pause/", own]
    for path in [*paths, *(f"{base}{name}/" for name in ("add", "print", "feed", "day"))]:
        page.goto(f"{address}{path}")
        for width, height in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            assert probe(page, "sidewaysScroll") == 0, f"{path} scrolls sideways at {width} px"
            assert probe(page, "smallType") == [], f"{path} at {width} px"
            assert probe(page, "smallTargets") == [], f"{path} at {width} px"
            page.set_viewport_size({"width": width, "height": 6_000})
            assert faults(page) == [], f"{path} at {width} px"
