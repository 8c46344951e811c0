"""Ben writes to Margaret: her page shows it, and she answers by tap, keyboard or typing. And a notice comes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import probe
from tests.browser.proxy import Wire
from tests.browser.test_accessibility import WIDTHS, faults

Visit = Callable[..., Page]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.fixture
def senior_id(visit: Visit, address: str) -> str:
    """Margaret's id, from the link to her messages."""
    page = visit(f"{address}/family/", who="ben")
    found = re.search(r"/family/([0-9a-f-]{36})/messages/", page.content())
    assert found, "Ben's page leads to no messages"
    return found[1]


@pytest.fixture
def thread(address: str, senior_id: str) -> str:
    return f"{address}/family/{senior_id}/messages/"


def write(page: Page, words: str) -> None:
    page.get_by_label("Write to Margaret").fill(words)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#thread")).to_contain_text(words)


def settled(page: Page) -> Page:
    """Once its socket is open and reads."""
    page.wait_for_function("() => document.querySelector('#speak') && performance.now() > 2500")
    return page


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desktop"])
def test_she_answers_by_a_tap_and_he_sees_it_seen(visit: Visit, address: str, thread: str, size: Any) -> None:
    ben, margaret = visit(thread, who="ben", viewport=size), settled(visit(address, viewport=size))
    words = f"Shall I bring the paper, {uuid4().hex[:6]}?"
    write(ben, words)
    card = margaret.locator("li.family").filter(has_text=words)
    expect(card).to_be_visible()
    assert margaret.locator("#status").inner_text() == "A message from Ben"
    expect(card.get_by_role("button", name="Yes")).to_be_visible()
    box = card.get_by_role("button", name="Yes").bounding_box()
    assert box is not None
    assert box["height"] >= 85
    ben.reload()
    expect(ben.locator(".bubble.mine").last).to_contain_text("not seen yet")
    card.get_by_role("button", name="Yes", exact=True).click()
    expect(margaret.locator("#log > li").last).to_contain_text("I have sent that to Ben.")
    expect(card.get_by_role("button", name="Yes", exact=True)).to_have_count(0)
    ben.reload()
    expect(ben.locator(".bubble").last).to_contain_text("Yes")
    expect(ben.locator(".bubble.mine").last).to_contain_text(re.compile(r"seen \d+:\d\d"))
    margaret.reload()
    expect(margaret.locator("li.family").filter(has_text=words)).to_be_visible()
    expect(margaret.locator("#log")).to_contain_text("To Ben: Yes")


def test_she_answers_by_keyboard_and_it_is_plain_to_whom(visit: Visit, address: str, thread: str) -> None:
    ben, margaret = visit(thread, who="ben"), settled(visit(address))
    margaret.get_by_label("Write to Lilo").fill("A thought for Lilo")
    words = f"I ring after lunch, {uuid4().hex[:6]}."
    write(ben, words)
    card = margaret.locator("li.family").filter(has_text=words)
    card.get_by_role("link", name="Answer Ben").focus()
    margaret.keyboard.press("Enter")
    expect(margaret.locator("#addressee")).to_have_text(re.compile("Your words go to Ben, not to Lilo"))
    expect(margaret.get_by_label("Write to Ben")).to_be_focused()
    expect(margaret.get_by_label("Write to Ben")).to_have_value("")  # what was meant for Lilo stays Lilo's
    margaret.keyboard.type("Lovely, until then")
    margaret.keyboard.press("Enter")
    expect(margaret.locator("#log > li").last).to_contain_text("I have sent that to Ben.")
    expect(margaret.locator("#addressee")).to_be_hidden()
    expect(margaret.get_by_label("Write to Lilo")).to_have_value("A thought for Lilo")
    ben.reload()
    expect(ben.locator(".bubble").last).to_contain_text("Lovely, until then")
    margaret.get_by_label("Write to Lilo").fill("")


def test_what_he_writes_while_her_page_is_closed_or_cut_off_is_there_when_she_is_back(
    visit: Visit, address: str, thread: str, wire: Wire
) -> None:
    ben = visit(thread, who="ben")
    closed, cut = f"While it was closed, {uuid4().hex[:6]}", f"While it was cut off, {uuid4().hex[:6]}"
    write(ben, closed)
    margaret = settled(visit(f"http://127.0.0.1:{wire.port}"))
    expect(margaret.locator("#log > li").last).to_contain_text(closed)
    margaret.context.set_offline(True)
    wire.cut()
    write(ben, cut)
    margaret.context.set_offline(False)
    expect(margaret.locator("li.family").filter(has_text=cut)).to_have_count(1)


@pytest.fixture
def wire(server_port: int) -> Iterator[Wire]:
    made = Wire(server_port)
    yield made
    made.close()


def test_it_all_works_without_javascript(visit: Visit, address: str, thread: str) -> None:
    words = f"Is the soup good, {uuid4().hex[:6]}?"
    write(visit(thread, who="ben", java_script_enabled=False), words)
    margaret = visit(address, java_script_enabled=False)
    card = margaret.locator("li.family").filter(has_text=words)
    card.get_by_role("button", name="I have read it").click()
    card = margaret.locator("li.family").filter(has_text=words)
    card.get_by_role("link", name="Answer Ben").click()
    expect(margaret.locator("#addressee")).to_contain_text("Your words go to Ben")
    margaret.get_by_label("Write to Ben").fill("Very good")
    margaret.get_by_role("button", name="Send").click()
    expect(margaret.locator("#log")).to_contain_text("To Ben: Very good")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("ben", "/family/{senior}/messages/"),
        ("ben", "/family/{senior}/messages/?urgent=1"),
        ("ben", "/family/{senior}/calendar/"),
        ("ben", "/family/{senior}/calendar/add/"),
        ("ben", "/reach/"),
        ("margaret", "/messages/"),
        ("margaret", "/family/{senior}/calendar/"),
        ("margaret", "/family/{senior}/calendar/add/?kind=task"),
    ],
)
def test_axe_finds_nothing_and_all_of_it_is_large_enough(
    visit: Visit, address: str, senior_id: str, who: str, path: str, scheme: str
) -> None:
    page = visit(address + path.format(senior=senior_id), who=who, color_scheme=scheme, reduced_motion="reduce")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 6_000})
        page.wait_for_timeout(200)
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {width} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {width} px"
        if who == "margaret":
            assert probe(page, "smallTargets") == [], f"targets too small at {width} px"
        assert faults(page) == [], f"at {width} px"


def test_her_open_page_with_a_message_on_it_has_no_faults(visit: Visit, address: str, thread: str) -> None:
    margaret = settled(visit(address, viewport=PHONE))
    words = f"Good morning, {uuid4().hex[:6]}"
    write(visit(thread, who="ben"), words)
    card = margaret.locator("li.family").filter(has_text=words)
    card.get_by_role("link", name="Answer Ben").click()
    margaret.set_viewport_size({"width": 360, "height": 6_000})
    assert probe(margaret, "sidewaysScroll") == 0
    assert probe(margaret, "smallTargets") == []
    assert faults(margaret) == []


def test_a_visit_is_planned_and_a_task_taken_on(visit: Visit, address: str, senior_id: str) -> None:
    task = f"Shopping {uuid4().hex[:6]}"
    margaret = visit(f"{address}/family/{senior_id}/calendar/", viewport=PHONE)
    margaret.get_by_role("link", name="Something to do").click()
    margaret.get_by_label("In a few words").fill(task)
    margaret.get_by_role("button", name="Put it into the calendar").click()
    expect(margaret.get_by_role("heading", name=re.compile(task))).to_be_visible()
    ben = visit(f"{address}/family/{senior_id}/calendar/", who="ben", viewport=PHONE)
    ben.get_by_role("button", name=re.compile(f"I’ll do it.*{task}", re.DOTALL)).click()
    expect(ben.locator(".planned-item").filter(has_text=task)).to_contain_text("You do it")
    margaret.reload()
    expect(margaret.locator(".planned-item").filter(has_text=task)).to_contain_text("Ben does it")


def test_a_notice_is_shown_while_no_page_of_lilos_is_open(visit: Visit, address: str) -> None:
    page = visit(f"{address}/reach/", who="ben")
    page.context.grant_permissions(["notifications"], origin=address)
    page.evaluate("() => navigator.serviceWorker.ready")
    tools = page.context.new_cdp_session(page)
    known: list[dict[str, Any]] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: known.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    page.wait_for_timeout(500)
    mine = next(found for found in known if found["scopeURL"].startswith(address))
    notice = {"title": "Lilo: please open", "body": "", "path": "/alerts/1/", "tag": "t", "urgent": True, "token": ""}
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": address, "registrationId": mine["registrationId"], "data": json.dumps(notice)},
    )
    shown = "async () => (await (await navigator.serviceWorker.ready).getNotifications()).map((n) => [n.title, n.tag])"
    for _ in range(150):
        if found := page.evaluate(shown):
            break
        page.wait_for_timeout(100)
    assert found == [["Lilo: please open", "t"]]
