"""Text from outside holds nothing that a person cannot see."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.plain_text import HIDDEN, plain_line, plain_text


@pytest.mark.parametrize(
    ("given_text", "plain"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("tired\U000e0041\U000e0042\U000e007f?", "tired?"),
        ("pay\u202eeman", "payeman"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("lone \ud800 half", "lone half"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("a\n\n\n\nb", "a\n\nb"),
        ("  two\u00a0  spaces\t ", "two spaces"),
        ("<b>bold</b> <script>x</script>", "<b>bold</b> <script>x</script>"),
        ("\U0001f468\u200d\U0001f469\u200d\U0001f467", "\U0001f468\u200d\U0001f469\u200d\U0001f467"),
    ],
)
def test_text_becomes_plain(given_text: str, plain: str) -> None:
    assert plain_text(given_text) == plain


@given(st.text())
def test_plain_text_is_stable_and_can_be_stored(text: str) -> None:
    plain = plain_text(text)
    assert plain_text(plain) == plain
    assert not HIDDEN.search(plain)
    assert all(character == "\n" or unicodedata.category(character) not in {"Cc", "Cs"} for character in plain)
    plain.encode("utf-8")


def test_line_has_no_line_break() -> None:
    assert plain_line(" one\n two\r\n\tthree ") == "one two three"
