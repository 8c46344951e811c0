"""What differs between two texts, as a curator sees it."""

from __future__ import annotations

import pytest

from knowledge.curation.differences import Piece, difference


def marked(pieces: tuple[Piece, ...]) -> str:
    signs = {"same": "{}", "gone": "-{}-", "new": "+{}+"}
    return "".join(signs[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("earlier", "later", "left", "right"),
    [
        ("Take it with food.", "Take it without food.", "Take it -with- food.", "Take it +without+ food."),
        ("Walk ten minutes.", "Walk ten minutes!", "Walk ten minutes-.-", "Walk ten minutes+!+"),
        ("", "Rest well.", "", "+Rest well.+"),
        ("Rest. Drink.", "Drink.", "-Rest. -Drink.", "Drink."),
        ("one\ntwo", "one\ntwo\nthree", "one\ntwo", "one\ntwo+\nthree+"),
        ("Don't stop.", "Don't stop.", "Don't stop.", "Don't stop."),
    ],
)
def test_whole_words_are_marked_where_they_changed(earlier: str, later: str, left: str, right: str) -> None:
    found = difference("Answer", earlier, later)
    assert (marked(found.earlier), marked(found.later)) == (left, right)
    assert found.changed == (earlier != later)


def test_nothing_of_a_long_text_is_lost() -> None:
    earlier = "The cat sat on the mat, and the dog sat by the door. " * 200
    later = earlier.replace("dog", "old dog", 1)
    found = difference("Answer", earlier, later)
    assert "".join(piece.text for piece in found.earlier) == earlier
    assert "".join(piece.text for piece in found.later) == later
    assert [piece.text.strip() for piece in found.later if piece.kind == "new"] == ["old"]
