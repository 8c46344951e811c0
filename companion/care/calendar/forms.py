"""What a person fills in to plan a visit or a task."""

from __future__ import annotations

from typing import Any

from django import forms

from companion.care.calendar.actions import LONGEST_NOTE, LONGEST_TITLE, Plan
from companion.care.calendar.models import CalendarItem, Kind, Repeat


class PlanForm(forms.Form):
    """The fields of a plan; whether it can be planned so is for the action to say."""

    kind = forms.ChoiceField(label="What is it?", choices=Kind.choices, widget=forms.RadioSelect)
    title = forms.CharField(label="In a few words", max_length=LONGEST_TITLE)
    day = forms.DateField(label="Day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    time_of_day = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    repeat = forms.ChoiceField(label="How often?", choices=Repeat.choices, required=False)
    until = forms.DateField(
        label="Until", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    who = forms.CharField(label="Who comes, or goes along?", max_length=LONGEST_TITLE, required=False)
    place = forms.CharField(label="Where?", max_length=LONGEST_TITLE, required=False)
    note = forms.CharField(
        label="Anything else to know?",
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_private = forms.BooleanField(label="Only I see this", required=False)

    def __init__(self, *args: Any, is_own: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not is_own:
            del self.fields["is_private"]

    @classmethod
    def initial_of(cls, item: CalendarItem) -> dict[str, Any]:
        """What an item says now."""
        return {name: getattr(item, name) for name in cls.base_fields}

    def plan(self) -> Plan:
        """What was filled in, once the form is valid."""
        return Plan(**self.cleaned_data)
