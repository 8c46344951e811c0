"""Whether a candidate index answers the golden questions well enough to serve."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.evaluation.asking import Outcome, ask_all
from knowledge.evaluation.figures import percentile
from knowledge.evaluation.questions import Golden, read_golden
from knowledge.evaluation.report import is_fallback
from knowledge.evaluation.scoring import qualities
from knowledge.evaluation.touching import changed_keys, evidence_changed
from knowledge.index.artefact import Artefact
from knowledge.index.serving import Snapshot
from knowledge.plane.rules import Verdict, Worse

#: What is measured, by the names that a curator reads.
QUALITY, SECOND_WAY = "Quality", "Questions that need a second way"
FAILED, SLOWEST = "Questions that fail", "Slowest of twenty, ms"
TOUCHED = "Golden questions that the change touches"
#: Limits of the specification: mean quality at least, and at most these shares and milliseconds.
LEAST_QUALITY, MOST_FALLBACKS, MOST_ERRORS, SLOWEST_P95_MS = 0.80, 0.10, 0.01, 5_000.0
#: A question is answered worse when its quality falls below this share of what it was.
DEGRADED = 0.9
#: So many more may be worse than better: a new entry may take a question from its neighbour.
MOST_WORSE = 1
#: Where so many changed, as many go either way by chance: then it may be one standard deviation of a fair coin.
MANY_CHANGED = 10
#: Fewer questions say nothing about the whole: then they are only compared.
LEAST_QUESTIONS = 50
#: Questions asked at a time: one waits for the model while the other searches.
TOGETHER = 2
#: Up to this share of the entries is a small change.
SMALL_CHANGE = 0.1
#: A corpus with fewer of the entries that the golden set names is another one; what Lilo cannot know there is unknown.
LEAST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one index says to the questions."""

    outcomes: Sequence[Outcome]
    qualities: Sequence[float]

    def with_others(self, others: _Answers) -> _Answers:
        """These, and those to further questions."""
        return _Answers([*self.outcomes, *others.outcomes], [*self.qualities, *others.qualities])

    def figures(self) -> dict[str, float]:
        """What a curator reads of them."""
        answerable = [item for item in self.outcomes if item.golden.expect == "answer"]
        return {
            QUALITY: sum(self.qualities) / len(self.qualities),
            SECOND_WAY: sum(map(_fell_back, answerable)) / max(1, len(answerable)),
            FAILED: sum(map(_failed, self.outcomes)) / len(self.outcomes),
            SLOWEST: percentile([item.took_ms for item in self.outcomes], 0.95),
        }


def judge(candidate: Snapshot, serving: Snapshot | None, *, golden: Sequence[Golden] | None = None) -> Verdict:
    """Answer the golden questions from both and compare. Blocks for seconds; for a task's thread, not an event loop.

    Only questions that the candidate's corpus can be asked count; an installation with a corpus of its own passes with
    a note. Where both indexes find the same for a question they answer it alike, and it is asked of none. After a large
    change the limits of the specification hold too, for which every question is asked of the candidate; unless what
    serves is no better there: then a refusal would only keep it.

    Args:
        candidate: the index that wants to serve.
        serving: the one that serves; None where none does: the first index is compared with nothing.
        golden: the questions; the golden set when not given.
    """
    asked = countable(read_golden() if golden is None else golden, candidate.artefact)
    if serving is None or not asked:
        why = "nothing serves yet" if serving is None else "none is about these entries"
        return Verdict(passed=True, reasons=(f"No golden question was asked: {why}.",))
    touched = _touched(asked, candidate, serving)
    figures = {"Golden questions": float(len(asked)), TOUCHED: float(len(touched))}
    verdict, before, after = _compare(touched, candidate, serving, of=len(asked))
    if not _is_large(candidate.artefact, serving.artefact):
        return replace(verdict, figures=figures)
    ids = {question.id for question in touched}
    others = _answers([question for question in asked if question.id not in ids], candidate)
    return _limited(verdict, before.with_others(others), after.with_others(others), figures)


def _limited(verdict: Verdict, before: _Answers, after: _Answers, figures: dict[str, float]) -> Verdict:
    """The verdict held to the limits, where there are enough questions."""
    now, was = after.figures(), before.figures()
    beyond = _beyond(now, was) if len(after.outcomes) >= LEAST_QUESTIONS else []
    reasons = (*verdict.reasons, *beyond)
    figures = figures | {name: round(value, 4) for name, value in now.items()}
    return Verdict(not reasons, reasons, verdict.worse, figures | {"Quality of what serves": round(was[QUALITY], 4)})


def _is_large(candidate: Artefact, serving: Artefact) -> bool:
    """Whether many entries are new, gone or other than they were, or another model reads them."""
    return _is_other(candidate, serving) or len(changed_keys(candidate, serving)) > SMALL_CHANGE * len(serving)


def _is_other(candidate: Artefact, serving: Artefact) -> bool:
    one, other = candidate.manifest, serving.manifest
    return (one.model, one.format) != (other.model, other.format)


def _touched(asked: Sequence[Golden], candidate: Snapshot, serving: Snapshot) -> list[Golden]:
    """The questions whose entries changed, or for which the two indexes find different things."""
    if _is_other(candidate.artefact, serving.artefact):
        return list(asked)
    changed = changed_keys(candidate.artefact, serving.artefact)
    differs = evidence_changed(asked, candidate, serving, changed)
    return [question for question in asked if question.id in differs or changed.intersection(question.relevant)]


def _compare(
    asked: Sequence[Golden], candidate: Snapshot, serving: Snapshot, *, of: int
) -> tuple[Verdict, _Answers, _Answers]:
    """Whether too many are answered worse, and both indexes' answers: what serves first."""
    before, after = _answers(asked, serving), _answers(asked, candidate)
    worse, better = _changed(asked, before, after, candidate, serving)
    reasons = []
    if len(worse) - better > tolerated(len(worse) + better):
        reasons.append(f"{len(worse)} of {of} golden questions are answered worse than now, {better} better.")
    return Verdict(not reasons, tuple(reasons), tuple(worse)), before, after


def tolerated(changed: int) -> int:
    """How many more of the changed questions may be worse than better."""
    return max(MOST_WORSE, math.isqrt(changed)) if changed >= MANY_CHANGED else MOST_WORSE


def countable(golden: Sequence[Golden], artefact: Artefact) -> list[Golden]:
    """The questions that this corpus can be judged by; those about danger do not depend on a corpus.

    A question counts while an entry that answers it is there. What Lilo must not know counts only where most entries of
    the golden set are: another corpus may well know it.
    """
    named = {key for question in golden for key in question.relevant}
    known = {key for key in named if artefact.place_of(key) is not None}
    is_ours = len(known) >= LEAST_SHARED * len(named)

    def counts(question: Golden) -> bool:
        if question.expect == "answer":
            return any(key in known for key, grade in question.relevant.items() if grade > 1)
        return question.expect == "abstain" and is_ours

    return [question for question in golden if counts(question)]


def _answers(asked: Sequence[Golden], snapshot: Snapshot, *, together: int = TOGETHER) -> _Answers:
    """Ask, and ask once more what failed: a machine that is busy for a moment is no fault of an index."""
    if not asked:
        return _Answers((), ())
    outcomes = {item.golden.id: item for item in ask_all(asked, snapshot, together=together, depth=0)}
    if failed := [item.golden for item in outcomes.values() if _failed(item)]:
        outcomes |= {item.golden.id: item for item in ask_all(failed, snapshot, depth=0)}
    found = list(outcomes.values())
    return _Answers(found, qualities(found, snapshot.artefact))


def _changed(
    asked: Sequence[Golden], before: _Answers, after: _Answers, candidate: Snapshot, serving: Snapshot
) -> tuple[list[Worse], int]:
    """The questions that got worse, and how many got better.

    What seems so is asked once more, one at a time: on a busy machine an answer may be poorer by chance.
    """
    suspects = [
        question
        for question, old, new in zip(asked, before.qualities, after.qualities, strict=True)
        if _is_worse(new, old) or _is_worse(old, new)
    ]
    if not suspects:
        return [], 0
    was, now = _answers(suspects, serving, together=1), _answers(suspects, candidate, together=1)
    better = sum(_is_worse(old, new) for old, new in zip(was.qualities, now.qualities, strict=True))
    return [
        Worse(
            question.question,
            _told(was.outcomes[at], was.qualities[at], serving),
            _told(now.outcomes[at], now.qualities[at], candidate),
        )
        for at, question in enumerate(suspects)
        if _is_worse(now.qualities[at], was.qualities[at])
    ], better


def _is_worse(quality: float, than: float) -> bool:
    return quality < DEGRADED * than


def _told(outcome: Outcome, quality: float, snapshot: Snapshot) -> str:
    """What Lilo does with a question, as a curator would say it."""
    answered = outcome.answered
    if answered is None or answered.kind == "refusal":
        return "Nothing can be looked up."
    if answered.kind == "abstention":
        return "Lilo says that it is not sure."
    said = next((sentence.text for sentence in answered.sentences if sentence.entry), answered.text)
    place = snapshot.artefact.place_of(answered.entries[0]) if answered.entries else None
    entry = "" if place is None else f"from “{snapshot.artefact.record(place)['question']}” "
    if outcome.golden.expect == "abstain":
        return f"Lilo answers {entry}though it cannot know: “{said}”"
    return f"Lilo answers {entry}({quality:.0%} as expected): “{said}”"


LIMITS: tuple[tuple[str, Literal["least", "most"], float, str], ...] = (
    (QUALITY, "least", LEAST_QUALITY, "The answers are {found:.0%} as good as expected; {limit:.0%} is the least."),
    (
        SECOND_WAY,
        "most",
        MOST_FALLBACKS,
        "{found:.0%} of the questions need a second way to be found; {limit:.0%} may.",
    ),
    (FAILED, "most", MOST_ERRORS, "{found:.1%} of the questions fail; {limit:.0%} may."),
    (
        SLOWEST,
        "most",
        SLOWEST_P95_MS,
        "One answer in twenty takes {found:.0f} ms or more; {limit:.0f} may.",
    ),
)


def _beyond(after: dict[str, float], before: dict[str, float]) -> list[str]:
    """The limits not kept, as sentences; not those that what serves keeps no better."""
    told = []
    for name, kind, limit, sentence in LIMITS:
        sign = 1 if kind == "most" else -1
        kept = sign * after[name] <= sign * limit
        no_worse = sign * after[name] <= sign * before[name]
        if not kept and not no_worse:
            told.append(sentence.format(found=after[name], limit=limit))
    return told


def _fell_back(outcome: Outcome) -> bool:
    return outcome.answered is None or is_fallback(outcome.answered.strategy, outcome.answered.rung)


def _failed(outcome: Outcome) -> bool:
    return outcome.answered is None or outcome.answered.kind == "refusal"
