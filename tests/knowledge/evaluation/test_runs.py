"""Runs asked for, carried out, kept and shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from knowledge.evaluation import questions
from knowledge.evaluation.actions import ask_for_run, keep_run
from knowledge.evaluation.models import EvaluationRun
from knowledge.evaluation.plots import bars, reliability_dots, trend
from knowledge.evaluation.report import summary
from knowledge.evaluation.running import Measured
from knowledge.evaluation.scoring import Row, score
from knowledge.evaluation.tasks import carry_out_run
from knowledge.index.serving import Snapshot
from tests.knowledge.evaluation.conftest import ANSWERS, golden, outcome

LIST = reverse("admin:knowledge_evaluationrun_changelist")
State = EvaluationRun.State


@pytest.fixture
def three_questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A golden set of three about the starter corpus: what is under test is the run, not the answers."""
    rows = [
        {"id": "naps", "question": "Is a nap after lunch bad for me?", "relevant": {"sleep-naps": 2}, "split": "tune",
         "reference": ["Anything."], "expect": "answer"},
        {"id": "fell", "question": "I have fallen and I can't get up", "relevant": {}, "reference": [],
         "expect": "alert", "split": "hold"},
        {"id": "plane", "question": "How do I fly a plane to Mars?", "relevant": {}, "reference": [],
         "expect": "abstain", "split": "hold"},
    ]  # fmt: skip
    text = "\n".join(json.dumps(row | {"context": [], "voice": "plain"}) for row in rows)
    (tmp_path / "factual.jsonl").write_text(text, encoding="utf-8")
    monkeypatch.setattr(questions.read_golden, "__defaults__", (tmp_path,))


@pytest.fixture
def rows(build: Callable[..., Snapshot]) -> list[Row]:
    outcomes = [
        outcome(golden(), (ANSWERS["own-naps"][1], "own-naps"), ranking=("own-naps",)),
        outcome(golden("own-rugs"), kind="abstention", ranking=("own-naps",), confidence=0.3),
        outcome(golden(id="fell", expect="alert", relevant={}, reference=(), question="help <me>"), level="N"),
    ]
    return score(outcomes, build("now").artefact)


def kept(rows: list[Row], **more: Any) -> EvaluationRun:
    return keep_run(Measured("v1", "abc", "all", tuple(rows), summary(rows), 2.0), **more)


@pytest.fixture
def looker(make_curator: Callable[..., Any], client_of: Callable[[Any], Client]) -> Client:
    return client_of(make_curator("lena", "view_evaluationrun"))


@pytest.fixture
def evaluator(make_curator: Callable[..., Any], client_of: Callable[[Any], Client]) -> Client:
    return client_of(make_curator("eva", "view_evaluationrun", "add_evaluationrun"))


# Runs


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("published_corpus", "three_questions")
def test_a_run_is_carried_out_once_and_kept(make_curator: Callable[..., Any], rebuilds_asked: list[str]) -> None:
    run = ask_for_run(by=make_curator("eva").pk)
    assert ask_for_run(by=make_curator("ben").pk) == run
    assert rebuilds_asked == ["knowledge.evaluation.tasks.carry_out_run"]
    carry_out_run(run.pk)
    carry_out_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == (State.DONE, 3, 3)
    assert [row.id for row in run.rows] == ["naps", "fell", "plane"]
    assert {row.id: row.level for row in run.rows}["fell"] == "E"
    assert run.summary["figures"]["alert_recall"]["value"] == 1
    assert run.artefact


@pytest.mark.django_db(transaction=True)
def test_a_run_that_fails_says_why(
    make_curator: Callable[..., Any], rebuilds_asked: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(questions.read_golden, "__defaults__", (tmp_path / "nothing",))
    run = ask_for_run(by=make_curator("eva").pk)
    with pytest.raises(Exception, match=r".+"):
        carry_out_run(run.pk)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert run.problem
    assert run.ended_at is not None
    assert ask_for_run(by=make_curator("ben").pk) != run


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.WAITING, State.RUNNING])
def test_a_run_whose_worker_died_bars_no_other(
    make_curator: Callable[..., Any], evaluator: Client, rebuilds_asked: list[str], state: State
) -> None:
    lost = ask_for_run(by=make_curator("ben").pk)
    EvaluationRun.objects.update(state=state, created_at=timezone.now() - timedelta(hours=2))
    page = evaluator.get(LIST).text
    assert "Evaluate now" in page
    assert "under way" not in page
    assert ask_for_run(by=make_curator("lea").pk) != lost
    lost.refresh_from_db()
    assert (lost.state, lost.problem) == (State.FAILED, "Its worker died, or none took it up.")


def test_what_is_kept_is_what_was_measured(db: None, rows: list[Row]) -> None:
    assert EvaluationRun.objects.get(pk=kept(rows).pk).rows == rows


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("published_corpus", "three_questions")
def test_the_command_prints_keeps_and_compares() -> None:
    out, err = StringIO(), StringIO()
    call_command("evaluate", "--save", "--note", "first", stdout=out, stderr=err)
    run = EvaluationRun.objects.get()
    assert f"Kept as run {run.pk}." in err.getvalue()
    assert "3 questions (all)" in out.getvalue()
    assert run.note == "first"
    again = StringIO()
    call_command("evaluate", "--json", "--split", "hold", "--compare", str(run.pk), stdout=again)
    found = json.loads(again.getvalue())
    assert (found["questions"], found["against"]["shared"], found["against"]["changes"]) == (2, 2, [])
    assert [row["id"] for row in found["rows"]] == ["fell", "plane"]
    with pytest.raises(CommandError, match="no finished run 999"):
        call_command("evaluate", "--compare", "999")
    with pytest.raises(CommandError, match="nowhere"):
        call_command("evaluate", "--artefact", "nowhere")


# Pages


def test_the_list_shows_figures_plots_and_the_same_numbers(evaluator: Client, rows: list[Row]) -> None:
    assert "No evaluation has been made yet." in evaluator.get(LIST).text
    run = kept(rows, note="a <b> note")
    page = evaluator.get(LIST).text
    value = run.summary["figures"]["success@1"]["value"]
    assert f"No. {run.pk}: {value:.2f}, between" in page
    assert f'<td data-label="Right entry first">{value:.2f}' in page
    assert "a &lt;b&gt; note" in page
    assert "Evaluate now" in page
    assert "style=" not in page.partition("lilo-evaluation-head")[2]


def test_a_run_shows_what_went_wrong_and_what_changed(looker: Client, rows: list[Row]) -> None:
    earlier = kept(rows)
    better = [rows[0], rows[0].from_json(rows[0].as_json() | {"id": "own-rugs", "question": "rugs?"}), rows[2]]
    run = kept(better)
    page = looker.get(reverse("admin:knowledge_evaluationrun_change", args=[run.pk])).text
    assert "The danger was heard as no danger, not as an emergency." in page
    assert "help &lt;me&gt;" in page
    assert "Asked first" in page
    assert "0.00 → 1.00" in page
    assert "Evaluate now" not in looker.get(LIST).text
    alone = looker.get(reverse("admin:knowledge_evaluationrun_change", args=[earlier.pk])).text
    assert "Another entry was found first." in alone


def test_a_run_under_way_shows_how_far_it_is(looker: Client) -> None:
    EvaluationRun.objects.create(state=State.RUNNING, done=120, total=500)
    page = looker.get(LIST).text
    assert "120 of 500 questions" in page
    assert 'http-equiv="refresh"' in page


def test_a_failed_run_is_told(looker: Client) -> None:
    EvaluationRun.objects.create(state=State.FAILED, ended_at=timezone.now(), problem="No index is published.")
    assert "came to nothing: No index is published." in looker.get(LIST).text


def test_only_those_who_may_see_and_ask(
    looker: Client, evaluator: Client, make_curator: Callable[..., Any], client_of: Callable[[Any], Client],
    rows: list[Row], rebuilds_asked: list[str], django_capture_on_commit_callbacks: Any,
) -> None:  # fmt: skip
    run, stranger = kept(rows), client_of(make_curator("stan"))
    for url in (LIST, reverse("admin:knowledge_evaluationrun_change", args=[run.pk])):
        assert (stranger.get(url).status_code, looker.get(url).status_code) == (403, 200)
    ask = reverse("admin:knowledge_evaluationrun_ask")
    assert (stranger.post(ask).status_code, looker.post(ask).status_code) == (403, 403)
    assert evaluator.get(ask).status_code == 405
    assert rebuilds_asked == []
    with django_capture_on_commit_callbacks(execute=True):
        assert evaluator.post(ask).status_code == 302
    assert rebuilds_asked == ["knowledge.evaluation.tasks.carry_out_run"]


# Plots


def figure(value: float) -> dict[str, float]:
    return {"value": value, "low": value - 0.1, "high": value + 0.1, "count": 10}


def test_marks_stand_where_their_values_are() -> None:
    found = trend("Quality", [("No. 1", figure(0.0)), ("No. 2", figure(1.0))], wanted=0.5)
    first, last = found.marks
    assert (first.x, last.x) == ("34.0", "308.0")
    assert (first.y, found.wanted, last.y) == ("138.0", "75.0", "12.0")
    assert (first.low, last.high) == (first.y, last.y)  # an interval beyond the scale ends at its edge
    assert found.line == "34.0,138.0 308.0,12.0"


def test_bars_and_dots_are_as_long_and_large_as_they_count() -> None:
    (bar,) = bars({"Facts": {"quality": figure(0.25)}, "Other": {}}, "quality")
    assert (bar.label, bar.width, bar.count) == ("Facts", "25.0", 10)
    bins: list[dict[str, float]] = [
        {"confidence": 0.9, "right": 0.5, "count": 100},
        {"confidence": 0.1, "right": 0.0, "count": 4},
        {"confidence": 0, "right": 0, "count": 0},
    ]
    large, small = reliability_dots(bins)
    assert (large.x, large.y, large.radius) == ("270.0", "150.0", "11.0")
    assert float(small.radius) == pytest.approx(3 + 8 * 0.2)
