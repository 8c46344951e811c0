"""How medicines are named on the round."""

from __future__ import annotations

from django import template

from companion.care.medicines import in_words
from companion.care.medicines.models import Occurrence, Regimen

register = template.Library()


@register.filter
def with_strength(regimen: Regimen) -> str:
    """As the box has it."""
    return in_words.with_strength(regimen)


@register.filter
def amount(dose: Occurrence) -> str:
    """How much of it."""
    return in_words.how_much(dose.quantity, dose.regimen.form)
