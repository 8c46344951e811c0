"""Notices on phones and computers by Web Push (RFC 8030, 8291, 8292): encrypted for the one browser, signed by us.

A locked screen shows it to anyone, so it says only that there is something, unless its person chose to be told more.
"""

from __future__ import annotations

import json
import logging
import re
import time
from http import HTTPStatus
from urllib.parse import urlsplit

import httpx
import jwt
from django.conf import settings

from companion.circle.push.rules import is_push_service, public_key
from companion.safety.delivery.port import GONE, PATIENCE, Letter, Outcome

log = logging.getLogger(__name__)
#: Seconds that a push service keeps it for a phone that is off.
URGENT_LIFE, CALM_LIFE = 4 * 3600, 24 * 3600
#: Seconds for which our signature is good; a day is the most allowed.
SIGNATURE_LIFE = 6 * 3600
LONGEST_WAIT = 60.0
CONNECT_WITHIN = 3.0
NO_SUCH_BROWSER = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
LINK = re.compile(r"https?://\S+")


def send(letter: Letter) -> Outcome:
    """Send a letter to one browser. `gone` is the outcome where the browser has turned notices off for good."""
    if not settings.WEB_PUSH_PRIVATE_KEY:
        return Outcome("no_service")
    subscription = json.loads(letter.address)
    endpoint = subscription["endpoint"]
    if not is_push_service(endpoint, settings.WEB_PUSH_HOSTS):
        return Outcome("bad_address")
    try:
        status, retry_after = _post(endpoint, _sealed(subscription, _notice(letter)), _headers(letter, endpoint))
    except (httpx.TimeoutException, TimeoutError):
        return Outcome("timeout")
    except httpx.HTTPError:
        log.warning("a push service does not answer", extra={"delivery": str(letter.key)}, exc_info=True)
        return Outcome("refused")
    if status in NO_SUCH_BROWSER:
        return Outcome(GONE)
    if status >= HTTPStatus.MULTIPLE_CHOICES:  # a redirect too: nobody but the push service itself is called
        log.warning("a push service refused", extra={"delivery": str(letter.key), "status": status})
        return Outcome("refused", retry_after)
    return Outcome()


def load() -> None:
    """Load what encrypts, so that the first alert does not wait for it."""
    import pywebpush  # noqa: F401


def _notice(letter: Letter) -> bytes:
    """What the service worker shows, and where a press leads."""
    details = letter.details
    is_urgent = details.get("urgent", True)
    if details.get("tells_more"):
        title, body = letter.subject, LINK.sub("", letter.body).strip()
    else:
        title = "Lilo: please open now" if is_urgent else "Lilo: please open"
        title, body = (f"{title} (drill)" if details.get("drill") else title), ""
    found = LINK.search(letter.body)
    notice = {
        "title": title,
        "body": body,
        "path": urlsplit(found[0]).path if found else "/",
        "tag": _topic(letter),
        "urgent": is_urgent,
        "token": details.get("token", ""),
    }
    return json.dumps(notice).encode()


def _topic(letter: Letter) -> str:
    """Messages of one topic replace each other: a phone that was off gets the newest call of an alert, once."""
    return str(letter.details.get("topic") or letter.key.hex)


def _headers(letter: Letter, endpoint: str) -> dict[str, str]:
    is_urgent = letter.details.get("urgent", True)
    parts = urlsplit(endpoint)
    claims = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int(time.time()) + SIGNATURE_LIFE,
        "sub": settings.WEB_PUSH_SUBJECT,
    }
    signed = jwt.encode(claims, settings.WEB_PUSH_PRIVATE_KEY, algorithm="ES256")
    return {
        "Authorization": f"vapid t={signed}, k={public_key(settings.WEB_PUSH_PRIVATE_KEY)}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(URGENT_LIFE if is_urgent else CALM_LIFE),
        "Urgency": "high" if is_urgent else "normal",
        "Topic": _topic(letter),
    }


def _sealed(subscription: dict[str, object], notice: bytes) -> bytes:
    from pywebpush import WebPusher

    body: bytes = WebPusher(subscription).encode(notice, "aes128gcm")["body"]
    return body


def _post(endpoint: str, body: bytes, headers: dict[str, str]) -> tuple[int, float | None]:
    """One request within `PATIENCE` in all; the answer's status, and how long it asks to wait."""
    limits = httpx.Timeout(PATIENCE - CONNECT_WITHIN, connect=CONNECT_WITHIN)
    with httpx.stream("POST", endpoint, content=body, headers=headers, timeout=limits) as response:
        wait = response.headers.get("Retry-After", "")
        return response.status_code, min(float(wait), LONGEST_WAIT) if wait.isdigit() else None
