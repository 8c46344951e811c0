"""The deterministic floor: what is certain to be heard, with or without a model, in about a millisecond.

Signs (`signs`) are weighed in their clause (`context`). The last five turns are all looked at: a danger told in pieces
counts as one, and one told earlier is not forgotten because the talk moved on or the person took it back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from companion.safety.screen import context, signs
from companion.safety.screen.levels import NOTHING, Assessment, Level
from companion.safety.screen.words import normalise

WINDOW = 5
LEANS, AGREES = 0.25, 0.5
_SCORES = {Level.EMERGENCY: 0.98, Level.ASK: 0.7, Level.CONCERN: 0.3, Level.NONE: 0.0}
_SHORT = 9
PROPERTIES = (
    "negated",
    "story",
    "dealt with",
    "supposed",
    "long ago",
    "another person",
    "figure of speech",
    "minimised",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A turn as the floor reads it: its own assessment, and what was heard but held to be harmless."""

    assessment: Assessment
    sure: Level
    taken_down: tuple[str, ...]
    heard: Level
    short: bool
    retracted: bool
    going_on: bool
    dealt_with: bool


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    """Read one turn on its own."""
    spelled = normalise(text)
    parts, figures = context.clauses(spelled)
    best, heard, sure = NOTHING, Level.NONE, Level.NONE
    reasons: list[str] = []
    taken: dict[str, None] = {}
    for clause in parts:
        for hit in signs.find(clause.text):
            level, held_by = context.weigh(hit, clause)
            if (
                hit.sign.category in {"help", "hazard"}
                and len(hit.words.split()) <= 3
                and hit.start == 0 < len(parts) - 1
            ):
                level, held_by = Level.NONE, "no cry on its own"
            if hit.sign.sure and not held_by:
                sure = max(sure, level, key=lambda one: one.rank)
            heard = max(heard, hit.sign.level, key=lambda one: one.rank)
            if held_by:
                taken[held_by] = None
                reasons.append(f"{held_by}: {hit.words}")
            if level is not Level.NONE:
                reasons.append(f"{hit.sign.category}: {hit.words}")
            if level.rank > best.level.rank:
                best = Assessment(level, hit.sign.category, _SCORES[level])
    if figures:
        taken["figure of speech"] = None
        reasons += [f"figure of speech: {figure}" for figure in figures]
    if context.says("minimised", spelled):
        taken["minimised"] = None
    return Reading(
        assessment=Assessment(best.level, best.category, best.score, tuple(dict.fromkeys(reasons))),
        sure=sure,
        taken_down=tuple(taken),
        heard=heard,
        short=len(spelled.split()) <= _SHORT,
        retracted=context.says("retracted", spelled),
        going_on=context.says("going_on", spelled),
        dealt_with=context.says("dealt_with", spelled),
    )


def floor(text: str, recent: Sequence[str] = ()) -> Assessment:
    """Assess a message by rules alone.

    Args:
        text: the message.
        recent: the person's earlier turns, oldest first; the last five count.
    """
    own = read(text)
    window = tuple(turn for turn in recent[-WINDOW:] if turn.strip())
    if not window:
        return own.assessment
    return _in_the_light_of(window, text, own)


def floor_stands(level: Level, sure: Level, alarm: float) -> Level:
    """What of the floor's level stands beside the learned layer's probability of an alarm.

    What is sure always does; a sign in the words themselves is surely worth a question. Beyond that, what was said
    earlier is asked about where the learned layer leans the same way (`LEANS`), and counts in full from `AGREES`.
    """
    if alarm >= AGREES:
        return level
    leaning = min(level, Level.ASK, key=lambda one: one.rank) if alarm >= LEANS else Level.NONE
    return max(sure, leaning, key=lambda one: one.rank)


def sure_level(text: str, recent: Sequence[str] = ()) -> Level:
    """How much of the floor's assessment stands whatever the second opinion: never more than the assessment.

    A sign in the words themselves is at least asked about, so that no layer silences it; one that was only said
    earlier is carried on its own merits.
    """
    own = read(text)
    least = min(own.assessment.level, Level.ASK, key=lambda one: one.rank)
    sure = max(own.sure, least, key=lambda one: one.rank)
    if not (own.going_on or own.retracted):
        return sure
    # Who calls on after a sign, or takes it back, was not telling a story.
    earlier = max((read(turn).assessment.level for turn in recent[-WINDOW:]), key=lambda one: one.rank, default=sure)
    return max(sure, _carried(earlier, own), key=lambda one: one.rank)


def _in_the_light_of(window: tuple[str, ...], text: str, own: Reading) -> Assessment:
    earlier = max((read(turn).assessment for turn in window), key=lambda one: one.level.rank)
    known = max(own.assessment, earlier, key=lambda one: one.level.rank)
    together = read(" , ".join((*window, text))).assessment
    if together.level.rank > known.level.rank and together.level.rank >= Level.ASK.rank:
        return _because("over several turns", together, together.level)
    carried = _carried(earlier.level, own)
    if carried.rank > own.assessment.level.rank:
        return _because("said earlier", earlier, carried)
    return own.assessment


def _carried(earlier: Level, own: Reading) -> Level:
    """How much of an earlier alarm stands after this turn: taking it back lowers it by one step, never more."""
    if own.dealt_with and not own.retracted:
        return Level.NONE
    if earlier is Level.EMERGENCY:
        follows = own.going_on and not own.retracted
        return Level.EMERGENCY if follows and own.short else Level.ASK
    if earlier is Level.ASK and own.short and (own.retracted or own.going_on):
        return Level.ASK
    return Level.NONE


def _because(why: str, found: Assessment, level: Level) -> Assessment:
    return Assessment(level, found.category, _SCORES[level], (why, *found.reasons))
