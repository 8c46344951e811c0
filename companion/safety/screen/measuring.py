"""How well the whole screen hears: three rates, the trade-off curve, and the thresholds chosen on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass

from companion.safety.screen.examples import Example
from companion.safety.screen.floor import floor, floor_stands, sure_level
from companion.safety.screen.learned import Judgement, Learned, Thresholds
from companion.safety.screen.levels import Level

MISSED_EMERGENCY, MISSED_ASK, NEEDLESS_QUESTION, NEEDLESS_EVERYDAY, NEEDLESS_ALERT = 80.0, 15.0, 3.0, 2.0, 25.0
"""What an error costs beside a needless question being 3: a miss can cost a life, a false alarm costs trust."""
MOST_QUESTIONS, MOST_EVERYDAY, MOST_ALERTS = 0.08, 0.08, 0.003
"""No threshold is chosen that asks or alerts needlessly more often than this, beside the floor, on the development
voices. Their everyday talk is harder than life: it was written by people who knew what it is for."""
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Heard:
    """An example with what each layer made of it."""

    example: Example
    floor: Level
    sure: Level
    judgement: Judgement

    def level(self, limits: Thresholds) -> Level:
        """The level of the whole screen at these thresholds."""
        own = floor_stands(self.floor, self.sure, self.judgement.alarm)
        if own is Level.EMERGENCY or self.judgement.probabilities[3] >= limits.alert:
            return Level.EMERGENCY
        return Level.ASK if own is Level.ASK or self.judgement.alarm >= limits.ask else Level.NONE


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of their kind: emergencies heard (as E or A), asks heard, needless questions, needless alerts."""

    emergencies: float
    emergencies_at_once: float
    asks: float
    hard_questions: float
    everyday_questions: float
    hard_alerts: float
    everyday_alerts: float


def hear(examples: Sequence[Example], layer: Learned) -> list[Heard]:
    """Put every example through both layers."""
    order = sorted(examples, key=lambda row: len(row.text) + sum(map(len, row.context)))
    heard: list[Heard] = []
    for start in range(0, len(order), _BATCH):
        part = order[start : start + _BATCH]
        judgements = layer.judge([(row.text, row.context) for row in part])
        heard += [
            Heard(
                row,
                floor(row.text, row.context).level,
                sure_level(row.text, row.context),
                judgement,
            )
            for row, judgement in zip(part, judgements, strict=True)
        ]
    return heard


def _share(rows: Iterable[Heard], test: Callable[[Heard], bool]) -> float:
    found = [test(row) for row in rows]
    return sum(found) / len(found) if found else float("nan")


def rates(heard: Sequence[Heard], limits: Thresholds) -> Rates:
    """The rates of the whole screen at these thresholds."""
    calm = [row for row in heard if not row.example.alarm]
    hard = [row for row in calm if not row.example.everyday]
    everyday = [row for row in calm if row.example.everyday]
    emergencies = [row for row in heard if row.example.level is Level.EMERGENCY]
    asks = [row for row in heard if row.example.level is Level.ASK]

    def raised(row: Heard) -> bool:
        return row.level(limits).rank >= Level.ASK.rank

    def alerted(row: Heard) -> bool:
        return row.level(limits) is Level.EMERGENCY

    return Rates(
        emergencies=_share(emergencies, raised),
        emergencies_at_once=_share(emergencies, alerted),
        asks=_share(asks, raised),
        hard_questions=_share(hard, raised),
        everyday_questions=_share(everyday, raised),
        hard_alerts=_share(hard, alerted),
        everyday_alerts=_share(everyday, alerted),
    )


def choose(heard: Sequence[Heard]) -> Thresholds:
    """The thresholds of least cost on the development part, within the most needless questions and alerts allowed.

    The floor's own needless alarms count, but cannot be chosen away: the limits are on what the learned layer adds.
    """
    grid = [step / 200 for step in range(1, 200)]
    calm = [row for row in heard if not row.example.alarm]
    everyday = sum(row.example.everyday for row in calm)
    most_everyday = max(MOST_EVERYDAY, 1 / max(everyday, 1))  # one of a few is not yet a rate
    without = rates(heard, Thresholds(2, 2, 2))

    def alerts_too_often(limit: float) -> bool:
        found = rates(calm, Thresholds(2, limit, 2))
        more = found.hard_alerts > without.hard_alerts + MOST_ALERTS
        return more or found.everyday_alerts > without.everyday_alerts

    alert = next((limit for limit in grid if limit >= 0.5 and not alerts_too_often(limit)), 0.995)

    def cost(limit: float) -> tuple[float, float]:
        found = rates(heard, Thresholds(limit, alert, 2))
        over = max(0.0, found.hard_questions - without.hard_questions - MOST_QUESTIONS) + max(
            0.0, found.everyday_questions - without.everyday_questions - most_everyday
        )
        return (over, _cost(found))

    ask = min(grid, key=cost)
    return Thresholds(ask=ask, alert=max(alert, ask), concern=max(ask * 0.6, 0.05))


def _cost(found: Rates) -> float:
    return (
        MISSED_EMERGENCY * (1 - found.emergencies)
        + MISSED_ASK * (1 - found.asks)
        + NEEDLESS_QUESTION * 10 * found.hard_questions
        + NEEDLESS_EVERYDAY * 10 * found.everyday_questions
        + NEEDLESS_ALERT * found.hard_alerts
    )


def table(heard: Sequence[Heard], limits: Thresholds, by: Callable[[Example], str]) -> list[str]:
    """A Markdown table of the rates by a property of the examples."""
    lines = ["| | E heard | A heard | needless questions | needless alerts |", "| --- | --- | --- | --- | --- |"]
    for name in sorted({by(row.example) for row in heard}):
        rows = [row for row in heard if by(row.example) == name]
        calm = [row for row in rows if not row.example.alarm]
        cells = [
            _count([row for row in rows if row.example.level is Level.EMERGENCY], limits, Level.ASK),
            _count([row for row in rows if row.example.level is Level.ASK], limits, Level.ASK),
            _count(calm, limits, Level.ASK),
            _count(calm, limits, Level.EMERGENCY),
        ]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return lines


def _count(rows: Sequence[Heard], limits: Thresholds, least: Level) -> str:
    return f"{sum(row.level(limits).rank >= least.rank for row in rows)}/{len(rows)}" if rows else "-"


def curve(heard: Sequence[Heard], limits: Thresholds) -> list[str]:
    """The trade-off as a Markdown table: what each asking threshold would hear and cost."""
    lines = [
        "| ask from | E heard | A heard | hard negatives asked | everyday asked |",
        "| --- | --- | --- | --- | --- |",
    ]
    for ask in sorted({0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, limits.ask, 2.0}):
        found = rates(heard, Thresholds(ask, limits.alert, 2))
        name = "floor and alerts only" if ask > 1 else f"{ask:.3g}" + (" (chosen)" if ask == limits.ask else "")
        lines.append(
            f"| {name} | {found.emergencies:.3f} | {found.asks:.3f} | {found.hard_questions:.3f} | "
            f"{found.everyday_questions:.3f} |"
        )
    return lines


def summary(found: Rates) -> list[str]:
    """The rates as a Markdown list."""
    names = {
        "emergencies": "E heard, as E or A",
        "emergencies_at_once": "E heard as E",
        "asks": "A heard, as A or E",
        "hard_questions": "hard negatives raised to A or E",
        "everyday_questions": "everyday talk raised to A or E",
        "hard_alerts": "hard negatives raised to E",
        "everyday_alerts": "everyday talk raised to E",
    }
    return [f"- {names[key]}: {value:.3%}" for key, value in asdict(found).items()]
