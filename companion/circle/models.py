"""The senior's profile, the people round them, and what those may see."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from companion.accounts.fields import EncryptedTextField


class Role(models.TextChoices):
    """What a person is to one senior."""

    PRIMARY = "primary", _("First contact")
    FAMILY = "family", _("Family")
    CARER = "carer", _("Carer")
    VIEWER = "viewer", _("Visitor")
    FACILITY_STAFF = "facility_staff", _("Home staff")


class Item(models.TextChoices):
    """What a senior shares, or does not."""

    ALERTS = "alerts", _("Alerts")
    MEDICINES = "medicines", _("Medicines")
    JOURNAL = "journal", _("Journal")
    ACTIVITY = "activity", _("Activity")
    TOPICS = "topics", _("Topics of talk")


class Looked(models.TextChoices):
    """What somebody can have looked at: what is shared item by item, and what stands in the profile."""

    ALERTS = Item.ALERTS.value, _("alerts")
    MEDICINES = Item.MEDICINES.value, _("medicines")
    JOURNAL = Item.JOURNAL.value, _("journal")
    ACTIVITY = Item.ACTIVITY.value, _("activity")
    TOPICS = Item.TOPICS.value, _("topics of talk")
    DETAILS = "details", _("address and doctor")
    HEALTH = "health", _("conditions and allergies")


#: What is shared until the senior says otherwise: only that help is needed.
SHARED_AT_FIRST = frozenset({Item.ALERTS})


#: What is read of a profile's text that does not open: it keeps no name from an alert, nor the rest from an ambulance.
UNREADABLE = "This cannot be read at the moment."


class Senior(models.Model):
    """The profile of a person whom Lilo looks after. Its key is the person's own id."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="profile"
    )
    preferred_name = models.CharField(_("what to call you"), max_length=60, blank=True)
    address = EncryptedTextField(_("address"), blank=True, default="", unreadable=UNREADABLE)
    doctor = EncryptedTextField(_("doctor"), blank=True, default="", unreadable=UNREADABLE)
    pharmacy = EncryptedTextField(_("pharmacy"), blank=True, default="", unreadable=UNREADABLE)
    conditions = EncryptedTextField(_("conditions"), blank=True, default="", unreadable=UNREADABLE)
    allergies = EncryptedTextField(_("allergies"), blank=True, default="", unreadable=UNREADABLE)
    notes = EncryptedTextField(_("notes"), blank=True, default="", unreadable=UNREADABLE)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What the senior wishes to be called."""
        return self.preferred_name or self.user.short_name


class Membership(models.Model):
    """One person's place in one senior's circle. It counts from the moment the person has accepted it."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey(Senior, on_delete=models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.FAMILY)
    relation = models.CharField(_("who they are to the senior"), max_length=40, blank=True)
    order = models.PositiveSmallIntegerField(_("order of contact"), default=100)
    receives_alerts = models.BooleanField(_("is told in an emergency"), default=True)
    #: The home's person for abuse and neglect: the only one told of these without the senior choosing.
    is_safeguarding_lead = models.BooleanField(_("safeguarding lead"), default=False)
    accepted_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("order", "created_at")
        verbose_name = _("member of a circle")
        verbose_name_plural = _("members of circles")
        constraints = (
            models.UniqueConstraint(fields=("senior", "user"), name="member_once"),
            models.CheckConstraint(condition=~Q(senior=models.F("user")), name="member_is_another"),
        )
        indexes = (models.Index(fields=("user", "accepted_at"), name="member_by_person"),)

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class Sharing(models.Model):
    """Whether one item is shared: with everyone in the circle, or (where `member` is set) with that one, which counts
    more.
    """

    senior = models.ForeignKey(Senior, on_delete=models.CASCADE, related_name="sharing")
    member = models.ForeignKey(Membership, on_delete=models.CASCADE, null=True, blank=True, related_name="sharing")
    item = models.CharField(_("what"), max_length=12, choices=Item.choices)
    is_on = models.BooleanField(_("shared"))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("senior", "item"), condition=Q(member=None), name="sharing_once"),
            models.UniqueConstraint(fields=("member", "item"), condition=~Q(member=None), name="sharing_once_a_member"),
        )

    def __str__(self) -> str:
        return f"{self.item} {'on' if self.is_on else 'off'}"


class Invitation(models.Model):
    """A way into the circle, once, by a link or by a code read out. Only keyed fingerprints of both are kept."""

    LIFE = timedelta(days=7)

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey(Senior, on_delete=models.CASCADE, related_name="invitations")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.FAMILY)
    relation = models.CharField(max_length=40, blank=True)
    #: Whom it is for, as the person who made it calls them.
    guest = models.CharField(max_length=60, blank=True)
    link_digest = models.CharField(max_length=64, unique=True)
    code_digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"invitation {self.id}"

    @property
    def is_over(self) -> bool:
        """Whether its week has passed."""
        return self.expires_at <= timezone.now()


class AccessLog(models.Model):
    """Somebody looked at something of a senior's: one row a person, item and hour, however often they looked.

    It names the person by id only, so that it outlives their account; the senior's own looks are not in it.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    senior = models.ForeignKey(Senior, on_delete=models.CASCADE, related_name="looks")
    person_id = models.UUIDField()
    item = models.CharField(max_length=12, choices=Looked.choices)
    hour = models.DateTimeField()
    #: When they looked first within the hour.
    at = models.DateTimeField()

    class Meta:
        ordering = ("-at",)
        verbose_name = _("look at a senior's data")
        verbose_name_plural = _("access log")
        constraints = (
            models.UniqueConstraint(fields=("senior", "person_id", "item", "hour"), name="look_once_an_hour"),
        )
        indexes = (models.Index(fields=("senior", "-at"), name="looks_of_senior"),)

    def __str__(self) -> str:
        return f"{self.item} {self.at:%Y-%m-%d %H:%M}"


class ContactPoint(models.Model):
    """One way to reach a person: an e-mail address, a phone that takes text messages, a browser that shows notices, or
    any address that Apprise knows.

    It counts once its person has shown that messages arrive (`accepted_at`), and is tested each month.
    """

    class Kind(models.TextChoices):
        """How the message travels."""

        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        PUSH = "push", _("Notices on a phone or computer")
        APPRISE = "apprise", _("Another service")

    class Result(models.TextChoices):
        """How the last message to it went."""

        UNKNOWN = "", _("not tried yet")
        OK = "ok", _("works")
        FAILED = "failed", _("does not work")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    #: Of a browser: its subscription as JSON; empty once the browser has given it up.
    address = EncryptedTextField(_("address"), blank=True)
    #: Push only: a locked screen may show what a message is about.
    tells_more = models.BooleanField(_("tells more on a locked screen"), default=False)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_to = models.TimeField(_("quiet to"), null=True, blank=True)
    #: When its person was asked to confirm it.
    asked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    last_tested_at = models.DateTimeField(null=True, blank=True)
    last_result = models.CharField(max_length=8, choices=Result.choices, blank=True, default=Result.UNKNOWN)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("created_at",)
        verbose_name = _("way to reach a person")
        verbose_name_plural = _("ways to reach people")

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


# The parts' tables belong to this room; they name ours as text, so they come last.
from companion.circle.organisations import models as organisations  # noqa: E402, F401
from companion.circle.webhooks import models as webhooks  # noqa: E402, F401
