"""A home's staff at work, in a real browser: the board, an alert that one claims while another watches, the round."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import ViewportSize
from playwright.sync_api import Page, expect

from lilo_site.management.commands.demo import PASSWORD
from tests.browser.conftest import probe

Visit = Callable[..., Page]
PHONE: ViewportSize = {"width": 360, "height": 780}
TABLET: ViewportSize = {"width": 768, "height": 1024}
DESK: ViewportSize = {"width": 1280, "height": 800}
WALL: ViewportSize = {"width": 1920, "height": 1080}
PAGES = {
    "board": "/facility/",
    "nobody": "/facility/?q=nobody",
    "round": "/facility/round/",
    "notes": "/facility/notes/",
    "staff": "/facility/staff/",
    "shifts": "/facility/shifts/",
    "rooms": "/facility/residents/",
}
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}


def faults(page: Page) -> list[str]:
    found = Axe().run(page, options=AXE).response["violations"]
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


@pytest.fixture
def call(address: str) -> Iterator[Callable[[str], None]]:
    """A resident presses for help on their own device, to which they sign in by a code from the lead."""

    def press(name: str) -> None:
        with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
            lead = _token(client, {"username": "rosa", "password": PASSWORD}, "/auth/token")
            home = client.get("/organisations", headers=lead).json()["items"][0]["id"]
            rows = client.get(f"/organisations/{home}/board", headers=lead).json()["items"]
            resident = next(row["senior_id"] for row in rows if row["name"] == name)
            code = client.post("/auth/sign-in-code", json={"senior_id": resident}, headers=lead).json()["code"]
            client.post("/help", headers=_token(client, {"code": code}, "/auth/sign-in-code/redeem")).raise_for_status()
            pressed.append(name)

    pressed: list[str] = []
    yield press
    with httpx.Client(base_url=f"{address}/api/v1", timeout=30) as client:
        lead = _token(client, {"username": "rosa", "password": PASSWORD}, "/auth/token")
        for alert in client.get("/alerts", headers=lead).json()["alerts"]:
            if not alert["closed_at"]:
                client.post(f"/alerts/{alert['id']}/resolve", json={"reason": "A test"}, headers=lead)


def _token(client: httpx.Client, body: dict[str, str], path: str) -> dict[str, str]:
    answer = client.post(path, json=body)
    answer.raise_for_status()
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


def row(page: Page, name: str) -> Any:
    return page.locator(".resident", has_text=name)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_gloves_hit_everything(visit: Visit, address: str, name: str, scheme: str) -> None:
    page = visit(address + PAGES[name], who="rosa", color_scheme=scheme, reduced_motion="reduce")
    for size in (PHONE, TABLET, DESK, WALL):
        page.set_viewport_size(size)
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {size['width']} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {size['width']} px"
        page.set_viewport_size({"width": size["width"], "height": 6000})  # the sticky foot covers nothing then
        assert faults(page) == [], f"at {size['width']} px"


def test_one_claims_while_another_watches(visit: Visit, address: str, call: Callable[[str], None]) -> None:
    wall = visit(f"{address}/facility/", who="rosa", viewport=WALL)
    phone = visit(f"{address}/facility/", who="nina", viewport=PHONE)
    untouched = row(wall, "Alice Whitfield").element_handle()
    call("Bernard Osei")
    for page in (wall, phone):
        expect(page.locator('[data-level="0"] .resident')).to_contain_text("Bernard Osei")
        expect(page.locator("#board-title")).to_have_text("1 needs help now")
        expect(page.locator("#live-news")).to_have_text("Bernard Osei, room 2: Needs help now. Nobody is on it yet.")
    assert faults(wall) == []
    phone.get_by_role("button", name=re.compile("on it.*Bernard Osei")).click()
    expect(wall.locator('[data-level="2"] .resident')).to_contain_text("Nina is on it")
    expect(wall.locator("#board-title")).not_to_have_text("1 needs help now")
    expect(row(wall, "Bernard Osei").get_by_role("button")).to_have_count(0)
    assert untouched is not None
    assert untouched.evaluate("(row) => row.isConnected"), "a row that did not change was put there anew"


def test_claim_by_keyboard_alone(visit: Visit, address: str, call: Callable[[str], None]) -> None:
    page = visit(f"{address}/facility/", who="nina", viewport=DESK)
    call("Kenji Mori")
    button = page.get_by_role("button", name=re.compile("on it.*Kenji Mori"))
    expect(button).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        if button.evaluate("(one) => one === document.activeElement"):
            break
    assert button.evaluate("(one) => getComputedStyle(one).outlineStyle !== 'none'"), "the focus cannot be seen"
    page.keyboard.press("Enter")
    expect(page.locator('[data-level="2"] .resident')).to_contain_text("Nina is on it")


def test_claim_without_scripts(visit: Visit, address: str, call: Callable[[str], None]) -> None:
    call("Lydia Farrow")
    page = visit(f"{address}/facility/?q=Lydia", who="nina", viewport=PHONE, java_script_enabled=False)
    page.get_by_role("button", name=re.compile("on it.*Lydia Farrow")).click()
    expect(page.get_by_text("Thank you. The others see that you are on it.")).to_be_visible()
    expect(row(page, "Lydia Farrow")).to_contain_text("Nina is on it")


def test_find_by_room_and_unit(visit: Visit, address: str) -> None:
    page = visit(f"{address}/facility/", who="nina", viewport=PHONE)
    page.get_by_role("link", name="Terrace").click()
    expect(page.locator(".resident")).to_have_count(6)
    page.get_by_role("searchbox").fill("12a")
    page.get_by_role("button", name="Find").click()
    expect(page.locator(".resident")).to_have_count(1)
    expect(page.locator(".resident")).to_contain_text("June Castellano")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_round_goes_press_by_press_and_shows_at_a_colleague_s(visit: Visit, address: str, size: ViewportSize) -> None:
    mine = visit(f"{address}/facility/round/", who="nina", viewport=size)
    theirs = visit(f"{address}/facility/round/", who="rosa", viewport=DESK)
    dose = mine.locator(".dose", has=mine.get_by_role("button", name="Given")).first
    key = dose.get_attribute("id")
    for button in dose.locator(".give > .button, .give summary").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 85, "too small for gloves"
    before = mine.get_by_role("button", name="Given").count()
    dose.get_by_role("button", name="Given").click()
    expect(mine.locator(f"#{key}")).to_contain_text("Nina")
    expect(mine.get_by_role("button", name="Given")).to_have_count(before - 1)
    expect(theirs.locator(f"#{key} .state.well")).to_contain_text("Nina")
    mine.locator(f"#{key}").get_by_role("button", name="Undo").click()
    expect(mine.locator(f"#{key}").get_by_role("button", name="Given")).to_be_visible()
    expect(theirs.locator(f"#{key}").get_by_role("button", name="Given")).to_be_visible()


def test_note_is_read_and_the_writer_sees_by_whom(visit: Visit, address: str) -> None:
    page = visit(f"{address}/facility/notes/", who="nina", viewport=PHONE)
    page.get_by_label("For the next shift").fill("The lift is out of order until three.")
    page.get_by_role("button", name="Leave the note").click()
    other = visit(f"{address}/facility/notes/", who="rosa", viewport=DESK)
    expect(other.get_by_text("The lift is out of order")).to_be_visible()
    other.get_by_role("button", name="I have read them").click()
    expect(other.get_by_role("heading", name="You have read every note")).to_be_visible()
    page.reload()
    expect(page.locator(".note", has_text="The lift is out of order")).to_contain_text("Read by Rosa")
