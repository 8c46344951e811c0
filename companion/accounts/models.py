"""People, the ways they sign in, and the record of what was done."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, ClassVar, NoReturn
from uuid import uuid4

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from companion.accounts import rules
from companion.accounts.fields import BlindIndexField, EncryptedTextField, blind_index


class Kind(models.TextChoices):
    """What a person is to Lilo."""

    SENIOR = "senior", _("Senior")
    FAMILY = "family", _("Family")
    STAFF = "staff", _("Facility staff")
    CURATOR = "curator", _("Curator")


class UserManager(BaseUserManager["User"]):
    """People who are here: those whose account is closed are hidden."""

    def get_queryset(self) -> models.QuerySet[User]:
        """All but closed accounts."""
        return super().get_queryset().filter(deleted_at__isnull=True)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a person by user name, however it was typed."""
        return self.get(username=rules.normal_username(username or ""))

    def get_by_email(self, email: str) -> User:
        """Find a person by e-mail address, through its blind index."""
        return self.get(email_index=_index("email", rules.normal_email(email)))

    def get_by_phone(self, phone: str, *, country: str) -> User:
        """Find a person by phone number, through its blind index."""
        return self.get(phone_index=_index("phone", rules.normal_phone(phone, country)))

    def create_user(self, username: str, password: str | None = None, **details: Any) -> User:
        """Store a person unchecked, for Django's own commands; everyone else calls `actions.create_user`."""
        user = self.model(username=username, **details)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **details: Any) -> User:
        """Store an operator, who may do everything in the admin."""
        operator = {"kind": Kind.STAFF, "is_staff": True, "is_superuser": True}
        return self.create_user(username, password, **{**details, **operator})


def _index(column: str, value: str) -> str:
    return blind_index(f"{User._meta.db_table}.{column}", value)


class User(AbstractBaseUser, PermissionsMixin):
    """A person. E-mail and phone are encrypted; `email_index` and `phone_index` find them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    username = models.CharField(_("user name"), max_length=40, unique=True, validators=[rules.check_username])
    full_name = models.CharField(_("full name"), max_length=120)
    email = EncryptedTextField(_("e-mail"), blank=True, default="", validators=[rules.check_email])
    email_index = BlindIndexField(of="email", db_index=True)
    phone = EncryptedTextField(_("phone"), blank=True, default="")
    phone_index = BlindIndexField(of="phone", db_index=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.FAMILY)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[rules.check_time_zone])
    language = models.CharField(_("language"), max_length=20, default="en", validators=[rules.check_language])
    country = models.CharField(_("country"), max_length=2, default="US", validators=[rules.check_country])
    is_verified = models.BooleanField(_("e-mail verified"), default=False)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may use the admin"), default=False)
    #: Raised when every sign-in must end. Tokens and sessions carry the one they began with.
    auth_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()
    #: Everyone, closed accounts included: for erasure, restoring and operators.
    everyone: ClassVar[models.Manager[User]] = models.Manager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]

    class Meta:
        ordering = ("username",)
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = (
            models.CheckConstraint(condition=Q(username=Lower("username")), name="user_username_lower"),
            models.UniqueConstraint(
                fields=("email_index",), condition=Q(deleted_at=None) & ~Q(email_index=""), name="user_email_once"
            ),
            models.UniqueConstraint(
                fields=("phone_index",), condition=Q(deleted_at=None) & ~Q(phone_index=""), name="user_phone_once"
            ),
        )

    def __str__(self) -> str:
        return self.full_name or self.username

    @property
    def is_senior(self) -> bool:
        """Whether Lilo is here for this person."""
        return self.kind == Kind.SENIOR

    @property
    def short_name(self) -> str:
        """What to call the person."""
        return self.full_name.split(" ")[0] or self.username

    def get_full_name(self) -> str:
        """The whole name, for Django's own pages."""
        return self.full_name

    def get_short_name(self) -> str:
        """The first name, for Django's own pages."""
        return self.short_name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Write name, address and number in their one spelling before each is checked."""
        try:
            self._write_normally()
        except ValidationError as error:
            raise ValidationError({"phone": error}) from None
        super().clean_fields(exclude)

    def clean(self) -> None:
        """Refuse an address or number that another person uses: the database would, in less kind words."""
        others = User.objects.exclude(pk=self.pk)
        if self.email and others.filter(email_index=_index("email", self.email)).exists():
            raise ValidationError({"email": _("Somebody already uses this e-mail address. You can sign in with it.")})
        if self.phone and others.filter(phone_index=_index("phone", self.phone)).exists():
            raise ValidationError({"phone": _("Somebody already uses this phone number.")})

    def unique_error_message(self, model_class: type[models.Model], unique_check: Any) -> ValidationError:
        """What to do about a user name that is taken."""
        if tuple(unique_check) == ("username",):
            return ValidationError(_("Somebody already uses this name. Please choose another."), code="unique")
        return super().unique_error_message(model_class, unique_check)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **options: Any) -> None:
        """Save, with each blind index beside its field."""
        self._write_normally()
        if update_fields is not None:
            named = set(update_fields)
            update_fields = named | {f"{name}_index" for name in ("email", "phone") if name in named} | {"updated_at"}
        super().save(*args, update_fields=update_fields, **options)

    def _write_normally(self) -> None:
        self.username = rules.normal_username(self.username)
        self.email = rules.normal_email(self.email)
        self.phone = rules.normal_phone(self.phone, self.country)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Sessions end with a new password and with a raised epoch."""
        salt, value = "companion.accounts.session", f"{self.password}|{self.auth_epoch}"
        return salted_hmac(salt, value, secret=secret, algorithm="sha256").hexdigest()


class RefreshFamily(models.Model):
    """One sign-in of an app, as its person sees it: a chain of refresh tokens, each the successor of the last."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    device = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_because = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("-last_used_at",)
        indexes = (models.Index(fields=("user", "revoked_at")),)

    def __str__(self) -> str:
        return f"sign-in {self.id}"


class RefreshToken(models.Model):
    """One refresh token, known by its SHA-256 only."""

    family = models.ForeignKey(RefreshFamily, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    #: Fingerprint of the client that used it, which alone may ask again within the grace.
    used_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"refresh token {self.pk}"


class SignInPass(models.Model):
    """A short code or a link that lets one senior in, once. Only its keyed fingerprint is kept."""

    class Form(models.TextChoices):
        """How it is handed over."""

        CODE = "code", _("Code")
        LINK = "link", _("Link")

    LIFE: ClassVar[dict[str, timedelta]] = {Form.CODE: timedelta(minutes=15), Form.LINK: timedelta(hours=24)}

    senior = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_in_passes")
    form = models.CharField(max_length=4, choices=Form.choices)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"sign-in {self.form} {self.pk}"


class LimitBucket(models.Model):
    """A rate limit's level, kept here only while Redis is configured and does not answer."""

    key = models.CharField(primary_key=True, max_length=64)
    level = models.FloatField()
    filled_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"limit {self.key[:8]}"


class KeptAnswer(models.Model):
    """The API's answer to one write that bore an `Idempotency-Key`, to be given again. None of it is in clear."""

    LIFE: ClassVar[timedelta] = timedelta(hours=72)

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key_digest = models.CharField(max_length=64)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = EncryptedTextField(blank=True, default="")
    begun_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("user", "key_digest"), name="one_answer_a_key"),)

    def __str__(self) -> str:
        return f"kept answer {self.pk}"


class ErasureCertificate(models.Model):
    """Shows that all that was held about a person has been erased. It names them by an id that leads nowhere now."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    person_id = models.UUIDField(unique=True)
    closed_at = models.DateTimeField()
    erased_at = models.DateTimeField()
    #: How many rows of each table went.
    counts = models.JSONField(default=dict)

    class Meta:
        ordering = ("-erased_at",)
        verbose_name = _("certificate of erasure")
        verbose_name_plural = _("certificates of erasure")

    def __str__(self) -> str:
        return f"erasure {self.person_id}"


class AppendOnlyError(Exception):
    """Somebody tried to change or remove what must stay as it was written."""


class AuditQuerySet(models.QuerySet["AuditLog"]):
    """Audit rows can be read and added; nothing else."""

    def update(self, **changes: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("Audit rows are never changed.")

    def delete(self) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("Audit rows are never removed.")


class AuditLog(models.Model):
    """Who did what to whose data, and when. It names people by id only, so it may outlive them."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    at = models.DateTimeField(auto_now_add=True)
    actor_id = models.UUIDField(null=True)
    subject_id = models.UUIDField(null=True)
    action = models.CharField(max_length=64)
    resource_type = models.CharField(max_length=64)
    resource_id = models.CharField(max_length=64, blank=True)
    details = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = (
            models.Index(fields=("actor_id", "-at")),
            models.Index(fields=("subject_id", "-at")),
            models.Index(fields=("action", "-at")),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.resource_type}"

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; refuse to change one.

        Raises:
            AppendOnlyError: the row is already stored.
        """
        if not self._state.adding:
            raise AppendOnlyError("Audit rows are never changed.")
        super().save(*args, **{**options, "force_insert": True})

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refused."""
        raise AppendOnlyError("Audit rows are never removed.")
