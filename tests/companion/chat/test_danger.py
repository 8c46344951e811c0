"""Danger is answered although nothing can be stored."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from django.conf import LazySettings

from companion.chat.turn import answer

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
