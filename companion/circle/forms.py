"""The form of the senior's profile."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from companion.accounts.forms import PlainForm
from companion.accounts.places import countries
from companion.circle.actions.profiles import LENGTHS
from companion.circle.privacy import Profile

LINES = forms.Textarea({"rows": 3, "autocomplete": "off"})


class ProfileForm(PlainForm):
    """What helpers need to know of a senior; only the fields that the person may change are in it."""

    preferred_name = forms.CharField(label=_("What to be called"), required=False)
    address = forms.CharField(
        label=_("Address"),
        required=False,
        widget=LINES,
        help_text=_("Street, number, floor, town. How to get in, too: who has a key?"),
    )
    country = forms.ChoiceField(
        label=_("Country"), choices=lambda: list(countries().items()), help_text=_("It sets the emergency numbers.")
    )
    doctor = forms.CharField(label=_("Doctor"), required=False, widget=LINES, help_text=_("Name and telephone number."))
    pharmacy = forms.CharField(
        label=_("Pharmacy"), required=False, widget=LINES, help_text=_("Name and telephone number.")
    )
    conditions = forms.CharField(
        label=_("Illnesses"), required=False, widget=LINES, help_text=_("What a helper or an ambulance should know.")
    )
    allergies = forms.CharField(
        label=_("Allergies"),
        required=False,
        widget=LINES,
        help_text=_("Medicines, food, plasters or anything else."),
    )
    notes = forms.CharField(
        label=_("Anything else"), required=False, widget=LINES, help_text=_("Glasses, hearing aid, pets, habits.")
    )

    def __init__(self, profile: Profile, *args: Any, **options: Any) -> None:
        told = {
            "preferred_name": profile.senior.preferred_name,
            "country": profile.country,
            **(profile.details or {}),
            **(profile.health or {}),
        }
        super().__init__(*args, initial=told, **options)
        for name in list(self.fields):
            if name not in profile.changes:
                del self.fields[name]
            elif isinstance(field := self.fields[name], forms.CharField):
                field.max_length = LENGTHS[name]
                field.widget.attrs["maxlength"] = LENGTHS[name]
