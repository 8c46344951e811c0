"""Questions are read as they are meant, in the light of what the entries say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from knowledge.index.artefact import Artefact
from knowledge.index.build import build_and_publish
from knowledge.retrieval.everyday import in_plain_words
from knowledge.retrieval.reading import read
from knowledge.retrieval.spelling import Speller
from tests.knowledge.index.conftest import entry

KNOWN = (
    "arthritis", "diabetes", "pneumonia", "vertigo", "surgery", "pressure", "ankles", "kidneys", "osteoporosis",
    "paracetamol", "prednisolone", "knock", "cheer", "table", "dementia", "gout", "stiff", "hands", "swollen",
)  # fmt: skip
WORDS = dict.fromkeys(KNOWN, 3)


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(WORDS)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("diabeetus", "diabetes"),
        ("arthuritis", "arthritis"),
        ("metforman", "metformin"),
        ("numonia", "pneumonia"),
        ("vertego", "vertigo"),
        ("surjery", "surgery"),
        ("presure", "pressure"),
        ("ankels", "ankles"),
        ("kidnys", "kidneys"),
        ("osteoperosis", "osteoporosis"),
        ("parasetamol", "paracetamol"),
        ("tabel", "table"),
    ],
)
def test_misspelt_names_are_put_right(speller: Speller, said: str, meant: str) -> None:
    text, changes = speller.corrected(f"is my {said} bad?")
    assert text == f"is my {meant} bad?"
    assert changes == ((said, meant),)


@pytest.mark.parametrize(
    "right",
    [
        "prednisone",  # another medicine than prednisolone
        "knack",
        "cheerio",
        "toppling",
        "doesn't",
        "gouty",
        "sister",
        "hydroxyzine",
        "brolly",
        "Mrs Pressurby",
        "B12",
    ],
)
def test_right_words_are_never_turned_into_others(speller: Speller, right: str) -> None:
    assert speller.corrected(f"I asked about {right} today") == (f"I asked about {right} today", ())


def test_misspelt_words_of_entries_are_no_model() -> None:
    assert Speller({"diabeetis": 1, "diabetes": 20}).corrected("my diabeetus")[0] == "my diabetes"


def test_word_as_near_to_two_others_stays() -> None:
    assert Speller({"losartin": 1, "losarten": 1}).corrected("my losarton pill")[1] == ()


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("What BP should I have?", "What blood pressure should I have?"),
        ("what bp should I have", "what blood pressure should I have"),
        ("I'm bunged up", "I'm constipated"),
        ("a cup for my hot-water bottle", "a cup for my hot water bottle"),
        ("they say AF, af course", "they say irregular heartbeat atrial fibrillation, af course"),
        ("straight to A&E", "straight to hospital emergency department"),
        ("a subpoena", "a subpoena"),
    ],
)
def test_everyday_words_and_abbreviations_become_plain(said: str, plain: str) -> None:
    assert in_plain_words(said)[0] == plain


@pytest.fixture(scope="module")
def artefact(tmp_path_factory: Any, warm_model: None) -> Artefact:
    folder: Path = tmp_path_factory.mktemp("reading")
    texts = [
        ("pressure", "What should my blood pressure be?"),
        ("nerves", "What harms the motor nerves?"),
        ("muscles", "Which motor nerves move the leg?"),
        ("sugar", "What is diabetes?"),
    ]
    manifest = build_and_publish(entries=[entry(key, text) for key, text in texts], folder=folder)
    return Artefact(folder / manifest.version)


def test_reading_says_what_it_changed(artefact: Artefact) -> None:
    found = read("Is my BP due to diabeetus?", artefact)
    assert found.text == "Is my blood pressure due to diabetes?"
    assert found.corrections == (("diabeetus", "diabetes"),)
    assert found.expansions == (("BP", "blood pressure"),)
    assert {"blood", "pressur", "diabet"} <= set(found.terms)


def test_entries_own_words_stay(artefact: Artefact) -> None:
    assert read("what hurts a motor nerve", artefact).expansions == ()


def test_telling_words_of_a_story_weigh_most(artefact: Artefact) -> None:
    story = (
        "My husband has diabetes. We went to town on Monday by bus with our neighbour, had lunch near the church, "
        "met friends from school, talked about gardens, holidays, weather, politics, trains, and then came home "
        "rather late. Anyway diabetes is what he has."
    )
    found = read(story, artefact)
    weights = dict(zip(found.terms, found.weights, strict=True))
    assert weights["diabet"] == max(weights.values()) == 1.0
    assert read("What is diabetes?", artefact).weights == ()
