"""What changes an account: each function checks who may, writes one audit row, and saves in one transaction."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.backends.db import SessionStore
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from companion.accounts import access, audit, events, passes, sign_ins
from companion.accounts.models import (
    ErasureCertificate,
    KeptAnswer,
    Kind,
    LimitBucket,
    RefreshFamily,
    RefreshToken,
    SignInPass,
    User,
)

log = logging.getLogger(__name__)
VERIFY_SALT = "companion.accounts.verify"
VERIFY_SECONDS = 3 * 24 * 60 * 60
KEEP_ENDED = timedelta(days=30)
#: From closing an account to erasing what it held.
ERASE_AFTER = timedelta(days=30)


def create_user(
    *,
    username: str,
    full_name: str,
    password: str | None = None,
    kind: str = Kind.FAMILY,
    by: User | None = None,
    **details: Any,
) -> User:
    """Open an account.

    Args:
        username: three to forty letters or digits; lower case is made of capitals.
        full_name: as the person writes it.
        password: None for a senior who signs in by link or code only.
        kind: senior, family, staff or curator.
        by: who opens it; None where people do it themselves.
        **details: further fields, as `email`, `phone`, `time_zone`, `language`, `country`, `is_staff`.

    Raises:
        ValidationError: something is missing, malformed or in use by another; its messages are for people, by field.
    """
    user = User(username=username, full_name=full_name.strip(), kind=kind, **details)
    _check_person(user, password)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record(by or user, "account.opened", "account", user.pk, subject=user, kind=user.kind)
            events.account_opened(user)
    # Another took the name, address or number in the same moment, or left it with a closed account.
    except IntegrityError:
        raise ValidationError(
            {"username": "Somebody already uses this name, e-mail address or phone number."}
        ) from None
    return user


def _check_person(user: User, password: str | None) -> None:
    """Refuse whatever is wrong with a new person, all of it at once."""
    problems: dict[str, list[ValidationError]] = {}
    checks = [partial(user.full_clean, exclude={"password"})]
    if password is not None:
        checks.append(partial(check_new_password, password, user))
    for check in checks:
        try:
            check()
        except ValidationError as error:
            error.update_error_dict(problems)
    if problems:
        raise ValidationError(problems)


def check_new_password(password: str, user: User) -> None:
    """Refuse a weak password.

    Raises:
        ValidationError: under `password`, what to change.
    """
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error}) from None


@transaction.atomic
def change_password(user: User, password: str) -> None:
    """Set a new password, already checked, and end every sign-in that began with the old one."""
    user.set_password(password)
    _end_everything(user, "new_password", also=["password"])
    audit.record(user, "password.changed", "account", user.pk, subject=user)


@transaction.atomic
def sign_out_everywhere(user: User) -> None:
    """End every session and app sign-in of the user, this one included."""
    _end_everything(user, "by_owner")
    audit.record(user, "sign_in.all_revoked", "account", user.pk, subject=user)


@transaction.atomic
def close_account(user: User, *, by: User, now: datetime | None = None) -> None:
    """Hide the account at once and end its sign-ins; erasing what it holds comes later.

    Raises:
        PermissionDenied: it is neither one's own nor is `by` an operator.
    """
    if by.pk != user.pk and not by.is_superuser:
        raise PermissionDenied
    user.deleted_at, user.is_active = now or timezone.now(), False
    _end_everything(user, "closed", also=["deleted_at", "is_active"])
    SignInPass.objects.filter(senior=user, used_at=None).delete()
    audit.record(by, "account.closed", "account", user.pk, subject=user)
    events.account_changed(user.pk)


@transaction.atomic
def reopen_account(user: User) -> None:
    """Bring a closed account back, for an operator at the server, before it is erased. The person signs in anew.

    Raises:
        PermissionDenied: it is not closed, or its address or number is another's by now.
    """
    same_email = Q(email_index=user.email_index) & ~Q(email_index="")
    same_phone = Q(phone_index=user.phone_index) & ~Q(phone_index="")
    if user.deleted_at is None or User.objects.filter(same_email | same_phone).exists():
        raise PermissionDenied
    user.deleted_at, user.is_active = None, True
    user.save(update_fields=["deleted_at", "is_active"])
    audit.record(None, "account.reopened", "account", user.pk, subject=user)
    events.account_changed(user.pk)


def erase_closed_accounts(*, now: datetime | None = None, limit: int = 20) -> int:
    """Erase for good what was closed a month ago, and write a certificate for each; how many. Safe to run twice.

    Everything about a person hangs on their row, or is taken away by who listens; the audit log and the access log
    name them by id only and stay.
    """
    now = now or timezone.now()
    due = User.everyone.filter(deleted_at__lt=now - ERASE_AFTER).order_by("deleted_at").values_list("pk", flat=True)
    number = 0
    for key in list(due[:limit]):
        try:
            number += _erase(key, now)
        except Exception:  # an outer edge: one who cannot be erased now must never hold up the others
            log.exception("an account could not be erased; it is tried again", extra={"person": str(key)})
    return number


@transaction.atomic
def _erase(key: UUID, now: datetime) -> bool:
    user = User.everyone.select_for_update(of=("self",)).filter(pk=key, deleted_at__lt=now - ERASE_AFTER).first()
    if user is None or user.deleted_at is None:
        return False
    closed_at = user.deleted_at
    events.about_to_erase(key)
    _, counts = user.delete()
    ErasureCertificate.objects.create(person_id=key, closed_at=closed_at, erased_at=now, counts=counts)
    audit.record(None, "account.erased", "account", key, subject=key, rows=sum(counts.values()))
    return True


def _end_everything(user: User, because: str, *, also: list[str] | None = None) -> None:
    user.auth_epoch += 1
    user.save(update_fields=["auth_epoch", *(also or [])])
    sign_ins.end_all(user, because=because)
    events.revoked_on_commit(user.pk)


def issue_sign_in_code(senior: User, by: User) -> str:
    """A short code, as `ABCD-EFGH`, that lets the senior in once within 15 minutes. Earlier codes stop working.

    Raises:
        PermissionDenied: `by` may not hand it over: see `access.may_hand_over`.
    """
    return passes.grouped(_issue(senior, by, SignInPass.Form.CODE))


def issue_sign_in_link(senior: User, by: User) -> str:
    """The token of a link that lets the senior in once within 24 hours: the path is `reverse("sign-in-link")` of it.

    Raises:
        PermissionDenied: `by` may not hand it over: see `access.may_hand_over`.
    """
    return _issue(senior, by, SignInPass.Form.LINK)


@transaction.atomic
def _issue(senior: User, by: User, form: SignInPass.Form) -> str:
    if not access.may_hand_over(senior, by):
        raise PermissionDenied
    SignInPass.objects.filter(senior=senior, form=form, used_at=None).delete()
    secret, now = passes.make(form), timezone.now()
    issued = SignInPass.objects.create(
        senior=senior,
        form=form,
        digest=passes.digest(form, secret),
        made_by=by,
        expires_at=now + SignInPass.LIFE[form],
    )
    audit.record(by, "sign_in_pass.issued", "sign_in_pass", issued.pk, subject=senior, form=form.value)
    return secret


@transaction.atomic
def redeem_pass(form: SignInPass.Form, secret: str, *, now: datetime | None = None) -> User | None:
    """Use up a code or a link's token: the senior it lets in, or None where it is unknown, used or too old."""
    now = now or timezone.now()
    digest = passes.digest(form, secret)
    waiting = SignInPass.objects.filter(digest=digest, used_at=None, expires_at__gt=now)
    if not waiting.update(used_at=now):  # the row count decides: of two who come at once, one gets in
        return None
    used = SignInPass.objects.select_related("senior").get(digest=digest)
    senior = used.senior
    if senior.deleted_at is not None or not senior.is_active or not senior.is_senior:
        return None
    audit.record(senior, "sign_in_pass.used", "sign_in_pass", used.pk, subject=senior, form=form.value)
    return senior


def verification_token(user: User) -> str:
    """What the link in a verification mail carries; it stops working when the address changes."""
    return signing.dumps([str(user.pk), user.email_index], salt=VERIFY_SALT)


def user_to_verify(token: str) -> User | None:
    """The person whose address a verification link is about, or None where the link is wrong or older than 3 days."""
    try:
        user_id, index = signing.loads(token, salt=VERIFY_SALT, max_age=VERIFY_SECONDS)
    except signing.BadSignature:
        return None
    return User.objects.filter(pk=user_id, email_index=index).exclude(email_index="").first()


@transaction.atomic
def verify_email(user: User) -> None:
    """Note that the person reads mail sent to the address."""
    if not user.is_verified:
        user.is_verified = True
        user.save(update_fields=["is_verified"])
        audit.record(user, "email.verified", "account", user.pk, subject=user)


def forget_old_sign_ins(*, now: datetime | None = None) -> None:
    """Remove the sign-ins, codes and limits that ended a month ago, kept answers and sessions whose time is over.

    The audit log still tells of them.
    """
    long_ago = (now or timezone.now()) - KEEP_ENDED
    RefreshFamily.objects.filter(Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)).delete()
    RefreshToken.objects.filter(expires_at__lt=long_ago).delete()
    SignInPass.objects.filter(expires_at__lt=long_ago).delete()
    LimitBucket.objects.filter(filled_at__lt=long_ago).delete()
    KeptAnswer.objects.filter(begun_at__lt=(now or timezone.now()) - KeptAnswer.LIFE).delete()
    SessionStore.clear_expired()
