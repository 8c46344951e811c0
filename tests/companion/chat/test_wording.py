"""People's words are kept as they are, but for what nobody can see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.chat.wording import clean


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("  my knee   hurts \n", "my knee hurts"),
        ("I can\u2019t sleep", "I can\u2019t sleep"),
        ("cafe\u0301", "café"),
        ("he\u200bllo\x00 \x1b[31mthere", "hello [31mthere"),
        ("hello\U000e0041\U000e0042", "hello"),
        ("\u202eolleh", "olleh"),
        ("bad \ud800 pair", "bad pair"),
        ("two\nlines", "two\nlines"),
        ("\u200b\u200d \t", ""),
    ],
)
def test_invisible_characters_go(words: str, kept: str) -> None:
    assert clean(words) == kept


@given(st.text())
def test_cleaning_twice_changes_nothing_more_and_can_be_stored(words: str) -> None:
    once = clean(words)
    assert clean(once) == once
    json.loads(json.dumps({"text": once}, ensure_ascii=False).encode())


def test_source_names_no_invisible_character_itself() -> None:
    """A pattern written with the characters themselves could not be read by a reviewer."""
    source = Path(clean.__code__.co_filename).read_text(encoding="utf-8")
    assert all(character == "\n" or character.isprintable() for character in source)
