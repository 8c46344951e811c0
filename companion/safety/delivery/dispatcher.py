"""A service that takes emergency calls: one signed request; only its clear yes counts as taken.

The request is JSON. `Lilo-Signature: t=<unix seconds>,v1=<hex>` is HMAC-SHA256 of `<t>.<body>` under the shared secret,
and `Idempotency-Key` stays the same at every attempt. The answer must be 2xx with `{"accepted": true}`.
"""

from __future__ import annotations

import json
import logging
import time

import httpx
from django.conf import settings

from companion.circle.webhooks.signing import signature
from companion.safety.delivery.port import PATIENCE, Letter, Outcome

log = logging.getLogger(__name__)
LONGEST_WAIT = 60.0
LONGEST_ANSWER = 64 * 1024


def send(letter: Letter) -> Outcome:
    """Hand an alert to the service."""
    body = json.dumps(letter.details).encode()
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(letter.key),
        "Lilo-Signature": signature(body, secret=settings.DISPATCHER_SECRET, at=int(time.time())),
    }
    try:
        response, answer = _post(body, headers)
        accepted = response.is_success and json.loads(answer).get("accepted") is True
    except (httpx.TimeoutException, TimeoutError):
        return Outcome("timeout")
    except (httpx.HTTPError, ValueError, AttributeError):
        log.warning("the dispatcher's answer cannot be used", extra={"delivery": str(letter.key)}, exc_info=True)
        return Outcome("refused")
    return Outcome() if accepted else Outcome("refused", _retry_after(response))


def _post(body: bytes, headers: dict[str, str]) -> tuple[httpx.Response, bytes]:
    """One request within `PATIENCE` in all: a service that drips its answer does not hold the line."""
    ends, answer = time.monotonic() + PATIENCE, b""
    with httpx.stream("POST", settings.DISPATCHER_URL, content=body, headers=headers, timeout=PATIENCE) as response:
        for chunk in response.iter_bytes():
            answer += chunk
            if time.monotonic() > ends or len(answer) > LONGEST_ANSWER:
                raise TimeoutError
    return response, answer


def _retry_after(response: httpx.Response) -> float | None:
    value = response.headers.get("Retry-After", "")
    return min(float(value), LONGEST_WAIT) if value.isdigit() else None
