"""What Lilo knows, from a file to a person and back: import, edit, review, publish, ask, withdraw, roll back."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from playwright._impl._api_structures import FilePayload
from playwright.sync_api import Locator, Page, expect

Visit = Callable[..., Page]

#: A name that is in no other run, should the server's data be kept.
RUN = uuid4().hex[:6]
PEAS = {
    "id": f"sweet-peas-{RUN}",
    "question": "How do I grow sweet peas in a pot?",
    "answer": (
        "Sweet peas grow well in a deep pot by a sunny wall. Sow the seeds in spring, about one inch deep. Give them "
        "sticks or a net to climb. Water them a little every day, so that the soil stays damp. Pick the flowers often, "
        "and more will come. Ask somebody to lift the heavy pot for you, so that you do not hurt your back."
    ),
    "category": "hobbies",
    "alternatives": "Can I grow sweet peas on my balcony?|Would sweet peas grow on my window sill?",
    "source": "Growing sweet peas",
    "url": "https://www.rhs.org.uk/plants/sweet-peas",
    "date": "2026-01-15",
}
PLANTED = "Sow the seeds in spring, about one inch deep."
THIRD_WORDING = "My mother would like sweet peas in a pot."
SHIP = {
    "id": f"ship-in-a-bottle-{RUN}",
    "question": "How do I put a model ship into a bottle?",
    "answer": (
        "The ship goes into the bottle lying flat. First build it outside, with masts that fold down on small hinges. "
        "Tie a long thread to each mast. Put some blue clay into the bottle for the sea. Slide the folded ship through "
        "the neck and press it into the clay. Then pull the threads, and the masts stand up. Take your time, and sit "
        "in good light."
    ),
    "category": "hobbies",
    "alternatives": "How does a ship get into a bottle?|I want to build a model ship in a bottle.|Ship in a bottle?",
    "source": "Ships in bottles",
    "url": "https://www.rmg.co.uk/ships-in-bottles",
    "date": "2026-01-15",
}
PASSED_ON = "How can I put a ship into a bottle?"
#: An index of hundreds of entries is built and judged meanwhile, perhaps on a machine with much else to do.
BUILT_S = 120
#: Two beats of the clock, each of which may come late.
TOLD_S = 120
WITHDRAWN_S = 2


def a_file() -> FilePayload:
    """A spreadsheet of two good rows and one without an answer."""
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(PEAS))
    writer.writeheader()
    writer.writerows([PEAS, SHIP, PEAS | {"id": f"empty-{RUN}", "answer": ""}])
    return {"name": "hobbies.csv", "mimeType": "text/csv", "buffer": table.getvalue().encode()}


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def press_twice(page: Page, name: str) -> None:
    """As many people press every button; it acts once."""
    page.get_by_role("button", name=name, exact=True).dblclick()


def ask(page: Page, words: str) -> Locator:
    """Lilo's answer on the senior's page."""
    said = page.locator("#log > li.lilo")
    expect(page.locator("#send")).to_be_enabled()
    before = said.count()
    page.get_by_label("Write to Lilo").fill(words)
    press(page, "Send")
    expect(said).to_have_count(before + 1)
    expect(page.locator("#status")).to_have_text("Answer ready")
    return said.last


def try_out(page: Page, address: str, words: str) -> Locator:
    """What a person would be told, as the playground says."""
    page.goto(f"{address}/admin/knowledge/playground/")
    page.get_by_label("Question", exact=True).fill(words)
    press(page, "Ask")
    return page.locator(".lilo-answer")


def open_entry(page: Page, address: str, entry: dict[str, str]) -> None:
    page.goto(f"{address}/admin/knowledge/entry/?{urlencode({'q': entry['id']})}")
    page.get_by_role("link", name=entry["question"]).click()


def do_to_entry(page: Page, address: str, entry: dict[str, str], button: str, done: str) -> None:
    open_entry(page, address, entry)
    press_twice(page, button)
    expect(page.get_by_text(f"1 entry {done}.")).to_be_visible()


def serving(page: Page, address: str) -> str:
    """The page of the index that serves."""
    page.goto(f"{address}/admin/knowledge/artefact/")
    row = page.locator("#result_list tr").filter(has_text="Serving").get_by_role("link").first
    return str(row.get_attribute("href"))


def go_back_to(page: Page, address: str, index: str) -> None:
    page.goto(f"{address}{index}")
    page.get_by_role("link", name="Let it serve again").click()
    press_twice(page, "Let it serve")
    expect(page.get_by_text("again within a second")).to_be_visible()


def until(found: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Look again and again; each look asks the server and so takes its time."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, otherwise


def take_back(page: Page, address: str) -> None:
    """What she passed on, in this run or a stopped one: else its group has an entry already, and waits for nobody."""
    page.goto(f"{address}/settings/")
    passed_on = page.get_by_text("What I passed on")
    if passed_on.count():
        passed_on.click()
        press(page, "Take all of them back")


@pytest.fixture
def margaret(visit: Visit, address: str) -> Iterator[Page]:
    """Margaret, who lets Lilo pass her questions on; afterwards she takes them back and is asked again."""
    page = visit(f"{address}/settings/")
    take_back(page, address)
    press(page, "Yes, always")
    expect(page.get_by_role("button", name="Yes, always")).to_have_attribute("aria-pressed", "true")
    page.goto(address)
    yield page
    take_back(page, address)
    press(page, "Ask me each time")
    expect(page.get_by_role("button", name="Ask me each time")).to_have_attribute("aria-pressed", "true")


@pytest.fixture
def rob(visit: Visit, address: str) -> Page:
    """Rob, who has put away what a run that was stopped left behind: its entries would be twins of these."""
    page = visit(f"{address}/admin/", who="rob")
    for entry in (PEAS, SHIP):
        found = f"{address}/admin/knowledge/entry/?{urlencode({'q': entry['id'].removesuffix(RUN)})}"
        page.goto(found)
        left = page.locator("#result_list tbody tr").filter(has_not_text="Retired").get_by_role("link")
        while left.count():
            left.first.click()
            press(page, "Retire")
            expect(page.get_by_text("1 entry retired.")).to_be_visible()
            page.goto(found)
    return page


def test_entries_come_in_answer_people_are_withdrawn_and_stay_so(
    visit: Visit, address: str, margaret: Page, rob: Page
) -> None:
    carla = visit(f"{address}/admin/", who="carla")
    expect(ask(margaret, PASSED_ON)).to_contain_text("not sure")
    before = serving(rob, address)

    # Carla brings a file. It is only looked at until she says yes; the bad row stays out.
    carla.goto(f"{address}/admin/knowledge/importjob/add/")
    carla.get_by_label("Files").set_input_files(a_file())
    press_twice(carla, "Check the files")
    expect(carla.get_by_text("2 entries would come in as drafts. Nothing has been imported yet.")).to_be_visible()
    expect(carla.get_by_text("1 row was refused")).to_be_visible()
    press_twice(carla, "Import 2 entries")
    expect(carla.get_by_text("2 entries came in as drafts")).to_be_visible()

    # One is a wording short: the rules say so, and she puts it right.
    carla.get_by_role("link", name=PEAS["question"]).click()
    press(carla, "Submit for review")
    expect(carla.get_by_text("Give at least 3 other ways to ask this.").first).to_be_visible()
    carla.get_by_label("Other ways to ask").fill("\n".join([*PEAS["alternatives"].split("|"), THIRD_WORDING]))
    press(carla, "Submit for review")
    expect(carla.get_by_text("1 entry submitted for review.")).to_be_visible()
    do_to_entry(carla, address, SHIP, "Submit for review", "submitted for review")

    # The other is what Margaret wanted to know.
    carla.goto(f"{address}/admin/knowledge/questiongroup/")
    asked = carla.get_by_role("link", name=PASSED_ON)
    until(lambda: bool(carla.reload() and asked.count()), TOLD_S, "her question never came to the inbox")
    asked.first.click()
    carla.get_by_label("Key of the entry").fill(SHIP["id"])
    press_twice(carla, "It is answered by this")
    expect(carla.get_by_text("Those who asked are told once it is published")).to_be_visible()

    # Nobody approves their own words: Rob reads, approves and publishes.
    open_entry(carla, address, PEAS)
    expect(carla.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    do_to_entry(rob, address, PEAS, "Approve", "approved")
    do_to_entry(rob, address, PEAS, "Publish", "published")
    do_to_entry(rob, address, SHIP, "Publish", "published")

    # The index is built, judged and swapped; the playground and Margaret's page answer from it, with the source.
    until(lambda: PLANTED in try_out(rob, address, PEAS["question"]).inner_text(), BUILT_S, "it never answered")
    expect(rob.locator(".lilo-answer-sources").first).to_contain_text(PEAS["source"])
    answer = ask(margaret, THIRD_WORDING)
    expect(answer).to_contain_text(PLANTED)
    expect(answer.locator(".sources")).to_contain_text(PEAS["source"])
    with_it = serving(rob, address)

    # Rob withdraws it: within two seconds neither says it any more.
    do_to_entry(rob, address, PEAS, "Retire", "retired")
    until(lambda: PLANTED not in try_out(rob, address, PEAS["question"]).inner_text(), WITHDRAWN_S, "it is still tried")
    until(lambda: PLANTED not in ask(margaret, PEAS["question"]).inner_text(), WITHDRAWN_S, "it is still said")

    # He goes back to the index before it, and to the one that has it: withdrawn stays withdrawn.
    for index in (before, with_it):
        go_back_to(rob, address, index)
        assert PLANTED not in try_out(rob, address, PEAS["question"]).inner_text()
        assert PLANTED not in ask(margaret, PEAS["question"]).inner_text()

    # Margaret is told that Lilo knows more now, and hears it.
    margaret.goto(address)
    card = margaret.locator("li.notice-card").filter(has_text=PASSED_ON)
    until(lambda: bool(margaret.reload() and card.count()), TOLD_S, "she was never told")
    card.get_by_role("button", name="Yes, please").click()
    expect(margaret.locator("#log > li.lilo").last).to_contain_text("lying flat")
    do_to_entry(rob, address, SHIP, "Retire", "retired")
