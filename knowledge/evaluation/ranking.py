"""Rankings against judgements, by ir-measures (MacAvaney, Macdonald and Ounis, ECIR 2022)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Query, then document: how relevant it is; 0 or less is judged and not relevant.
Judgements = Mapping[str, Mapping[str, int]]
#: Query: its documents, best first.
Rankings = Mapping[str, Sequence[str]]


def score_rankings(judgements: Judgements, rankings: Rankings, *, at: int = 10) -> dict[str, dict[str, float]]:
    """Each measure of each judged query: `{"ndcg@10": {query: 0.63, ...}, ...}`.

    A judged query without a ranking scores 0. `f1` is the harmonic mean of precision and recall at the same depth.
    Documents keep the order given: equal scores, which trec_eval would order by name, cannot occur.
    """
    import ir_measures
    from ir_measures import AP, RR, P, R, Success, nDCG

    measures = {
        f"ndcg@{at}": nDCG @ at,
        "map": AP,
        f"mrr@{at}": RR @ at,
        f"p@{at}": P @ at,
        f"r@{at}": R @ at,
        "r@100": R @ 100,
        "success@1": Success @ 1,
    }
    names = {str(measure): name for name, measure in measures.items()}
    relevant = [
        ir_measures.Qrel(query, document, grade)
        for query, documents in judgements.items()
        for document, grade in documents.items()
    ]
    found = [
        ir_measures.ScoredDoc(query, document, 1.0 / rank)
        for query, documents in rankings.items()
        for rank, document in enumerate(documents, start=1)
    ]
    scores: dict[str, dict[str, float]] = {name: dict.fromkeys(judgements, 0.0) for name in measures}
    for metric in ir_measures.iter_calc(list(measures.values()), relevant, found):
        if metric.query_id in judgements:
            scores[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    scores[f"f1@{at}"] = {query: _harmonic(scores[f"p@{at}"][query], scores[f"r@{at}"][query]) for query in judgements}
    return scores


def _harmonic(first: float, second: float) -> float:
    return 2 * first * second / (first + second) if first + second else 0.0
