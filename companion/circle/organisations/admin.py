"""Homes for operators: opening one, and who runs it. Residents' data is the home's and theirs, and is not shown."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from companion.circle.organisations.models import Organisation, StaffMember, Unit


class UnitsInline(TabularInline):
    """The units of a home."""

    model = Unit
    fields = ("name",)
    extra = 0


class StaffInline(TabularInline):
    """Who works in a home: the first lead is entered here, and invites everybody else."""

    model = StaffMember
    fields = ("user", "name", "role", "is_safeguarding_lead", "left_at")
    raw_id_fields = ("user",)
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(ModelAdmin):
    """Homes by name."""

    list_display = ("name", "country", "time_zone", "created_at")
    fields = ("name", "country", "time_zone")
    inlines = (UnitsInline, StaffInline)

    def has_delete_permission(self, request: HttpRequest, obj: Organisation | None = None) -> bool:
        """A home with residents is never deleted by a slip."""
        return False
