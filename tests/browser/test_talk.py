"""A senior talks with Lilo in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import QUESTION, probe
from tests.browser.proxy import Wire

Visit = Callable[..., Page]

HEARS_COLD_FEET = """window.SpeechRecognition = class {
  start() { setTimeout(() => this.onresult({ results: [[{ transcript: "my feet are cold" }]] }), 100); }
  stop() { this.onend(); }
};"""


def ask(page: Page, words: str) -> None:
    page.get_by_label("Write to Lilo").fill(words)
    page.get_by_role("button", name="Send").click()


@pytest.fixture
def wire(server_port: int) -> Iterator[Wire]:
    made = Wire(server_port)
    yield made
    made.close()


def test_an_answer_streams_in_and_its_source_shows_the_words_used(visit: Visit, address: str) -> None:
    page = visit(address)
    probe(page, "watch")
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("Answer ready")
    seen = page.evaluate("() => seen")
    said = page.locator("#log > li").last.inner_text()
    assert len(set(seen["streamed"]) - {0}) >= 2, f"the answer came in one piece: {seen}, {said}"
    assert seen["status"].count("Lilo is answering") == 1
    assert seen["added"] == ["said me", "said lilo"], "a screen reader hears whole messages, once each"
    answer = page.locator("#latest")
    expect(answer.locator(".sources a").first).to_be_visible()
    used = answer.locator(".words").inner_text()
    answer.locator(".sources a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("waking up at night")
    marked = page.locator("article > p:last-child mark").all_inner_texts()
    assert marked, "no sentence is marked"
    assert all(sentence.strip() in used for sentence in marked)
    expect(page.locator(".links a").first).to_have_attribute("href", re.compile("^https://"))
    page.get_by_role("link", name="Back to our talk").click()
    expect(page.locator("#latest")).to_contain_text(marked[-1].strip())


def test_the_last_answer_is_in_sight_when_the_page_opens(visit: Visit, address: str) -> None:
    page = visit(address)
    for words in (QUESTION, "Thank you"):
        ask(page, words)
        expect(page.locator("#latest .words")).to_be_visible()
        expect(page.locator("#status")).to_have_text("Answer ready")
    page.reload()
    expect(page.locator("#send")).to_be_enabled()
    answer, compose = page.locator("#latest").bounding_box(), page.locator("#compose").bounding_box()
    assert answer is not None
    assert compose is not None
    assert answer["y"] + answer["height"] <= compose["y"], "what Lilo said last is under the field"


def test_a_lost_connection_in_mid_answer_loses_and_doubles_nothing(visit: Visit, wire: Wire) -> None:
    page = visit(f"http://127.0.0.1:{wire.port}")
    expect(page.locator("#send")).to_be_enabled()
    page.wait_for_timeout(500)
    before = page.locator("#log > li").count()
    words = "Is coffee bad for my sleep?"
    asked_before = page.locator("#log > li.me").filter(has_text=words).count()
    wire.hold()
    ask(page, words)
    page.wait_for_timeout(1_000)
    wire.cut()
    expect(page.locator("#status")).to_have_text("Answer ready")
    assert page.locator("#log > li").count() == before + 2
    page.reload()
    kept = page.locator("#log > li.me").filter(has_text=words)
    assert kept.count() == asked_before + 1, "the message was kept twice, or not at all"


def test_words_written_without_a_connection_are_sent_when_it_is_back(visit: Visit, wire: Wire, address: str) -> None:
    page = visit(f"http://127.0.0.1:{wire.port}")
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    wire.cut()
    page.wait_for_timeout(300)
    ask(page, "How much water should I drink?")
    expect(page.locator("#log")).to_contain_text("Waiting for the connection")
    page.context.set_offline(False)
    expect(page.locator("#status")).to_have_text("Answer ready")
    expect(page.locator("#log")).not_to_contain_text("Waiting for the connection")


def test_a_draft_survives_loading_the_page_again(visit: Visit, address: str) -> None:
    page = visit(address)
    page.get_by_label("Write to Lilo").fill("My left knee")
    page.reload()
    expect(page.get_by_label("Write to Lilo")).to_have_value("My left knee")


def test_two_windows_show_the_same_talk(visit: Visit, address: str) -> None:
    one, two = visit(address), visit(address)
    two.wait_for_timeout(2_500)
    ask(one, "What helps against dry skin?")
    expect(one.locator("#status")).to_have_text("Answer ready")
    expect(two.locator("#log")).to_contain_text("What helps against dry skin?")
    assert two.locator("#latest .words").inner_text() == one.locator("#latest .words").inner_text()


def test_more_is_told_and_an_answer_that_did_not_help_is_noted(visit: Visit, address: str) -> None:
    page = visit(address)
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("Answer ready")
    page.locator("#latest").get_by_role("button", name="This did not help").click()
    expect(page.locator("#latest")).to_contain_text("May I pass this question on")
    page.locator("#latest").get_by_role("button", name="Tell me more").click()
    expect(page.locator("#log > li.me").last).to_contain_text("Tell me more")
    expect(page.locator("#status")).to_have_text("Answer ready")


def test_it_all_works_without_javascript(visit: Visit, address: str) -> None:
    page = visit(address, java_script_enabled=False)
    ask(page, QUESTION)
    expect(page.locator("#latest .sources a").first).to_be_visible()
    expect(page.get_by_role("button", name="Speak")).to_be_hidden()
    expect(page.get_by_role("button", name="Read it to me").first).to_be_hidden()
    page.locator("#latest").get_by_role("button", name="This did not help").click()
    expect(page.locator("#latest")).to_contain_text("May I pass this question on")
    page.get_by_role("button", name="No, thank you").click()
    expect(page.locator("#latest")).to_contain_text("I do not pass it on.")
    page.get_by_role("link", name="I need help").click()
    expect(page.get_by_role("main").get_by_role("link", name="911")).to_be_visible()


def test_a_keyboard_is_enough(visit: Visit, address: str) -> None:
    page = visit(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText.trim()") == "I need help", "help is not first"
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.innerText.trim()") == "Skip to the page"
    page.get_by_label("Write to Lilo").focus()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_have_text("Answer ready")
    assert page.evaluate("document.activeElement.id") == "text", "the answer took the focus away"
    page.locator("#latest .sources a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()


def test_danger_is_answered_with_whom_to_ring_at_once(visit: Visit, address: str) -> None:
    page = visit(address, who="anna")
    ask(page, "I have fallen and I cannot get up. My hip hurts badly.")
    card = page.get_by_role("alert")
    expect(card).to_be_visible()
    ring = card.get_by_role("link", name="911")
    expect(ring).to_have_attribute("href", "tel:911")
    box = ring.bounding_box()
    assert box is not None
    assert box["height"] >= 85
    page.wait_for_timeout(500)
    assert page.get_by_text(card.locator(".words").inner_text()).count() == 1, "the fixed words are said twice"
    page.reload()
    expect(page.locator("#latest .button.help")).to_be_visible()


def test_danger_is_answered_without_javascript_too(visit: Visit, address: str) -> None:
    page = visit(address, who="anna", java_script_enabled=False)
    ask(page, "I have a crushing pain in my chest")
    expect(page.get_by_role("alert").get_by_role("link", name="911")).to_be_visible()


def test_words_grow_as_the_senior_wants(visit: Visit, address: str) -> None:
    page = visit(f"{address}/settings/")
    for name, pixels in (("Largest", "28px"), ("Larger", "24px"), ("Large", "20px")):
        page.get_by_role("button", name=name, exact=True).click()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "true")
        page.goto(address)
        assert probe(page, "textSize") == pixels
        page.goto(f"{address}/settings/")


def test_reading_aloud_goes_sentence_by_sentence_and_stops(visit: Visit, address: str) -> None:
    page = visit(address)
    ask(page, QUESTION)
    expect(page.locator("#status")).to_have_text("Answer ready")
    page.evaluate(
        "() => { window.spoken = []; speechSynthesis.speak = (words) => { spoken.push([words.text, words.rate]);"
        " if (spoken.length === 1) setTimeout(() => words.onend(), 50); }; }"
    )
    page.locator("#latest [data-reads]").click()
    page.wait_for_timeout(1_000)
    first, second = page.evaluate("() => spoken")
    assert round(first[1], 2) == round(second[1], 2) == 0.9
    assert first[0].count(".") == second[0].count(".") == 1, "more than a sentence at a time"
    assert "[1]" not in first[0] + second[0]
    page.get_by_role("button", name="Stop reading").click()
    expect(page.locator("#latest [data-reads]")).to_contain_text("Read it to me")


def test_speaking_shows_the_words_before_they_are_sent(visit: Visit, address: str) -> None:
    page = visit(address)
    page.context.add_init_script(HEARS_COLD_FEET)
    page.goto(address)
    before = page.locator("#log > li").count()
    page.get_by_role("button", name="Speak").click()
    expect(page.get_by_label("Write to Lilo")).to_have_value("my feet are cold")
    expect(page.get_by_role("button", name="Say it again")).to_be_visible()
    assert page.locator("#log > li").count() == before, "words were sent before the senior saw them"
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#log > li.me").last).to_contain_text("my feet are cold")
