"""Alerts for operators: that they exist, how far they got, and whether messages arrive. Never what was said."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from companion.safety import probe
from companion.safety.models import Alert, AlertEvent, CheckInPlan, Delivery, Heartbeat


class _Watching:
    """Operators watch; what happens to alerts happens through their actions, with the right and the timeline."""

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Nobody."""
        return False


class TimelineInline(_Watching, TabularInline):
    """What happened."""

    model = AlertEvent
    fields = ("at", "kind", "actor", "published_at")
    extra = 0


class DeliveryInline(_Watching, TabularInline):
    """Who was told how."""

    model = Delivery
    fields = ("message", "channel", "recipient", "state", "tries", "trouble", "due_at", "sent_at")
    extra = 0


@admin.register(Alert)
class AlertAdmin(_Watching, ModelAdmin):
    """Alerts without their words, category and outcome, which are the family's."""

    list_display = ("id", "level", "state", "rung", "source", "is_drill", "raised_at", "claimed_at", "closed_at")
    list_filter = ("state", "level", "source", "is_drill")
    date_hierarchy = "raised_at"
    fields = (*list_display, "escalate_at", "answer_due_at", "outcome_due_at", "trace_id")
    inlines = (TimelineInline, DeliveryInline)


@admin.register(Delivery)
class DeliveryAdmin(_Watching, ModelAdmin):
    """Messages, and those that were given up."""

    list_display = ("id", "message", "channel", "state", "tries", "trouble", "due_at", "sent_at")
    list_filter = ("state", "channel", "message", "trouble")
    fields = (*list_display, "alert", "recipient", "claimed_at", "leased_until")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without probes, which are nobody's."""
        rows: QuerySet[Delivery] = super().get_queryset(request)
        return rows.exclude(channel=probe.CHANNEL)


@admin.register(Heartbeat)
class HeartbeatAdmin(_Watching, ModelAdmin):
    """Relays and when each last went round."""

    list_display = ("relay", "at")


@admin.register(CheckInPlan)
class CheckInPlanAdmin(_Watching, ModelAdmin):
    """Daily check-ins."""

    list_display = ("senior", "time_of_day", "is_active", "paused_until", "due_at", "asked")
