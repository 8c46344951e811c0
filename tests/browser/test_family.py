"""The family's portal in real browsers: what is shared is seen, what is taken back is gone at once, help is claimed."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import ROOT, probe
from tests.browser.test_circle import DESKTOP, PASSWORD, PHONE, WIDTHS, faults, open_account

Visit = Callable[..., Page]
SIZES = pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
#: A change is on an open page at once: far less, but the machine of a test is a busy one.
AT_ONCE_MS = 10_000
#: Milliseconds until the clockwork of medicines has looked, and the relay has told.
TOLD_MS = 90_000


@dataclass(frozen=True)
class Person:
    """Somebody with an account, on their phone (the API) and in their browser."""

    name: str
    api: httpx.Client
    cookies: list[Any]
    id: str

    def put(self, path: str, **body: object) -> None:
        self.api.put(path, json=body).raise_for_status()

    def post(self, path: str, **body: object) -> Any:
        answer = self.api.post(path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None


@dataclass(frozen=True)
class Household:
    """Frieda, who lives alone; Greta, her daughter and first contact; Hugo, her carer."""

    frieda: Person
    greta: Person
    hugo: Person

    @property
    def page(self) -> str:
        return f"/family/{self.frieda.id}/"

    def share(self, *items: str, is_on: bool = True) -> None:
        for item in items:
            self.frieda.put(f"/seniors/{self.frieda.id}/sharing", item=item, is_on=is_on)

    def close_alerts(self) -> None:
        for alert in self.greta.api.get("/alerts").json()["alerts"]:
            if not alert["closed_at"]:
                self.greta.post(f"/alerts/{alert['id']}/resolve", reason="A test")


def _person(address: str, name: str, kind: str) -> Person:
    username = f"{name.lower()}-{uuid4().hex[:6]}"
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as client:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', client.get("/sign-up/").text)
        assert token
        words = {"kind": kind, "full_name": f"{name} Hill", "username": username, "password": PASSWORD}
        place = {"email": f"{username}@example.org", "country": "US", "time_zone": "America/New_York"}
        answer = client.post("/sign-up/", data={"csrfmiddlewaretoken": token[1], **words, **place})
        assert "Welcome to Lilo" in answer.text, f"{name} could not open an account"
        client.get("/people/")
        cookies = [
            {"name": one.name, "value": one.value, "domain": "127.0.0.1", "path": "/"} for one in client.cookies.jar
        ]
    api = httpx.Client(base_url=f"{address}/api/v1", timeout=60)
    pair = api.post("/auth/token", json={"username": username, "password": PASSWORD}).json()
    api.headers["Authorization"] = f"Bearer {pair['access_token']}"
    return Person(name, api, cookies, api.get("/me").json()["id"])


@pytest.fixture(scope="session")
def house(address: str) -> Household:
    frieda = _person(address, "Frieda", "senior")
    others = {}
    for name, role, relation in (("Greta", "primary", "daughter"), ("Hugo", "carer", "carer")):
        others[name] = _person(address, name, "family")
        made = frieda.post(f"/seniors/{frieda.id}/invitations", role=role, relation=relation)
        others[name].post("/invitations/accept", secret=made["link"].rstrip("/").rsplit("/", 1)[-1])
    return Household(frieda, others["Greta"], others["Hugo"])


@pytest.fixture
def at(visit: Visit, address: str, house: Household) -> Callable[..., Page]:
    """Open a page as one of the household."""

    def open_page(who: Person, path: str = "", **options: Any) -> Page:
        page = visit(f"{address}/help/", who="nobody", **options)
        page.context.add_cookies(who.cookies)
        page.goto(address + (path or house.page))
        return page

    return open_page


def is_live(page: Page) -> Page:
    """Once the page has heard from the server."""
    page.wait_for_function("() => globalThis.htmx && performance.now() > 1500")
    return page


@SIZES
def test_a_daughter_joins_by_invitation_and_sees_only_what_is_shared(
    visit: Visit, address: str, house: Household, size: Any
) -> None:
    house.share("medicines", "journal", "activity", "topics", is_on=False)
    house.share("journal")
    house.frieda.post(f"/seniors/{house.frieda.id}/journal", kind="sleep", amount=4)
    made = house.frieda.post(f"/seniors/{house.frieda.id}/invitations", role="family", relation="daughter")
    page = visit(address + urlsplit(made["link"]).path, who="nobody", **size)
    page.get_by_role("link", name="I am new here").click()
    kind, name = "For somebody I look after", f"lotte{uuid4().hex[:6]}"
    open_account(page, name="Lotte Hill", username=name, kind=kind, email=f"{name}@example.org")
    page.get_by_role("button", name="Join").click()
    page.goto(f"{address}/family/")
    expect(page).to_have_url(address + house.page)
    expect(page.locator("#journal")).to_contain_text("Slept")
    expect(page.locator("#kept")).to_contain_text("Frieda looks after the medicines alone")
    expect(page.locator("#kept")).to_contain_text("When Frieda talks with Lilo stays between the two")
    expect(page.locator("#medicines")).to_be_hidden()
    assert page.goto(f"{address}{house.page}activity/").status == 404  # type: ignore[union-attr]


@SIZES
def test_what_is_taken_back_leaves_the_open_page_at_once(at: Callable[..., Page], house: Household, size: Any) -> None:
    house.share("journal")
    house.frieda.post(f"/seniors/{house.frieda.id}/journal", kind="pain", amount=3)
    greta = is_live(at(house.greta, **size))
    expect(greta.locator("#journal")).to_contain_text("Pain")
    dad = at(house.frieda, "/privacy/", **size)
    dad.get_by_role("button", name=re.compile("Stop sharing.*My journal|Take back.*My journal")).first.click()
    expect(greta.locator("#kept")).to_contain_text("Frieda keeps the journal private", timeout=AT_ONCE_MS)
    expect(greta.locator("#journal")).to_be_hidden(timeout=AT_ONCE_MS)
    assert "Pain" not in greta.content()


@SIZES
def test_a_page_about_one_thing_goes_with_it(at: Callable[..., Page], house: Household, size: Any) -> None:
    house.share("activity")
    greta = is_live(at(house.greta, f"{house.page}activity/", **size))
    house.share("activity", is_on=False)
    expect(greta.get_by_role("heading", name="Frieda keeps this private now")).to_be_visible(timeout=AT_ONCE_MS)
    assert faults(greta) == []


def test_who_is_taken_out_keeps_nothing_on_the_screen(at: Callable[..., Page], house: Household, address: str) -> None:
    extra = _person(address, "Vera", "family")
    made = house.frieda.post(f"/seniors/{house.frieda.id}/invitations", role="viewer", relation="friend")
    joined = extra.post("/invitations/accept", secret=made["link"].rstrip("/").rsplit("/", 1)[-1])
    page = is_live(at(extra, **DESKTOP))
    house.frieda.api.delete(f"/seniors/{house.frieda.id}/members/{joined['member_id']}").raise_for_status()
    expect(page.get_by_role("heading", name="Frieda's page is no longer open to you")).to_be_visible(timeout=AT_ONCE_MS)
    assert page.locator("#day, #status, nav.places").count() == 0
    assert faults(page) == []


@SIZES
def test_a_carer_claims_while_another_watches(at: Callable[..., Page], house: Household, size: Any) -> None:
    greta, hugo = is_live(at(house.greta, **size)), is_live(at(house.hugo, **size))
    try:
        house.frieda.post("/help")
        for page in (greta, hugo):
            expect(page.get_by_role("heading", level=1)).to_have_text("Frieda needs help", timeout=AT_ONCE_MS)
            expect(page.locator("#bell")).to_contain_text("1")
        assert probe(greta, "sidewaysScroll") == 0
        assert faults(greta) == []
        hugo.get_by_role("button", name="I'm on it").click()
        expect(hugo.locator("#alerts")).to_contain_text("You are on it", timeout=AT_ONCE_MS)
        expect(greta.locator("#alerts")).to_contain_text("Hugo is on it", timeout=AT_ONCE_MS)
        expect(greta.locator("#live-news")).to_contain_text("Hugo is looking after Frieda")
        expect(greta.get_by_role("button", name="I'm on it")).to_have_count(0)
        hugo.get_by_text("Say how it ended").click()
        hugo.get_by_label("In a few words").fill("She had only stumbled")
        hugo.get_by_role("button", name="It is over, all is well").click()
        for page in (greta, hugo):
            expect(page.locator("#alerts")).to_be_hidden(timeout=AT_ONCE_MS)
    finally:
        house.close_alerts()
    greta.goto(greta.url.split("/family/")[0] + "/family/alerts/")
    expect(greta.get_by_text("Hugo closed it: She had only stumbled").first).to_be_visible()


def test_what_is_being_written_is_not_swept_away(at: Callable[..., Page], house: Household) -> None:
    hugo = is_live(at(house.hugo, **DESKTOP))
    try:
        house.frieda.post("/help")
        hugo.get_by_role("button", name="I'm on it").click()
        hugo.get_by_text("Say how it ended").click()
        words = hugo.get_by_label("In a few words")
        words.fill("She is in the")
        before = hugo.locator("#alerts").element_handle()
        house.frieda.post("/help")  # said again: the card is drawn anew
        house.greta.api.get("/alerts")
        hugo.wait_for_timeout(1500)
        assert before is not None
        expect(words).to_be_focused()
        hugo.keyboard.type(" kitchen")
        expect(words).to_have_value("She is in the kitchen")
    finally:
        house.close_alerts()


def test_claim_and_end_by_keyboard_alone(at: Callable[..., Page], house: Household) -> None:
    page = is_live(at(house.greta, **DESKTOP))
    try:
        house.frieda.post("/help")
        expect(page.locator("#alerts")).to_contain_text("Nobody is on it yet", timeout=AT_ONCE_MS)
        _tab_to(page, "I'm on it")
        page.keyboard.press("Enter")
        expect(page.locator("#alerts")).to_contain_text("You are on it", timeout=AT_ONCE_MS)
        _tab_to(page, "Say how it ended")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.type("All is well")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#alerts")).to_be_hidden(timeout=AT_ONCE_MS)
    finally:
        house.close_alerts()


def _tab_to(page: Page, words: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.replace(/\\s+/g, ' ').trim()").startswith(words):
            return
    pytest.fail(f"{words} cannot be reached by the Tab key")


@SIZES
def test_without_scripts_it_all_works(at: Callable[..., Page], house: Household, size: Any) -> None:
    try:
        house.frieda.post("/help")
        page = at(house.greta, java_script_enabled=False, **size)
        expect(page.get_by_role("heading", level=1)).to_have_text("Frieda needs help")
        expect(page.locator("#bell")).to_contain_text("1")
        page.get_by_role("button", name="I'm on it").click()
        expect(page.locator("#alerts")).to_contain_text("You are on it")
        page.locator("summary", has_text="Say how it ended").click()
        page.get_by_label("In a few words").fill("All is well")
        page.get_by_role("button", name="It was a false alarm").click()
        expect(page.get_by_text("Everybody who was told now knows")).to_be_visible()
        expect(page.get_by_role("heading", level=1)).not_to_have_text("Frieda needs help")
        page.get_by_role("textbox").fill("Hello Mum")
        page.get_by_role("button", name="Send").click()
        expect(page.get_by_text("Hello Mum").first).to_be_visible()
    finally:
        house.close_alerts()


@SIZES
def test_a_missed_pill_escalates_on_the_open_page(
    at: Callable[..., Page], house: Household, server_data: str, size: Any
) -> None:
    name = f"Heartol{uuid4().hex[:4]}"
    house.share("medicines")
    greta = is_live(at(house.greta, **size))
    rule = {"kind": "times", "start": "2026-01-01", "slots": [{"at": "23:58"}]}
    medicine = house.frieda.post(f"/seniors/{house.frieda.id}/medicines", name=name, rule=rule, is_critical=True)
    try:
        expect(greta.locator("#medicines")).to_contain_text(name, timeout=AT_ONCE_MS)
        hours_pass(server_data, MISSED.format(medicine["id"]))
        expect(greta.get_by_role("heading", level=1)).to_contain_text("missed today", timeout=TOLD_MS)
        expect(greta.locator("#medicines")).to_contain_text("Missed")
        hours_pass(server_data, UNANSWERED.format(house.frieda.id))
        expect(greta.locator("#alerts")).to_contain_text(
            "A medicine that must not be missed was missed", timeout=TOLD_MS
        )
        expect(greta.get_by_role("heading", level=1)).to_have_text("Frieda needs help")
        assert faults(greta) == []
    finally:
        house.frieda.post(f"/seniors/{house.frieda.id}/medicines/{medicine['id']}/stop", reason="finished")
        house.close_alerts()


#: The next dose of a medicine was due long ago; the question whether all is well was asked long ago.
MISSED = """
dose = Occurrence.objects.filter(regimen="{}").order_by("due_at")[0]
times = dict(due_at=now - timedelta(hours=5), opens_at=now - timedelta(hours=6), late_at=now - timedelta(hours=4))
Occurrence.objects.filter(pk=dose.pk).update(closes_at=now, step_at=now, reminded_at=now - timedelta(hours=5), **times)
"""
UNANSWERED = """
Alert.objects.filter(senior="{}", answer_due_at__isnull=False).update(answer_due_at=now)
"""


def hours_pass(folder: str, script: str) -> None:
    """Nobody waits for hours here: deadlines are columns, and are moved."""
    imports = """
from datetime import timedelta
from django.utils import timezone
from companion.care.medicines.models import Occurrence
from companion.safety.models import Alert
now = timezone.now()
"""
    environment = os.environ | {"LILO_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "lilo_site.settings"}
    command = [sys.executable, str(ROOT / "manage.py"), "shell", "-c", imports + script]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def test_an_open_page_says_when_it_is_not_live_and_comes_back(
    at: Callable[..., Page], house: Household, address: str
) -> None:
    house.share("journal")
    page = is_live(at(house.greta, **DESKTOP))
    page.route_web_socket("**/ws/live/", lambda route: route.close())
    page.reload()
    expect(page.locator("#live-state")).to_contain_text("Not live just now", timeout=20_000)
    assert faults(page) == []


PAGES = {"dashboard": "", "alerts": "/family/alerts/", "settings": "/family/settings/", "activity": "activity/"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_all_of_it_is_large_enough(
    at: Callable[..., Page], house: Household, name: str, scheme: str
) -> None:
    house.share("medicines", "journal", "activity")
    path = PAGES[name] if PAGES[name].startswith("/family") else house.page + PAGES[name]
    page = is_live(at(house.greta, path, color_scheme=scheme, reduced_motion="reduce"))
    for width, height in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)
        assert probe(page, "sidewaysScroll") == 0, f"scrolls sideways at {width} px"
        assert probe(page, "smallType") == [], f"type under 16 px at {width} px"
        assert faults(page) == [], f"at {width} px"


def test_the_chooser_has_no_faults(browser: Browser, at: Callable[..., Page], house: Household, address: str) -> None:
    other = _person(address, "Otto", "senior")
    made = other.post(f"/seniors/{other.id}/invitations", role="family", relation="niece")
    house.greta.post("/invitations/accept", secret=made["link"].rstrip("/").rsplit("/", 1)[-1])
    page = is_live(at(house.greta, "/family/", viewport={"width": 360, "height": 740}))
    expect(page.locator("#people li")).to_have_count(2)
    assert probe(page, "sidewaysScroll") == 0
    assert faults(page) == []
    page.get_by_role("link", name=re.compile("Otto")).click()
    expect(page.get_by_role("link", name="Switch")).to_be_visible()
