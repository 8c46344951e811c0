"""Text messages, push and chat services: whatever Apprise knows."""

from __future__ import annotations

import logging
from urllib.parse import quote

from django.conf import settings

from companion.safety.delivery.port import Letter, Outcome

log = logging.getLogger(__name__)
CONNECT_WITHIN, READ_WITHIN = 3, 6
#: Services of Apprise that pass headers on to a server of one's own.
TAKE_HEADERS = ("json", "jsons", "form", "forms", "xml", "xmls")


def send(letter: Letter) -> Outcome:
    """Send to an Apprise address."""
    from apprise import Apprise, NotifyFormat  # knows over a hundred services: only when one is really used

    service = Apprise()
    if not service.add(_with_limits(letter)):
        return Outcome("bad_address")
    taken = service.notify(title=letter.subject, body=letter.body, body_format=NotifyFormat.TEXT)
    return Outcome() if taken else Outcome("refused")


def send_sms(letter: Letter) -> Outcome:
    """Send a text message through the installation's own service, `SMS_URL`."""
    if not settings.SMS_URL:
        return Outcome("no_service")
    address = settings.SMS_URL.replace("{number}", quote(letter.address, safe="+"))
    return send(Letter(letter.key, letter.channel, address, "", f"{letter.subject}. {letter.body}", letter.details))


def _with_limits(letter: Letter) -> str:
    address = letter.address
    joint = "&" if "?" in address else "?"
    limits = f"{joint}cto={CONNECT_WITHIN}&rto={READ_WITHIN}"
    if address.partition("://")[0].lower() in TAKE_HEADERS:
        limits += f"&+Idempotency-Key={letter.key}"
    return address + limits
