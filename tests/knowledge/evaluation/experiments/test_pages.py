"""Experiments in the admin, through the real pages."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from knowledge.evaluation.experiments import actions
from knowledge.evaluation.experiments.models import Experiment

pytestmark = pytest.mark.django_db
SignIn = Callable[[Any], Client]
LIST = "/admin/knowledge/experiment/"
FORM = {
    "name": "Four sentences",
    "hypothesis": "Fewer ask again.",
    "tried": ["sentences:4", "sentences:2"],
    "primary": "answered",
    "effect": "5",
    "error": "5",
    "chance": "80",
    "share": "50",
    "control_weight": "2",
    "minimum": "100",
    "days": "7",
    "guard_abstained": "2",
    "guard_latency": "150",
}


def test_an_operator_plans_starts_and_stops(operator: Any, client_of: SignIn) -> None:
    browser = client_of(operator)
    browser.post(f"{LIST}add/", FORM)
    experiment = Experiment.objects.get()
    assert [(arm["name"], arm["value"], arm["weight"]) for arm in experiment.arms] == [
        ("A", "usual", 2), ("B", "2", 1), ("C", "4", 1),
    ]  # fmt: skip
    assert experiment.guardrails == {"abstained": 0.02, "latency": 150}
    assert (experiment.smallest_effect, experiment.traffic, experiment.made_by_id) == (0.05, 0.5, operator.pk)
    assert "Nothing runs yet." in browser.get(f"{LIST}{experiment.pk}/change/").content.decode()

    browser.post(f"{LIST}{experiment.pk}/start/", {"because": "It is safe to try."})
    experiment.refresh_from_db()
    assert (experiment.state, experiment.started_by_id) == ("running", operator.pk)
    page = browser.get(f"{LIST}{experiment.pk}/change/").content.decode()
    assert "It is too early to say." in page
    assert "It is safe to try." in page

    browser.post(f"{LIST}{experiment.pk}/stop/", {"because": "The kitchen is on fire."})
    experiment.refresh_from_db()
    assert (experiment.state, experiment.ended_because) == ("stopped", "The kitchen is on fire.")


def test_a_draft_is_edited_with_what_was_typed(operator: Any, client_of: SignIn) -> None:
    browser = client_of(operator)
    browser.post(f"{LIST}add/", FORM)
    experiment = Experiment.objects.get()
    form = browser.get(f"{LIST}{experiment.pk}/edit/").context["adminform"].form
    assert sorted(form.initial["tried"]) == ["sentences:2", "sentences:4"]
    assert (form.initial["effect"], form.initial["guard_latency"], form.initial["share"]) == (5, 150, 50)
    browser.post(f"{LIST}{experiment.pk}/edit/", {**FORM, "tried": ["opener:plain"]})
    experiment.refresh_from_db()
    assert (experiment.lever, len(experiment.arms)) == ("opener", 2)


def test_two_things_at_once_are_refused_with_the_reason(operator: Any, client_of: SignIn) -> None:
    page = client_of(operator).post(f"{LIST}add/", {**FORM, "tried": ["sentences:4", "opener:plain"]})
    assert "Try ways of one thing only" in page.content.decode()
    assert not Experiment.objects.exists()


def test_nothing_of_safety_can_be_tried(operator: Any, client_of: SignIn) -> None:
    page = client_of(operator).post(f"{LIST}add/", {**FORM, "tried": ["emergency_screen:off"]})
    assert page.status_code == 200
    assert not Experiment.objects.exists()


def test_who_may_look_may_not_start(make_experiment: Any, make_curator: Any, client_of: SignIn) -> None:
    experiment = make_experiment(runs=False)
    looking, nobody = (client_of(make_curator(*names)) for names in (("vera", "view_experiment"), ("nina",)))
    assert looking.get(f"{LIST}{experiment.pk}/change/").status_code == 200
    assert "Start…" not in looking.get(f"{LIST}{experiment.pk}/change/").content.decode()
    assert nobody.get(f"{LIST}{experiment.pk}/change/").status_code == 403
    for browser in (looking, nobody):
        for verb in ("start", "stop"):
            assert browser.post(f"{LIST}{experiment.pk}/{verb}/", {"because": "I want to."}).status_code == 403
        assert browser.get(f"{LIST}{experiment.pk}/edit/").status_code == 403
    experiment.refresh_from_db()
    assert experiment.state == "draft"


def test_what_was_started_is_neither_changed_nor_deleted(
    make_experiment: Any, make_curator: Any, client_of: SignIn
) -> None:
    experiment = make_experiment()
    person = make_curator("carl", "view_experiment", "change_experiment", "delete_experiment")
    browser = client_of(person)
    assert browser.post(f"{LIST}{experiment.pk}/edit/", {**FORM, "name": "Other"}).status_code == 403
    assert browser.post(f"{LIST}{experiment.pk}/delete/", {"post": "yes"}).status_code == 403
    experiment.refresh_from_db()
    assert experiment.name == "Four"


def test_the_page_draws_the_interval_and_names_its_numbers(
    make_experiment: Any, fill: Any, operator: Any, client_of: SignIn
) -> None:
    experiment = make_experiment()
    fill(experiment, people=200, answered=(0.6, 0.8))
    actions.look_at_all()
    page = client_of(operator).get(reverse("admin:knowledge_experiment_change", args=[experiment.pk])).content.decode()
    assert "It is safe to keep." in page
    assert '<polygon class="band"' in page
    assert "Interval at every look" in page
    assert "style=" not in page[page.index('class="lilo-evaluation"') :]


def test_the_terminal_proves_the_rates_and_looks(make_experiment: Any, fill: Any) -> None:
    out = StringIO()
    call_command("experiment", "check", runs=400, stdout=out)
    assert "A/A: a difference is announced" in out.getvalue()
    fill(make_experiment(), people=200, answered=(0.6, 0.8))
    call_command("experiment", "look", stdout=out)
    assert "Four: Arm B does better" in out.getvalue()
