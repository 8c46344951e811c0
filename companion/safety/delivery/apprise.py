"""Text messages, push and chat services: whatever Apprise knows."""

from __future__ import annotations

import logging
from types import ModuleType
from urllib.parse import quote

from django.conf import settings

from companion.safety.delivery.port import Letter, Outcome

log = logging.getLogger(__name__)
CONNECT_WITHIN, READ_WITHIN = 3, 6
#: Services of Apprise that pass headers on to a server of one's own.
TAKE_HEADERS = ("json", "jsons", "form", "forms", "xml", "xmls")


def send(letter: Letter) -> Outcome:
    """Send to an Apprise address."""
    apprise = load()
    service = apprise.Apprise()
    if not service.add(_with_limits(letter)):
        return Outcome("bad_address")
    taken = service.notify(title=letter.subject, body=letter.body, body_format=apprise.NotifyFormat.TEXT)
    if not taken:
        log.warning("a message was not taken", extra={"delivery": str(letter.key), "channel": letter.channel})
    return Outcome() if taken else Outcome("refused")


def load() -> ModuleType:
    """Apprise itself. It knows over a hundred services and takes a second to load: only the relay ever does."""
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines name people's numbers and addresses
    return apprise


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
