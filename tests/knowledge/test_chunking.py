"""Long text in pieces: of whole sentences, with what went before, under their heading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.chunking import chunks

SENTENCES = [f"Sentence number {number} says one thing more." for number in range(1, 13)]
TEXT = " ".join(SENTENCES)


def test_short_text_is_one_piece_as_it_was() -> None:
    assert chunks("One.\n\nTwo.") == ["One.\n\nTwo."]
    assert chunks("  \n ") == []


def test_pieces_are_whole_sentences_and_begin_with_the_last_of_the_one_before() -> None:
    pieces = chunks(TEXT, most_words=28)
    assert pieces == [" ".join(SENTENCES[at : at + 4]) for at in (0, 3, 6)] + [" ".join(SENTENCES[9:])]


def test_without_overlap_the_pieces_are_the_text() -> None:
    assert " ".join(chunks(TEXT, most_words=21, overlap_sentences=0)) == TEXT


def test_heading_stands_above_each_piece_of_its_section() -> None:
    pieces = chunks(f"Before.\n## Naps\n{TEXT}\n## Beds\nA firm bed.", most_words=40)
    assert pieces[0] == "Before."
    assert [piece.split("\n")[0] for piece in pieces[1:-1]] == ["## Naps"] * len(pieces[1:-1])
    assert len(pieces) > 3
    assert pieces[-1] == "## Beds\nA firm bed."


def test_sentence_longer_than_a_piece_is_cut_between_words() -> None:
    pieces = chunks("word " * 100 + "end.", most_words=30)
    assert [len(piece.split()) for piece in pieces] == [30, 30, 30, 11]


def test_line_breaks_between_sentences_stay() -> None:
    text = "Take this:\n- milk\n- bread and butter\n" + TEXT
    assert chunks(text, most_words=40)[0].startswith("Take this:\n- milk\n- bread and butter\nSentence number 1")


@pytest.mark.parametrize(("most_words", "overlap"), [(0, 1), (-1, 1), (10, -1)])
def test_senseless_sizes_are_refused(most_words: int, overlap: int) -> None:
    with pytest.raises(ValueError, match="Pieces need room"):
        chunks(TEXT, most_words=most_words, overlap_sentences=overlap)


@given(
    st.text(alphabet="ab A.!?\n#", max_size=400),
    st.integers(1, 20),
    st.integers(0, 3),
)
def test_no_piece_is_too_long_and_no_word_is_lost(text: str, most_words: int, overlap: int) -> None:
    pieces = chunks(text, most_words=most_words, overlap_sentences=overlap)
    assert all(piece.strip() and len(piece.split()) <= most_words for piece in pieces)
    body = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith("#"))
    assert set(body.split()) <= {word for piece in pieces for word in piece.split()}
