"""An emergency from end to end in real browsers: a senior says that she fell, two of her people have a page open."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_circle import DESKTOP, PHONE, faults
from tests.browser.test_family import AT_ONCE_MS, Household, Person, _person, is_live

Visit = Callable[..., Page]
#: Until a busy machine's relay has told the senior's page.
TOLD_MS = 30_000


@pytest.fixture
def household(address: str) -> Household:
    """Nobody else's: whoever is in danger here is in no other test's way."""
    frieda = _person(address, "Frieda", "senior")
    others = {}
    for name, role, relation in (("Anna", "primary", "daughter"), ("Bert", "family", "son")):
        others[name] = _person(address, name, "family")
        made = frieda.post(f"/seniors/{frieda.id}/invitations", role=role, relation=relation)
        others[name].post("/invitations/accept", secret=made["link"].rstrip("/").rsplit("/", 1)[-1])
    return Household(frieda, others["Anna"], others["Bert"])


@pytest.fixture
def opened(visit: Visit, address: str) -> Callable[..., Page]:
    def open_page(who: Person, path: str, **options: Any) -> Page:
        page = visit(f"{address}/help/", who="nobody", **options)
        page.context.add_cookies(who.cookies)
        page.goto(address + path)
        return page

    return open_page


def test_she_says_that_she_fell_one_comes_and_everybody_knows(
    opened: Callable[..., Page], household: Household
) -> None:
    senior = opened(household.frieda, "/", **DESKTOP)
    anna = is_live(opened(household.greta, household.page, **PHONE))
    bert = is_live(opened(household.hugo, household.page, **PHONE))

    field = senior.get_by_role("textbox")
    field.fill("I fell in the kitchen and I can't get up")
    field.press("Enter")
    card = senior.get_by_role("alert").filter(has_text="911")
    expect(card.first).to_be_visible()
    expect(senior.locator('a[href="tel:911"]:visible').first).to_be_visible()
    assert faults(senior) == []

    for page in (anna, bert):
        expect(page.get_by_role("heading", level=1)).to_have_text("Frieda needs help", timeout=AT_ONCE_MS)
        assert "kitchen" not in page.content(), "what she said stays with her"
    assert faults(anna) == []
    bert.locator('a[href^="/alerts/"]').first.click()
    expect(bert.get_by_text("Nobody is on it yet")).to_be_visible()
    assert faults(bert) == []

    anna.get_by_role("button", name="I'm on it").click()
    expect(anna.locator("#alerts")).to_contain_text("You are on it", timeout=AT_ONCE_MS)
    expect(senior.get_by_text("Anna is on it").first).to_be_visible(timeout=TOLD_MS)
    bert.reload()
    expect(bert.get_by_text("Anna is on it").first).to_be_visible()

    anna.get_by_text("Say how it ended").click()
    anna.get_by_label("In a few words").fill("She is up again, nothing is broken")
    anna.get_by_role("button", name="It is over, all is well").click()
    expect(anna.locator("#alerts")).to_be_hidden(timeout=AT_ONCE_MS)
    bert.reload()
    expect(bert.get_by_role("heading", level=1)).to_have_text("Frieda: it is over")
    expect(bert.get_by_text("nothing is broken")).to_be_visible()
