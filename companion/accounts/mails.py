"""Mails about accounts. They leave by a task, so a page answers as fast for an unknown address as for a known one."""

from __future__ import annotations

import logging
from functools import partial

from celery import current_app
from celery.exceptions import OperationalError
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from companion.accounts import actions
from companion.accounts.models import User

log = logging.getLogger(__name__)
VERIFY_TASK = "accounts.mail_verification"
RESET_TASK = "accounts.mail_reset"


def queue(task: str, user: User, site: str) -> None:
    """Queue a mail once the transaction is through.

    Args:
        task: `VERIFY_TASK` or `RESET_TASK`.
        user: to whom.
        site: where the person is, as `https://lilo.example`; the mail's link leads back there.
    """
    transaction.on_commit(partial(_publish, task, str(user.pk), site))


def _publish(task: str, user_id: str, site: str) -> None:
    try:
        current_app.signature(task, args=[user_id, site]).apply_async()
    except OperationalError:
        log.exception("a mail could not be queued: the person has to ask for it again", extra={"task": task})


def send_verification(user_id: str, site: str) -> None:
    """Send the link that verifies an address; nothing where the person is gone or the address is verified."""
    user = User.objects.filter(pk=user_id, is_verified=False).first()
    if user is not None and user.email:
        link = site + reverse("verify-email", args=[actions.verification_token(user)])
        _send(user, "Your e-mail address for Lilo", "accounts/mail/verify.txt", link)


def send_reset(user_id: str, site: str) -> None:
    """Send the link that lets a person choose a new password; nothing where the person is gone."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is not None and user.email:
        key = urlsafe_base64_encode(force_bytes(user.pk))
        path = reverse("password-reset-confirm", args=[key, default_token_generator.make_token(user)])
        _send(user, "A new password for Lilo", "accounts/mail/reset.txt", site + path)


def _send(user: User, subject: str, template: str, link: str) -> None:
    send_mail(subject, render_to_string(template, {"person": user, "link": link}), None, [user.email])
