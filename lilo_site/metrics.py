"""What Lilo counts and times, for Prometheus. Labels are words of ours, never a person's."""

from __future__ import annotations

import ipaddress

from django.http import Http404, HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest


def page(request: HttpRequest) -> HttpResponse:
    """The metrics: for a scraper on this machine or an operator who is signed in; to anyone else, not there."""
    if not (_from_this_machine(request) or (request.user.is_authenticated and request.user.is_staff)):
        raise Http404
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: HttpRequest) -> bool:
    if "X-Forwarded-For" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False
