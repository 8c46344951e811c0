"""Danger is answered although nothing can be stored."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings

from companion.chat.events import Emergency
from companion.chat.turn import answer
from companion.safety import spool

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(("said", "number"), [("I can't breathe", "999"), ("my blood pressure is 196 over 121", "999")])
async def test_danger_that_no_store_takes_still_gets_its_card(
    turn_of, published_corpus, senior, settings: LazySettings, tmp_path: Path, said: str, number: str
) -> None:
    senior.country = "GB"
    (tmp_path / "full").write_text("")
    settings.ALERT_SPOOL = tmp_path / "full" / "spool"
    full = sqlite3.connect(Path(os.environ["LILO_DATA_DIR"]) / "lilo.sqlite3", timeout=10)
    full.execute("BEGIN IMMEDIATE")
    try:
        async for event in answer(turn_of(said)):
            if event.type in ("emergency", "error"):
                break
    finally:
        full.rollback()
        full.close()
    assert event.type == "emergency"
    assert number in {phone.number for phone in event.phones}
    assert "letting the people" not in event.text


async def test_words_in_danger_to_the_family_get_their_card_although_they_cannot_be_passed_on(
    turn_of, published_corpus
) -> None:
    other = sqlite3.connect(Path(os.environ["LILO_DATA_DIR"]) / "lilo.sqlite3", timeout=10)
    other.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    try:
        async for event in answer(turn_of("I fell and I can't get up", to=uuid4())):
            if isinstance(event, Emergency):
                break
        took = time.monotonic() - started
    finally:
        other.rollback()
        other.close()
        assert isinstance(event, Emergency)
        assert event.alert_id is not None
        spool.remove(event.alert_id)
    assert took < 10
