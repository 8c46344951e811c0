"""Circles for operators: who belongs to whom. Profiles' texts are the senior's and are not shown."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from companion.circle.models import ContactPoint, Membership, Senior


@admin.register(Senior)
class SeniorAdmin(ModelAdmin):
    """Seniors by name."""

    list_display = ("user", "preferred_name", "created_at")
    fields = ("user", "preferred_name")
    readonly_fields = ("user",)


@admin.register(Membership)
class MembershipAdmin(ModelAdmin):
    """Who is in whose circle."""

    list_display = ("senior", "user", "role", "order", "receives_alerts", "is_safeguarding_lead", "accepted_at")
    list_filter = ("role", "receives_alerts", "is_safeguarding_lead")
    raw_id_fields = ("senior", "user")
    readonly_fields = ("accepted_at",)


@admin.register(ContactPoint)
class ContactPointAdmin(ModelAdmin):
    """Whether people can be reached; never where."""

    list_display = ("user", "kind", "accepted_at", "last_tested_at", "last_result")
    list_filter = ("kind", "last_result")
    fields = ("user", "kind", "accepted_at", "last_tested_at", "last_result")
    readonly_fields = fields
