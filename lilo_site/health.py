"""Whether Lilo is alive, and whether it can serve."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpRequest, JsonResponse

from companion.safety.selectors import alerts_health
from lilo_site.stores import probe_all


async def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the event loop answers. Nothing else is asked."""
    return JsonResponse({"status": "ok"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: every store that is configured answers, and knowledge is published. 503 names what does not."""
    checks = await probe_all()
    ready = all(check.ok for check in checks)
    body = {"status": "ok" if ready else "unavailable", "checks": {check.name: check.as_json() for check in checks}}
    return JsonResponse(body, status=200 if ready else 503)


def healthz_alerts(request: HttpRequest) -> JsonResponse:
    """Whether alerts go out: 503 when no relay is alive or one waits too long. Point a pager at this."""
    health = alerts_health()
    return JsonResponse(asdict(health), status=200 if health.ok else 503)
