"""E-mail, by Django's own backend."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from companion.safety.delivery.port import Letter, Outcome

log = logging.getLogger(__name__)


def send(letter: Letter) -> Outcome:
    """Send one mail. Its Message-ID is the letter's key, by which mail programs know a repeat."""
    site = settings.SITE_URL.rpartition("/")[2].partition(":")[0]
    headers = {"Message-ID": f"<{letter.key}@{site}>", "X-Priority": "1", "Auto-Submitted": "auto-generated"}
    try:
        EmailMessage(letter.subject, letter.body, to=[letter.address], headers=headers).send()
    except TimeoutError:
        return Outcome("timeout")
    except (OSError, SMTPException):
        log.warning("a mail was not taken", extra={"delivery": str(letter.key)}, exc_info=True)
        return Outcome("refused")
    return Outcome()
