"""Texts are cleaned, cut into sentences and reduced to terms."""

from __future__ import annotations

import pytest

from knowledge.wording import MOST_CHARACTERS, MOST_TERMS, clean, sentence_spans, terms


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  my\tknees \n hurt ", "my knees hurt"),
        ("a\x00b\x1bc", "a b c"),
        ("zero\u200bwidth \u202eright\u202c", "zero width right"),
        ("ﬁne ＡＢＣ", "fine ABC"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("\x00\u200b", ""),
        ("x" * 9_000, "x" * MOST_CHARACTERS),
    ],
)
def test_clean(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("One. Two? Three! Four", ["One.", "Two?", "Three!", "Four"]),
        ("Ask Dr. Smith at 3 p.m. Then rest.", ["Ask Dr. Smith at 3 p.m. Then rest."]),
        ("He said “stop.” She did.", ["He said “stop.”", "She did."]),
        ("Take 2.5 cups. Drink.", ["Take 2.5 cups.", "Drink."]),
        ("Do this:\n- rest\n- drink", ["Do this:", "- rest", "- drink"]),
        ("In the U.S. Call 911. e.g. this is one", ["In the U.S. Call 911. e.g. this is one"]),
        ("", []),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in sentence_spans(text)] == sentences


def test_terms_are_stems_of_telling_words() -> None:
    assert terms("What can I do about my mother’s swollen ANKLES?") == ["mother", "swollen", "ankl"]
    assert terms("walking walked walks") == ["walk"] * 3
    assert terms("?!") == []
    assert len(terms("knee " * 50_000)) == MOST_TERMS
