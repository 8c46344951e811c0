"""Whether a candidate index answers the golden questions well enough to serve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.evaluation.asking import Outcome, ask_all
from knowledge.evaluation.figures import percentile
from knowledge.evaluation.questions import Golden, read_golden
from knowledge.evaluation.report import is_fallback
from knowledge.evaluation.scoring import qualities
from knowledge.index.artefact import Artefact
from knowledge.index.serving import Snapshot, answering_from
from knowledge.plane.rules import Verdict, Worse
from knowledge.retrieval.find import find_many

#: What is measured, by the names that a curator reads.
QUALITY, SECOND_WAY = "Quality", "Questions that need a second way"
FAILED, SLOWEST = "Questions that fail", "Slowest of twenty, ms"
#: Limits of the specification: mean quality at least, and at most these shares and milliseconds.
LEAST_QUALITY, MOST_FALLBACKS, MOST_ERRORS, SLOWEST_P95_MS = 0.80, 0.10, 0.01, 5_000.0
#: A question is answered worse when its quality falls below this share of what it was.
DEGRADED = 0.9
#: So many more may be worse than better: a new entry may take a question from its neighbour.
MOST_WORSE = 1
#: Fewer questions say nothing about the whole: then they are only compared.
LEAST_QUESTIONS = 50
#: Questions asked at a time: one waits for the model while the other searches.
TOGETHER = 2
#: Up to this share of the entries is a small change.
SMALL_CHANGE = 0.1
#: An entry not among so many found for a question does not change its answer.
NEAR = 10
#: A corpus with fewer of the entries that the golden set names is another one; what Lilo cannot know there is unknown.
LEAST_SHARED = 0.5


@dataclass(frozen=True, slots=True)
class _Answers:
    """What one index says to the questions."""

    outcomes: Sequence[Outcome]
    qualities: Sequence[float]

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
    a note. After a small change only the questions it can touch are asked: the others are answered as before. After a
    large one all are, and the limits of the specification hold too, unless what serves is no better there: then a
    refusal would only keep it.

    Args:
        candidate: the index that wants to serve.
        serving: the one that serves; None where none does: the first index is compared with nothing.
        golden: the questions; the golden set when not given.
    """
    asked = countable(read_golden() if golden is None else golden, candidate.artefact)
    if serving is None or not asked:
        why = "nothing serves yet" if serving is None else "none is about these entries"
        return Verdict(passed=True, reasons=(f"No golden question was asked: {why}.",))
    figures = {"Golden questions": float(len(asked))}
    changed = _changed_keys(candidate.artefact, serving.artefact)
    if changed is None:
        return _judge_all(asked, candidate, serving, figures)
    touched = _touched(asked, changed, candidate)
    verdict = _compare(touched, candidate, serving)[0] if touched else Verdict(passed=True)
    return replace(verdict, figures=figures | {"Golden questions that the change touches": float(len(touched))})


def _judge_all(asked: Sequence[Golden], candidate: Snapshot, serving: Snapshot, figures: dict[str, float]) -> Verdict:
    """Compare every question, and hold the limits where there are enough of them."""
    verdict, before, after = _compare(asked, candidate, serving)
    now, was = after.figures(), before.figures()
    beyond = _beyond(now, was) if len(asked) >= LEAST_QUESTIONS else []
    reasons = (*verdict.reasons, *beyond)
    figures = figures | {name: round(value, 4) for name, value in now.items()}
    return Verdict(not reasons, reasons, verdict.worse, figures | {"Quality of what serves": round(was[QUALITY], 4)})


def _changed_keys(candidate: Artefact, serving: Artefact) -> set[str] | None:
    """Keys of the entries that are new, gone or other than they were; None for most of them, or another model."""
    one, other = candidate.manifest, serving.manifest
    if (one.model, one.format) != (other.model, other.format):
        return None
    now, was = (
        {record["key"]: record for record in map(artefact.record, range(len(artefact)))}
        for artefact in (candidate, serving)
    )
    changed = {key for key in now.keys() | was.keys() if now.get(key) != was.get(key)}
    return changed if len(changed) <= SMALL_CHANGE * len(was) else None


def _touched(asked: Sequence[Golden], changed: set[str], candidate: Snapshot) -> list[Golden]:
    """The questions whose entries changed, or for which a changed entry is found now."""
    if not changed:
        return []
    with answering_from(candidate):
        found = find_many([" ".join([*question.context, question.question]) for question in asked], limit=NEAR)
        return [
            question
            for question, retrieval in zip(asked, found, strict=True)
            if changed.intersection(question.relevant) or any(item.key in changed for item in retrieval.evidence)
        ]


def _compare(asked: Sequence[Golden], candidate: Snapshot, serving: Snapshot) -> tuple[Verdict, _Answers, _Answers]:
    """Whether too many are answered worse, and both indexes' answers: what serves first."""
    before, after = _answers(asked, serving), _answers(asked, candidate)
    worse, better = _changed(asked, before, after, candidate, serving)
    reasons = []
    if len(worse) - better > MOST_WORSE:
        reasons.append(f"{len(worse)} of {len(asked)} golden questions are answered worse than now, {better} better.")
    return Verdict(not reasons, tuple(reasons), tuple(worse)), before, after


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
    outcomes = {item.golden.id: item for item in ask_all(asked, snapshot, together=together, depth=0)}
    if failed := [item.golden for item in outcomes.values() if _failed(item)]:
        outcomes |= {item.golden.id: item for item in ask_all(failed, snapshot, depth=0)}
    found = list(outcomes.values())
    return _Answers(found, qualities(found, snapshot.artefact))


def _changed(
    asked: Sequence[Golden], before: _Answers, after: _Answers, candidate: Snapshot, serving: Snapshot
) -> tuple[list[Worse], int]:
    """The questions that got worse, and how many got better.

    What seems worse is asked once more, one at a time: on a busy machine an answer may be poorer by chance.
    """
    suspects = [
        question
        for question, old, new in zip(asked, before.qualities, after.qualities, strict=True)
        if new < DEGRADED * old
    ]
    better = sum(old < DEGRADED * new for old, new in zip(before.qualities, after.qualities, strict=True))
    if not suspects:
        return [], better
    was, now = _answers(suspects, serving, together=1), _answers(suspects, candidate, together=1)
    return [
        Worse(
            question.question,
            _told(was.outcomes[at], was.qualities[at], serving),
            _told(now.outcomes[at], now.qualities[at], candidate),
        )
        for at, question in enumerate(suspects)
        if now.qualities[at] < DEGRADED * was.qualities[at]
    ], better


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
