"""The circle, as people use it: a daughter is invited, joins, and sees what is shared, by touch and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import probe

Visit = Callable[..., Page]

PASSWORD = "nine loud sparrows sing"
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
WIDTHS = {360: 740, 768: 1024, 1280: 800}
TALL = 7_000
PAGES = ("/people/", "/privacy/", "/privacy/log/", "/profile/", "/reach/", "/join/", "/account/close/")
AXE: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "wcag2aaa", "best-practice"],
    "resultTypes": ["violations"],
}


def faults(page: Page) -> list[str]:
    """What axe finds; on a tall window, because it counts what a sticky foot covers as too small."""
    size = page.viewport_size
    page.set_viewport_size({"width": (size or {"width": 1280})["width"], "height": TALL})
    found = Axe().run(page, options=AXE).response["violations"]
    if size:
        page.set_viewport_size(size)
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def open_account(page: Page, *, name: str, username: str, kind: str, email: str = "") -> None:
    """Fill in the page of somebody who is new here."""
    page.get_by_label(kind).check()
    page.get_by_label("Your name").fill(name)
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_label("Choose a user name").fill(username)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_role("button", name="Open my account").click()


def invited_link(page: Page, relation: str) -> str:
    """Invite somebody from the page of one's people; the link's path."""
    page.get_by_role("link", name="Invite somebody").click()
    page.get_by_label("What do you call them?").fill("Lotte")
    page.get_by_label("Who are they to you?").fill(relation)
    page.get_by_role("button", name="Make an invitation").click()
    expect(page.get_by_role("heading", name="The invitation for Lotte is ready")).to_be_visible()
    link = page.locator(".link-to-copy a").get_attribute("href")
    assert link
    return urlsplit(link).path


@pytest.mark.parametrize("size", SIZES)
def test_a_daughter_joins_by_invitation_and_sees_only_what_is_shared(visit: Visit, address: str, size: str) -> None:
    dora = visit(f"{address}/sign-up/?next=/people/", who="nobody", **SIZES[size])
    open_account(dora, name="Dora Hill", username=f"dora-{size}", kind="For me")
    expect(dora.get_by_text("In an emergency Lilo would have nobody to tell")).to_be_visible()
    link = invited_link(dora, "daughter")
    assert faults(dora) == []

    lotte = visit(address + link, who="nobody", **SIZES[size])
    expect(lotte.get_by_role("heading", name="Dora would like you near")).to_be_visible()
    expect(lotte.get_by_text("Not shared")).to_have_count(4)
    assert faults(lotte) == []
    lotte.get_by_role("link", name="I am new here").click()
    mail = f"lotte-{size}@example.org"
    open_account(lotte, name="Lotte Hill", username=f"lotte-{size}", kind="For somebody I look after", email=mail)
    lotte.get_by_role("button", name="Join").click()
    expect(lotte.get_by_text("You are in Dora's circle")).to_be_visible()

    lotte.goto(f"{address}/circle/")
    expect(lotte.get_by_role("heading", name="What Dora lets you see")).to_be_visible()
    expect(lotte.get_by_text("You see it")).to_have_count(1)
    assert faults(lotte) == []

    dora.goto(f"{address}/privacy/")
    dora.get_by_role("button", name=re.compile("Share with all.*My journal")).click()
    expect(dora.locator("#journal")).to_contain_text("Lotte sees it")
    lotte.reload()
    expect(lotte.get_by_text("You see it")).to_have_count(2)

    dora.get_by_role("button", name="Undo this").click()
    expect(dora.locator("#journal")).to_contain_text("Only you see it")
    lotte.reload()
    expect(lotte.get_by_text("You see it")).to_have_count(1)

    dora.goto(f"{address}/people/")
    dora.get_by_role("link", name="More about Lotte").click()
    dora.locator("summary", has_text="Remove Lotte").click()
    assert faults(dora) == []
    dora.get_by_role("button", name="Yes, remove Lotte").click()
    expect(dora.get_by_text("They see nothing from now on")).to_be_visible()
    lotte.reload()
    expect(lotte.get_by_role("heading", name="This page is not here")).to_be_visible()


def test_sharing_by_keyboard_alone(visit: Visit, address: str) -> None:
    page = visit(f"{address}/privacy/", **DESKTOP)
    assert probe(page, "firstInTabOrder") == "I need help"
    wanted = "Choose who: What I talk about"
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()") == wanted:
            break
    else:
        pytest.fail("it cannot be reached by the Tab key")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    name = page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()")
    assert name.startswith("Share What I talk about with")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It counts from now")
    page.get_by_role("button", name="Undo this").press("Enter")
    expect(page.locator("#topics")).to_contain_text("Only you see it")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_and_all_of_it_is_large_enough(visit: Visit, address: str, path: str, scheme: str) -> None:
    page = visit(address + path, color_scheme=scheme, reduced_motion="reduce", viewport={"width": 360, "height": 740})
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {width} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {width} px"
        assert probe(page, "smallTargets") == [], f"targets too small at {width} px"
        assert faults(page) == [], f"at {width} px"


@pytest.mark.parametrize("where", ["member", "invite", "edit"])
def test_pages_behind_a_press_hold_to_the_same(visit: Visit, address: str, where: str) -> None:
    page = visit(f"{address}/people/", viewport={"width": 360, "height": 740})
    if where == "edit":
        page.goto(f"{address}/profile/")
        page.get_by_role("link", name="Change this").click()
    else:
        page.get_by_role("link", name="More about Anna" if where == "member" else "Invite somebody").click()
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        assert probe(page, "sidewaysScroll") == 0
        assert probe(page, "smallType") == []
        assert probe(page, "smallTargets") == []
        assert faults(page) == []


def test_nothing_is_lost_at_200_percent_type(large_type: Callable[[str, int, int], Page], address: str) -> None:
    for path in ("/people/", "/privacy/", "/profile/"):
        page = large_type(address + path, 360, 740)
        assert probe(page, "sidewaysScroll") == 0, path
