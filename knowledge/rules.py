"""What a curated entry must be before it may answer a person: pure checks, no database.

The same rules hold for the starter corpus (`manage.py lint_corpus`) and for an entry in the admin.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from knowledge.readability import reading_grade, words

MIN_ANSWER_WORDS = 40
MAX_ANSWER_WORDS = 120
MAX_READING_GRADE = 6.0
MIN_ALTERNATIVES = 3
MAX_QUESTION_WORDS = 25
#: What Lilo says of itself and in small talk has no outside facts to source.
UNSOURCED_CATEGORIES = frozenset({"lilo", "small-talk"})
AUDIENCES = ("senior", "family", "everyone")
#: Keys of entries cut from a document begin so: their first question is only the heading they stood under.
DOCUMENT_KEY = "document-"

KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
#: An amount of a drug. Lilo never gives a dose.
DOSE = re.compile(
    r"\b\d+([.,]\d+)?\s?(mg|mcg|µg|milligrams?|micrograms?|units? of insulin|tablets?|pills?|drops?)\b", re.IGNORECASE
)
#: Advice to change a medicine alone. "Do not stop ..." and the like are what we want to hear.
STOP_MEDICINE = re.compile(
    r"(?<!not )(?<!never )(?<!n't )\b(stop|skip|double|halve)\s+(taking\s+)?(your|the|a|any)?\s*"
    r"(medicine|medication|pill|tablet|dose|insulin)s?\b",
    re.IGNORECASE,
)
MARKUP = re.compile(r"<[a-zA-Z/][^>]*>|\*\*|^#+ |\[[^\]]+\]\([^)]+\)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class SourceText:
    """Where the facts of an entry come from: a public page and the day it was consulted."""

    title: str
    publisher: str
    url: str
    date: date | None = None


@dataclass(frozen=True, slots=True)
class EntryText:
    """The words of an entry, as an author wrote them, from whatever place."""

    key: str
    question: str
    answer: str
    category: str
    alternatives: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    audience: str = "everyone"
    sources: tuple[SourceText, ...] = ()
    review_due: date | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule: which field, and what to do about it."""

    field: str
    message: str


def entry_problems(entry: EntryText) -> list[Problem]:
    """Every rule of the corpus that an entry breaks; empty when it may be published."""
    return [*_wording_problems(entry), *_answer_problems(entry.answer), *_source_problems(entry)]


def _wording_problems(entry: EntryText) -> list[Problem]:
    found = []
    if not KEY.fullmatch(entry.key):
        found.append(Problem("key", "Use lower-case words joined by hyphens."))
    if not entry.question.strip() or len(words(entry.question)) > MAX_QUESTION_WORDS:
        found.append(Problem("question", f"Ask in 1 to {MAX_QUESTION_WORDS} words, as a person would say it."))
    if entry.key.startswith(DOCUMENT_KEY) and not entry.question.rstrip().endswith("?"):
        found.append(Problem("question", "This is a heading of the document. Write the question a person would ask."))
    asked = [entry.question, *entry.alternatives]
    if len(entry.alternatives) < MIN_ALTERNATIVES:
        found.append(Problem("alternatives", f"Give at least {MIN_ALTERNATIVES} other ways to ask this."))
    if len({text.strip().lower() for text in asked}) != len(asked):
        found.append(Problem("alternatives", "Each way of asking must differ from the others."))
    if entry.audience not in AUDIENCES:
        found.append(Problem("audience", f"Choose one of {', '.join(AUDIENCES)}."))
    return found


def _answer_problems(answer: str) -> list[Problem]:
    found = []
    count = len(words(answer))
    if not MIN_ANSWER_WORDS <= count <= MAX_ANSWER_WORDS:
        found.append(Problem("answer", f"Has {count} words; keep {MIN_ANSWER_WORDS} to {MAX_ANSWER_WORDS}."))
    grade = reading_grade(answer)
    if grade > MAX_READING_GRADE:
        found.append(
            Problem(
                "answer", f"Reads at grade {grade}; keep {MAX_READING_GRADE} or lower: shorter words and sentences."
            )
        )
    if match := DOSE.search(answer):
        found.append(
            Problem("answer", f"Names an amount of a medicine ({match.group()}); say to ask a doctor or pharmacist.")
        )
    if match := STOP_MEDICINE.search(answer):
        found.append(Problem("answer", f"Seems to advise changing a medicine ({match.group()}); reword it."))
    if match := MARKUP.search(answer):
        found.append(Problem("answer", f"Holds markup ({match.group()}); write plain sentences."))
    return found


def _source_problems(entry: EntryText) -> list[Problem]:
    if not entry.sources and entry.category not in UNSOURCED_CATEGORIES:
        return [Problem("sources", "Name at least one public source for the facts.")]
    found = []
    for source in entry.sources:
        address = urlsplit(source.url)
        if address.scheme != "https" or "." not in (address.hostname or ""):
            found.append(Problem("sources", f"Give the full https address of {source.title!r}."))
        if not source.title.strip() or not source.publisher.strip():
            found.append(Problem("sources", "Give each source a title and a publisher."))
        if source.date is None:
            found.append(Problem("sources", f"Say which day {source.title!r} was consulted."))
        elif source.date > (datetime.now(UTC) + timedelta(hours=14)).date():  # the day where it comes first
            found.append(Problem("sources", f"{source.title!r} was consulted on a day that has not come yet."))
    return found
