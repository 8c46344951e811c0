"""The utterances the learned layer is taught with: read, checked, split by voice and scenario, and varied."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from companion.safety.screen.levels import CATEGORIES, Level
from knowledge.public import taught_questions

DATA = Path(__file__).parent / "data"

TEST_VOICES = frozenset(
    {
        "out_nurse", "out_paramedic", "out_tester", "out_carer",
        "out_social_worker", "out_psychologist", "out_teacher", "out_gp", "out_dispenser",
        "out_grandchild",
    }
)  # fmt: skip
DEVELOPMENT_VOICES = frozenset(
    {
        "geordie_alan", "texan_wanda", "nz_moana", "shaky_voice_ivy",
        "irish_paddy", "late_night_typist", "hearing_loss_gwen",
        "canadian_margaret", "black_country_stan", "italian_second_language", "plain_edwin", "dictated_norma",
        "near_caller", "near_warden", "near_student", "near_pharmacist", "near_neighbour", "near_engineer",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Example:
    """One utterance with its earlier turns, what it means, who says it, in which situation, with which trap."""

    text: str
    level: Level
    category: str
    voice: str
    scenario: str
    trap: str
    context: tuple[str, ...] = ()

    @property
    def alarm(self) -> bool:
        """Whether somebody must be asked or alerted."""
        return self.level.rank >= Level.ASK.rank

    @property
    def everyday(self) -> bool:
        """Ordinary talk, not made to resemble an alarm."""
        return self.trap == "everyday"


@dataclass(frozen=True, slots=True)
class Split:
    """Teach with one part, choose thresholds on another, report on the third: no voice and no scenario is in two."""

    train: tuple[Example, ...]
    development: tuple[Example, ...]
    test: tuple[Example, ...]


def _is_calm(row: Example) -> bool:
    """Whether it is about one's health or medicines, alone, and harmless."""
    return row.level is Level.NONE and not row.context and row.trap in {"benign_health", "report"}


def read_examples(folder: Path = DATA) -> list[Example]:
    """Every example of the folder's files, without repeats.

    Raises:
        ValueError: a line is not an example; names file and line.
    """
    found: dict[tuple[str, tuple[str, ...]], Example] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.strip():
                example = _example(line, f"{path.name}:{number}")
                found.setdefault((example.text, example.context), example)
    return list(found.values())


def calm_questions() -> list[Example]:
    """Questions for knowledge in which nobody is in danger, however much they use its words."""
    return [
        Example(one.question, Level(one.level), "none", "asked", one.id, "question")
        for one in taught_questions()
        if one.level in {Level.NONE, Level.CONCERN}
    ]


def _example(line: str, where: str) -> Example:
    try:
        row = json.loads(line)
        example = Example(
            text=row["text"].strip(),
            level=Level(row["level"]),
            category=row["category"],
            voice=row["voice"],
            scenario=row["scenario"],
            trap=row["trap"],
            context=tuple(row.get("context") or ()),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{where}: not an example: {error}") from error
    if not example.text or example.category not in CATEGORIES:
        raise ValueError(f"{where}: empty text or unknown category {example.category!r}")
    return example


def split(examples: Iterable[Example]) -> Split:
    """Split by voice; a scenario that a held-out voice tells is taught by no other voice."""
    rows = list(examples)
    test = tuple(row for row in rows if row.voice in TEST_VOICES)
    in_test = {row.scenario for row in test}
    development = tuple(row for row in rows if row.voice in DEVELOPMENT_VOICES and row.scenario not in in_test)
    held_out = in_test | {row.scenario for row in development}
    known = TEST_VOICES | DEVELOPMENT_VOICES
    train = tuple(row for row in rows if row.voice not in known and row.scenario not in held_out)
    return Split(train, development, test)


#: What a press of a large button leaves in the talk.
PRESSED = ("Taken", "Skip", "Later", "Not yet", "Yes, write it down", "No, thank you", "It helped", "No change", "Well")
#: The most turns of ordinary talk before an example that has none of its own, and how often they are put there: a talk
#: has an earlier turn but for its first, and what was said before must not make the next word sound like danger.
TALK_BEFORE, WITH_TALK_BEFORE = 4, 0.35


class Variations:
    """Variants of examples, another each time, reproducible by seed: slips of the finger, lost punctuation, talk before
    or after, and everyday turns earlier on. None of them changes the level."""

    def __init__(self, examples: Sequence[Example], *, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - variety, not secrecy
        self._talk = [row.text for row in examples if row.everyday and len(row.text.split()) < 25] or ["Good morning."]
        calm = [row.text for row in examples if _is_calm(row) and len(row.text.split()) < 25]
        self._before = [*self._talk, *calm, *PRESSED * (len(self._talk) // (10 * len(PRESSED)) + 1)]

    def of(self, example: Example) -> Example:
        """One variant; often the example itself."""
        text, chance = example.text, self._random.random
        slip = chance()
        if slip < 0.08:
            text = self._mistyped(text)
        elif slip < 0.14:
            text = "".join(letter for letter in text if letter.isalnum() or letter in " '")
        beside = chance()
        if example.trap != "split" and len(text.split()) < 60:
            if beside < 0.08:
                text = f"{self._random.choice(self._talk)} {text}"
            elif beside < 0.14:
                text = f"{text} {self._random.choice(self._talk)}"
        varied = replace(example, text=text)
        return self.after_talk(varied) if chance() < WITH_TALK_BEFORE else varied

    def after_talk(self, example: Example) -> Example:
        """The example after a few turns of ordinary talk; one that has earlier turns keeps them."""
        if example.context:
            return example
        turns = self._random.randint(1, TALK_BEFORE)
        return replace(example, context=tuple(self._random.choices(self._before, k=turns)))

    def _mistyped(self, text: str) -> str:
        words = text.split()
        for _ in range(max(1, len(words) // 8)):
            number = self._random.randrange(len(words))
            word = words[number]
            if len(word) < 4:
                continue
            at, kind = self._random.randrange(1, len(word) - 1), self._random.randrange(3)
            words[number] = (
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[:at] + word[at] + word[at:],
            )[kind]
        return " ".join(words)
