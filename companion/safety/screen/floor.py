"""The deterministic floor: what is certain to be heard, with or without a model, in about a millisecond.

Signs (`signs`) are weighed in their clause (`context`). The last five turns are all looked at: a danger told in pieces
counts as one, and one told earlier is not forgotten because the talk moved on or the person took it back, until
somebody has seen to it.

What the floor hears is an alarm or a hint. An **alarm** is a sure sign that nothing in its clause takes down, or one
that the person asks about as their own: it stands whatever the learned layer says. A **hint** is a sign that harmless
stories are often told with (written with a question mark in `signs`), one that a property has lowered to a question
(history, another person, a supposition, a story), or one that was only said in an earlier turn: it counts where the
learned layer leans the same way too, and in full where there is no learned layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from companion.safety.screen import context, signs
from companion.safety.screen.levels import NOTHING, Assessment, Level
from companion.safety.screen.words import normalise

WINDOW = 5
LEANS, AGREES = 0.1, 0.5
_SCORES = {Level.EMERGENCY: 0.98, Level.ASK: 0.7, Level.CONCERN: 0.3, Level.NONE: 0.0}
_SHORT = 9


@dataclass(frozen=True, slots=True)
class Reading:
    """A turn as the floor reads it: its own assessment, how much of it is an alarm, and how it bears on other turns."""

    assessment: Assessment
    sure: Level
    short: bool
    retracted: bool
    going_on: bool
    dealt_with: bool


@lru_cache(maxsize=2048)
def read(text: str) -> Reading:
    """Read one turn on its own."""
    spelled = normalise(text)
    parts, figures = context.clauses(spelled)
    best, sure = NOTHING, Level.NONE
    reasons: list[str] = []
    for clause in parts:
        for hit in signs.find(clause.text):
            level, held_by = context.weigh(hit, clause)
            if (
                hit.sign.category in {"help", "hazard"}
                and len(hit.words.split()) <= 3
                and hit.start == 0 < len(parts) - 1
            ):
                level, held_by = Level.NONE, "no cry on its own"
            if hit.sign.sure and held_by in {"", context.OWN_QUESTION}:
                sure = max(sure, level, key=lambda one: one.rank)
            if held_by:
                reasons.append(f"{held_by}: {hit.words}")
            if level is not Level.NONE:
                reasons.append(f"{hit.sign.category}: {hit.words}")
            if level.rank > best.level.rank:
                best = Assessment(level, hit.sign.category, _SCORES[level])
    reasons += [f"figure of speech: {figure}" for figure in figures]
    return Reading(
        assessment=Assessment(best.level, best.category, best.score, tuple(dict.fromkeys(reasons))),
        sure=sure,
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
    window = _still_open(recent)
    return _in_the_light_of(window, text, own) if window else own.assessment


def floor_stands(level: Level, sure: Level, alarm: float) -> Level:
    """What of the floor's level stands beside the learned layer's probability of an alarm.

    An alarm always does. A hint is a question where the learned layer leans the same way (`LEANS`), and counts in full
    from `AGREES`.
    """
    if alarm >= AGREES:
        return level
    leaning = min(level, Level.ASK, key=lambda one: one.rank) if alarm >= LEANS else Level.NONE
    return max(sure, leaning, key=lambda one: one.rank)


def sure_level(text: str, recent: Sequence[str] = ()) -> Level:
    """How much of the floor's assessment is an alarm, which no second opinion silences."""
    own = read(text)
    if not (own.going_on or own.retracted):
        return own.sure
    # Who calls on after a sign, or takes it back, was not telling a story.
    earlier = max(
        (read(turn).assessment.level for turn in _still_open(recent)), key=lambda one: one.rank, default=own.sure
    )
    return max(own.sure, _carried(earlier, own), key=lambda one: one.rank)


def _still_open(recent: Sequence[str]) -> tuple[str, ...]:
    """The earlier turns that count: of the last five, those since somebody had seen to what was said before."""
    window = [turn for turn in recent[-WINDOW:] if turn.strip()]
    closed = [number for number, turn in enumerate(window) if _closes(read(turn))]
    return tuple(window[closed[-1] + 1 :] if closed else window)


def _closes(turn: Reading) -> bool:
    return turn.dealt_with and not turn.retracted and turn.assessment.level is Level.NONE


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
