"""Alerts, the messages they send, and what happened: rows that no crash can lose."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField
from companion.safety.ladder import State


class AlertLevel(models.TextChoices):
    """How sure Lilo is: help is needed, or a question is open."""

    EMERGENCY = "E", _("Emergency")
    ASK = "A", _("Question")


class AlertState(models.TextChoices):
    """Where an alert stands."""

    RAISED = State.RAISED.value, _("Raised")
    NOTIFIED = State.NOTIFIED.value, _("People told")
    CLAIMED = State.CLAIMED.value, _("Somebody is on it")
    RESOLVED = State.RESOLVED.value, _("Over")
    FALSE_ALARM = State.FALSE_ALARM.value, _("False alarm")


class AlertSource(models.TextChoices):
    """Where an alert comes from."""

    CHAT = "chat", _("Talk with Lilo")
    HELP_BUTTON = "help_button", _("Help button")
    CHECK_IN = "check_in", _("Missed check-in")
    API = "api", _("Phone or pendant")
    JOURNAL = "journal", _("Journal")
    MEDICINES = "medicines", _("Missed medicine")


#: What an alert says in words. Nobody is told of it, so no step of the relay reads it: a key that is missing must not
#: keep help from coming.
SEALED = ("words", "reasons", "reason")


class Alert(models.Model):
    """Somebody may need help. Its deadlines are columns, so that any relay can act on them after any crash."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts")
    level = models.CharField(max_length=1, choices=AlertLevel.choices)
    category = models.CharField(max_length=40)
    words = EncryptedTextField(blank=True, default="")
    reasons = EncryptedTextField(blank=True, default="")
    source = models.CharField(max_length=12, choices=AlertSource.choices)
    turn_id = models.UUIDField(null=True, blank=True)
    trace_id = models.CharField(max_length=32, blank=True)
    is_drill = models.BooleanField(default=False)
    #: Told to nobody of the circle but safeguarding leads and those the senior picks: abuse, where one of them may be
    #: the cause.
    is_confidential = models.BooleanField(default=False)
    picked = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)

    state = models.CharField(max_length=12, choices=AlertState.choices, default=AlertState.RAISED)
    #: How far up the ladder people have been told.
    rung = models.PositiveIntegerField(default=0)
    #: How many times anything was told of it; it only grows, and is part of every delivery's key.
    notices = models.PositiveIntegerField(default=0)
    #: The senior has said "I'm OK": it stays open, calmly, until a person closes it.
    is_calmed = models.BooleanField(default=False)
    raised_at = models.DateTimeField()
    #: Since when people are told: an open question has none.
    told_since = models.DateTimeField(null=True, blank=True)
    answer_due_at = models.DateTimeField(null=True, blank=True)
    escalate_at = models.DateTimeField(null=True, blank=True)
    outcome_due_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = EncryptedTextField(blank=True, default="")

    class Meta:
        ordering = ("-raised_at",)
        indexes = (
            models.Index(fields=("senior", "-raised_at"), name="alert_of_senior"),
            models.Index(fields=("answer_due_at",), condition=Q(answer_due_at__isnull=False), name="alert_answer_due"),
            models.Index(fields=("escalate_at",), condition=Q(escalate_at__isnull=False), name="alert_escalate"),
            models.Index(fields=("outcome_due_at",), condition=Q(outcome_due_at__isnull=False), name="alert_outcome"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=AlertState.values), name="alert_state"),
            models.CheckConstraint(condition=Q(level__in=AlertLevel.values), name="alert_level"),
        )

    def __str__(self) -> str:
        return f"alert {self.id}"


class AlertEvent(models.Model):
    """One line of an alert's timeline, and the outbox of live notices: a line without `published_at` is still to be
    sent.

    Its number only ever grows, so a client can ask for what came after the last it saw.
    """

    class Kind(models.TextChoices):
        """What happened."""

        RAISED = "raised", _("Raised")
        ASKED = "asked", _("Lilo asked")
        SAID_AGAIN = "said_again", _("Said again")
        ANSWERED_YES = "answered_yes", _("Answered yes")
        ANSWERED_NO = "answered_no", _("Answered no")
        SILENCE = "silence", _("No answer")
        TOLD = "told", _("People are being told")
        NOBODY = "nobody", _("Nobody could be told")
        SENT = "sent", _("Message sent")
        FAILED = "failed", _("Message did not go through")
        VIEWED = "viewed", _("Seen")
        CLAIMED = "claimed", _("On it")
        REOPENED = "reopened", _("Open again")
        CALMED = "calmed", _("Says they are OK")
        RESOLVED = "resolved", _("Over")
        FALSE_ALARM = "false_alarm", _("False alarm")
        OPERATOR = "operator", _("Operator called")
        DISPATCHED = "dispatched", _("Taken by the emergency service partner")

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    words = EncryptedTextField(blank=True, default="")
    #: The caller's idempotency key: the same press of a pendant is one press.
    key = models.CharField(max_length=64, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("id",), condition=Q(published_at=None), name="alert_event_outbox"),)
        constraints = (
            models.UniqueConstraint(fields=("actor", "key"), condition=~Q(key=""), name="alert_event_key_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Delivery(models.Model):
    """One message to one person on one channel. Its id is the idempotency key that goes out with every attempt."""

    class State(models.TextChoices):
        """Where the message stands."""

        PENDING = "pending", _("To be sent")
        SENT = "sent", _("Sent")
        DEAD = "dead", _("Given up")
        CANCELLED = "cancelled", _("No longer needed")

    id = models.UUIDField(primary_key=True, editable=False)
    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries")
    contact_point = models.ForeignKey(
        "circle.ContactPoint", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    #: A contact point's kind, or `operator` or `dispatcher`, whose addresses are settings.
    channel = models.CharField(max_length=12)
    message = models.CharField(max_length=16)
    #: For a calm message (see `calm`): its words, whom it is about, and what the recipient must be shown of them still.
    letter = EncryptedTextField(blank=True, default="")
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    item = models.CharField(max_length=12, blank=True)
    #: Layout of this row as the sender understands it; a relay leaves a newer one to its newer sibling.
    version = models.PositiveSmallIntegerField(default=1)
    priority = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    #: Fencing: who claims counts it up, and only the holder of the newest number may mark.
    fence = models.PositiveIntegerField(default=0)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    #: A word of ours for what went wrong; never the provider's text.
    trouble = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("priority", "due_at")
        verbose_name_plural = _("deliveries")
        indexes = (
            models.Index(fields=("priority", "due_at"), condition=Q(state="pending"), name="delivery_due"),
            models.Index(fields=("alert", "state"), name="delivery_of_alert"),
        )

    def __str__(self) -> str:
        return f"delivery {self.id}"


class CheckInPlan(models.Model):
    """When a senior is expected to be about, by their own clock, and what happens when they are not."""

    senior = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="check_in_plan"
    )
    time_of_day = models.TimeField(_("time of day"))
    grace_minutes = models.PositiveSmallIntegerField(_("minutes of grace"), default=60)
    retries = models.PositiveSmallIntegerField(_("times asked"), default=3)
    is_active = models.BooleanField(_("in use"), default=True)
    paused_until = models.DateField(_("on holiday until"), null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    next_step_at = models.DateTimeField(null=True, blank=True, db_index=True)
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("daily check-in")
        verbose_name_plural = _("daily check-ins")

    def __str__(self) -> str:
        return f"check-in {self.pk}"


class Heartbeat(models.Model):
    """When each relay last went round. A relay that stopped is itself an alarm."""

    relay = models.CharField(max_length=80, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.relay
