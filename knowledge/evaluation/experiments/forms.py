"""The form of an experiment, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from knowledge.evaluation.experiments.levers import LEVERS, USUAL_VALUE
from knowledge.evaluation.experiments.measures import MEASURES, Measure
from knowledge.evaluation.experiments.models import Experiment
from knowledge.evaluation.experiments.rules import LEAST_MINIMUM, plan_problems

if TYPE_CHECKING:  # Django's forms take types in brackets for the type checker only
    ModelForm = forms.ModelForm[Experiment]
else:
    ModelForm = forms.ModelForm

#: What is tolerated of each guardrail at first, as shown; the others are off.
TOLERATED = {"abstained": 2.0, "repeated": 2.0, "held_back": 1.0, "latency": 200.0}
LETTERS = "ABCD"


def _units(measure: Measure) -> str:
    return "milliseconds" if measure.unit == "ms" else "points of 100"


def _percent(label: str, help_text: str, initial: float, *, most: float = 100) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        help_text=help_text,
        initial=initial,
        min_value=0.1,
        max_value=most,
        widget=UnfoldAdminDecimalFieldWidget,
    )


class ExperimentForm(ModelForm):
    """What is tried, on how many, and how one knows. Arm A is always how things are today."""

    tried = forms.MultipleChoiceField(
        label="What is tried",
        help_text="One to three ways of the same thing. Arm A is how things are today. Nothing of safety can be tried.",
        choices=[
            (f"{name}:{value}", f"{lever.title}: {title}")
            for name, lever in LEVERS.items()
            for value, title in lever.values.items()
            if value != USUAL_VALUE
        ],
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    control_weight = forms.IntegerField(
        label="Size of arm A",
        help_text="So many people are answered as today for each one in another arm.",
        initial=1, min_value=1, max_value=9, widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip
    effect = forms.FloatField(
        label="Smallest difference worth having",
        help_text="In points of 100, or milliseconds for time. Half of it needs four times as many people.",
        initial=5.0, min_value=0.1, widget=UnfoldAdminDecimalFieldWidget,
    )  # fmt: skip
    share = _percent("Share of people", "In percent of those who agreed to take part.", 100)
    error = _percent("Error", "How often, in percent, a difference may be announced where there is none.", 5, most=20)
    chance = _percent(
        "Chance", "How often, in percent, such a difference is to be found where there is one.", 80, most=99
    )

    class Meta:
        model = Experiment
        fields = ("name", "hypothesis", "primary", "minimum", "days")
        labels = {
            "primary": "What should become better",
            "minimum": "Least people in each arm",
            "days": "Days for each person",
        }
        help_texts = {
            "name": "As the list shows it.",
            "hypothesis": "What do you expect, and why? “With four sentences fewer people ask again.”",
            "minimum": f"Nothing is decided before; {LEAST_MINIMUM} at least.",
            "days": "A person is watched for so long from their first question on, and then counts once.",
        }
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "hypothesis": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "primary": UnfoldAdminSelectWidget(choices=[(name, measure.title) for name, measure in MEASURES.items()]),
            "minimum": UnfoldAdminIntegerFieldWidget,
            "days": UnfoldAdminIntegerFieldWidget,
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["days"].min_value = 1  # type: ignore[attr-defined]
        for name, measure in MEASURES.items():
            self.fields[f"guard_{name}"] = forms.FloatField(
                label=measure.title,
                help_text=f"{measure.help} Worse by up to so many {_units(measure)} is tolerated; empty: not watched.",
                required=False, min_value=0, widget=UnfoldAdminDecimalFieldWidget, initial=TOLERATED.get(name),
            )  # fmt: skip
        if self.instance.pk:
            self._show(self.instance)

    def _show(self, kept: Experiment) -> None:
        scale = MEASURES[kept.primary].scale
        shown = {
            "tried": [f"{kept.lever}:{arm['value']}" for arm in kept.arms[1:]],
            "control_weight": kept.arms[0]["weight"],
            "effect": round(kept.smallest_effect * scale, 3),
            "share": 100 * kept.traffic,
            "error": 100 * kept.alpha,
            "chance": 100 * kept.power,
        }
        self.initial.update(shown)
        for name, measure in MEASURES.items():
            bound = kept.guardrails.get(name)
            self.initial[f"guard_{name}"] = None if bound is None else round(bound * measure.scale, 3)

    def guard_fields(self) -> list[str]:
        """The names of the guardrails' fields."""
        return [f"guard_{name}" for name in MEASURES]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("days") == 0:
            self.add_error("days", "One day at least.")
        if self.errors:
            return typed
        experiment = self.instance
        chosen = [choice.partition(":") for choice in typed["tried"]]
        if len({lever for lever, _, _ in chosen}) > 1:
            self.add_error("tried", "Try ways of one thing only: else nobody knows which of them it was.")
            return typed
        experiment.lever = chosen[0][0]
        tried = {value for _, _, value in chosen}
        values = [USUAL_VALUE, *(value for value in LEVERS[experiment.lever].values if value in tried)]
        weights = [typed["control_weight"], *[1] * len(chosen)]
        experiment.arms = [
            {"name": letter, "value": value, "weight": weight}
            for letter, value, weight in zip(LETTERS, values, weights, strict=False)
        ]
        experiment.smallest_effect = typed["effect"] / MEASURES[typed["primary"]].scale
        experiment.traffic, experiment.alpha, experiment.power = (
            typed[name] / 100 for name in ("share", "error", "chance")
        )
        experiment.guardrails = {
            name: bound / measure.scale
            for name, measure in MEASURES.items()
            if (bound := typed.get(f"guard_{name}")) is not None and name != typed["primary"]
        }
        experiment.primary, experiment.minimum = typed["primary"], typed["minimum"]
        shown = {"arms": "tried", "lever": "tried", "guardrails": None}
        for field, problem in plan_problems(experiment.plan).items():
            self.add_error(shown.get(field, field), problem)
        return typed
