"""What is learned from the golden questions: how sure Lilo may be, and which sentences of an entry answer.

    python -m benchmarks.confidence [--artefacts FOLDER]

Reads the half of the golden set that settings are chosen on (`split` is `tune`), the 223 older questions of
`tests/knowledge/golden.jsonl` and, for the confidence, those of `knowledge/retrieval/taught`; searches the published
artefact for each as a talk would, and prints the coefficients that `knowledge.retrieval.confidence` and
`companion.chat.context` hold, with ten-fold cross-validation.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilo_site.settings")
django.setup()

from companion.chat.context import build_context, signs  # noqa: E402
from companion.chat.rules import in_context  # noqa: E402
from knowledge.embedding.embedder import configured_embedder  # noqa: E402
from knowledge.evaluation.overlap import token_f1  # noqa: E402
from knowledge.evaluation.questions import read_golden  # noqa: E402
from knowledge.index.artefact import Artefact  # noqa: E402
from knowledge.index.rows import sentences as sentences_of  # noqa: E402
from knowledge.index.serving import Snapshot, snapshot  # noqa: E402
from knowledge.index.shelf import Shelf  # noqa: E402
from knowledge.public import Evidence, Sentence  # noqa: E402
from knowledge.retrieval.explain import explain  # noqa: E402
from knowledge.retrieval.reading import read  # noqa: E402
from knowledge.retrieval.taught import read_taught  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
OLDER = ROOT / "tests" / "knowledge" / "golden.jsonl"
FOLDS = 10
#: About how often people speak in each of the ways that the taught questions are written in. An eighth of those are
#: riddles, put so on purpose; few people speak in riddles.
SHARES = {
    "plain": 0.50, "terse": 0.12, "misspelt": 0.08, "spoken": 0.08, "family": 0.08, "second_language": 0.04,
    "regional": 0.04, "detail": 0.03, "rambling": 0.02, "oblique": 0.01,
}  # fmt: skip

Table = NDArray[np.float64]


def asked() -> Iterator[dict[str, Any]]:
    """The questions to learn from: what is asked, what was said before, what answers it."""
    for golden in read_golden():
        if golden.split == "tune" and golden.expect in {"answer", "abstain"}:
            yield {
                "question": golden.question,
                "context": golden.context,
                "relevant": golden.relevant,
                "reference": golden.reference,
            }
    for line in OLDER.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield {
            "question": row["question"],
            "context": [],
            "relevant": dict.fromkeys(row["entries"], 2),
            "reference": [],
        }


def taught() -> Iterator[dict[str, Any]]:
    """The questions by writers who kept away from the entries' wordings, each with its weight."""
    questions = read_taught()
    voices = Counter(one.voice for one in questions)
    for one in questions:
        weight = len(questions) * SHARES[one.voice] / voices[one.voice]
        relevant = dict.fromkeys(one.entries, 2)
        yield {"question": one.question, "context": [], "relevant": relevant, "reference": [], "weight": weight}


def learn_confidence(rows: list[dict[str, Any]], searched: Snapshot) -> None:
    """Print the fit of how likely the first entry is a right one."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import brier_score_loss, roc_auc_score
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    table, right, weights = [], [], []
    for row in rows:
        seen = explain(in_context(row["question"], row["context"]), limit=5, snapshot=searched)
        if not seen.fused or seen.strategy == "default":
            continue
        parts = dict(seen.confidence_parts)
        table.append((parts["closeness"], parts["coverage"], np.log1p(parts["terms"])))
        right.append(seen.fused[0][0] in row["relevant"])
        weights.append(row.get("weight", 1.0))
    x, y, weight = np.asarray(table), np.asarray(right), np.asarray(weights)
    model = LogisticRegression(C=30, max_iter=2_000)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    fitted = {"sample_weight": weight}
    likely = cross_val_predict(model, x, y, cv=folds, method="predict_proba", params=fitted)[:, 1]
    model.fit(x, y, **fitted)
    print(f"confidence, {len(y)} questions, {y.mean():.2f} of them found rightly")
    print(f"  INTERCEPT {model.intercept_[0]:.2f}", end="")
    for name, found in zip(("CLOSENESS", "COVERAGE", "LENGTH"), model.coef_[0], strict=True):
        print(f"  {name} {found:.2f}", end="")
    print(
        f"\n  area under ROC {roc_auc_score(y, likely, sample_weight=weight):.3f}, "
        f"Brier score {brier_score_loss(y, likely, sample_weight=weight):.3f}"
    )
    print_reliability(likely, y)


def print_reliability(likely: Table, right: Table) -> None:
    """A table of what was promised and what came."""
    print("  said      came true   questions")
    for low in np.arange(0, 1, 0.2):
        inside = (likely >= low) & (likely < low + 0.2 + 1e-9)
        if inside.any():
            print(f"  {likely[inside].mean():.2f}      {right[inside].mean():.2f}        {inside.sum()}")


def learn_choice(rows: list[dict[str, Any]], artefact: Artefact) -> None:
    """Print the fit of which sentences belong to the answer, and the token F1 that they give."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import KFold

    import companion.chat.context as chosen

    cases = [case for row in rows if row["reference"] and (case := evidence(row, artefact))]
    tables = [np.asarray(signs(item.sentences)) for item, _ in cases]
    marks = [np.asarray([sentence.text in reference for sentence in item.sentences]) for item, reference in cases]

    def fit(places: NDArray[np.int64]) -> tuple[float, ...]:
        model = LogisticRegression(C=1, max_iter=2_000)
        model.fit(np.concatenate([tables[at] for at in places]), np.concatenate([marks[at] for at in places]))
        return tuple(float(weight) for weight in model.coef_[0].round(2))

    def scores(places: NDArray[np.int64]) -> list[float]:
        return [
            token_f1(" ".join(s.text for s in build_context([cases[at][0]]).sentences), cases[at][1]) for at in places
        ]

    everything = np.arange(len(cases))
    before = np.mean(scores(everything))
    crossed: list[float] = []
    for learned, held in KFold(FOLDS, shuffle=True, random_state=0).split(everything):
        chosen.WEIGHTS = fit(learned)  # type: ignore[assignment]
        crossed += scores(held)
    print(f"choice of sentences, {len(cases)} questions whose entry is known")
    print(f"  WEIGHTS {fit(everything)}")
    print(f"  token F1: {before:.3f} with those in the program, {np.mean(crossed):.3f} cross-validated")


def evidence(row: dict[str, Any], artefact: Artefact) -> tuple[Evidence, str] | None:
    """The entry that answers, its sentences as near as they are to the question, and the reference answer."""
    place = next((artefact.place_of(key) for key, grade in row["relevant"].items() if grade > 1), None)
    if place is None:
        return None
    stored = artefact.record(place)
    text = read(in_context(row["question"], row["context"]), artefact).text
    near = artefact.sentence_vectors(place) @ configured_embedder().embed_queries([text])[0]
    texts = sentences_of(stored)
    sentences = tuple(
        Sentence(text, at, float(value)) for at, (text, value) in enumerate(zip(texts, near, strict=True))
    )
    item = Evidence(stored["key"], stored["question"], stored["category"], (), sentences, (), 1.0, 1.0)
    return item, " ".join(row["reference"])


def main() -> None:
    """Fit both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--artefacts", type=Path, help="folder of artefacts; that of the settings when not given")
    folder = parser.parse_args().artefacts
    searched = snapshot() if folder is None else Snapshot(Artefact(folder / str(Shelf(folder).current())), None)
    rows = list(asked())
    learn_confidence([*rows, *taught()], searched)
    learn_choice(rows, searched.artefact)


if __name__ == "__main__":
    main()
