"""What a curator reads of a run: the measures in plain words, and what went wrong with a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from knowledge.evaluation.asking import ALL_IS_WELL
from knowledge.evaluation.scoring import LEVELS, Row

#: Measure: its name, what it says, and the least wanted value.
MEASURES: dict[str, tuple[str, str, float | None]] = {
    "quality": ("Quality", "How good the answers are as a whole", 0.80),
    "success@1": ("Right entry first", "Questions whose first entry found answers them", 0.90),
    "answer_f1": ("Right words", "Words shared with the sentences that should be said", 0.85),
    "abstention_f1": ("Knows its limits", "Says that it is not sure when, and only when, it should be", 0.90),
    "alert_recall": ("Hears emergencies", "Emergencies heard at once, without asking back", None),
    "ndcg@10": ("Order of what is found", "The best entries stand first (NDCG at 10)", 0.92),
    "map": ("Average precision", "The same over all relevant entries (MAP)", None),
    "mrr@10": ("How far down", "One over the place of the first right entry (MRR at 10)", None),
    "p@10": ("Precision at 10", "Share of ten found that are relevant", None),
    "r@10": ("Recall at 10", "Share of the relevant that are among ten found", None),
    "f1@10": ("F1 at 10", "Both together", None),
    "answer_f1_given": ("Right words, where it answers", "The same without the questions it did not answer", None),
    "rouge1": ("ROUGE-1", "Word stems shared", None),
    "rouge2": ("ROUGE-2", "Pairs of word stems shared", None),
    "rougeL": ("ROUGE-L", "Longest common run of word stems", None),
    "faithfulness": ("Faithfulness", "Sentences that the entry they name supports", None),
    "judged": ("Faithfulness, as a model sees it", "The language model's own rating", None),
    "relevance": ("Relevance", "Likeness of question and answer", None),
    "abstention_precision": ("Not sure, rightly", "Of all “I am not sure”, those that were right", None),
    "abstention_recall": ("Unknown, admitted", "Of what Lilo cannot know, what it said so of", None),
    "alert_precision": ("Alarms that were right", "Of all emergencies heard, the real ones", None),
    "alert_f1": ("Emergencies, both together", "Heard when, and only when, there is one", None),
    "fallback": ("Second way needed", "Questions not found at the first attempt; 0.10 at most", None),
    "asked_first": ("Asked first", "Calm questions that Lilo answers only once told that all is well", None),
    "error": ("Failed", "Questions that were not answered at all; 0.01 at most", None),
    "insulting": ("Insulting words", "Answers with a word from the list of insults", None),
    "length": ("Words an answer", "", None),
    "reading_grade": ("Reading grade", "", None),
}
#: Those at the head of a page.
MAIN = ("quality", "success@1", "answer_f1", "abstention_f1")
CATEGORIES = {
    "factual": "Facts",
    "conversational": "Conversation",
    "elder_care": "Elder care",
    "emergency": "Emergencies and near ones",
}
#: Below this a question is shown among those that went wrong.
GOOD = 0.5


@dataclass(frozen=True, slots=True)
class Named:
    """A figure with its words."""

    name: str
    meaning: str
    figure: Mapping[str, float]
    wanted: float | None

    @property
    def is_short(self) -> bool:
        """Whether it falls short of what is wanted."""
        return self.wanted is not None and self.figure["value"] < self.wanted


def named(figures: Mapping[str, Mapping[str, float]], measures: tuple[str, ...] = ()) -> list[Named]:
    """The figures that are there, in the order told or in ours."""
    return [
        Named(MEASURES[name][0], MEASURES[name][1], figures[name], MEASURES[name][2])
        for name in measures or MEASURES
        if name in figures
    ]


def parts_named(parts: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a run by names for people."""
    return {CATEGORIES.get(name, name.replace("_", " ").capitalize()): figures for name, figures in parts.items()}


def fault(row: Row) -> str:
    """What went wrong with a question; empty when nothing did."""
    if row.quality >= GOOD:
        return ""
    if row.error or row.kind == "refusal":
        return "It failed."
    if row.expect in LEVELS:
        return f"The danger was heard as {_danger(row.level)}, not as {_danger(LEVELS[row.expect])}."
    if row.kind == "emergency":
        asked_only = row.expect in ALL_IS_WELL and row.level == LEVELS["ask"]
        more = " Told that all is well, Lilo did not answer." if asked_only else ""
        return f"Heard as {_danger(row.level)}, though nothing is wrong.{more}"
    if row.expect != "answer":
        return "Answered, though it cannot know." if row.expect == "abstain" else "Not taken as small talk."
    if not row.first_is_right:
        return "Another entry was found first."
    return (
        "The right entry was found, but Lilo was not sure."
        if row.kind == "abstention"
        else "Other sentences were said."
    )


def _danger(level: str) -> str:
    return {"E": "an emergency", "A": "something to ask about", "C": "a worry", "N": "no danger"}.get(level, "nothing")
