"""Turning notices on in a browser, and what the browser says when one arrives."""

from __future__ import annotations

from pathlib import Path
from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from companion.accounts.models import User
from companion.circle.push import actions, rules
from companion.circle.refusals import RefusedError

WORKER = "lilo/service-worker.js"
LONGEST_TOKEN = 500


@require_safe
@never_cache
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that a browser keeps and wakes for a notice. It must come from the root to serve the whole site."""
    script = Path(str(finders.find(WORKER))).read_text(encoding="utf-8")
    answer = HttpResponse(script.replace("{icon}", static("lilo/favicon.svg")), content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/"
    return answer


@login_required
@require_safe
@never_cache
def how(request: HttpRequest) -> JsonResponse:
    """What a browser needs to turn notices on: our key, and which subscriptions are this person's already."""
    if not settings.WEB_PUSH_PRIVATE_KEY:
        raise Http404
    person = cast(User, request.user)
    key = rules.public_key(settings.WEB_PUSH_PRIVATE_KEY)
    return JsonResponse({"key": key, "known": actions.known_browsers(person)})


@login_required
@require_POST
def subscribe(request: HttpRequest) -> JsonResponse:
    """Turn notices on in this browser."""
    try:
        actions.subscribe(cast(User, request.user), request.body[: rules.LONGEST])
    except RefusedError as refusal:
        return JsonResponse({"message": str(refusal)}, status=422)
    return JsonResponse({}, status=201)


@csrf_exempt  # a service worker has no page to take a token from; the message itself carries a signed one
@require_POST
def arrived(request: HttpRequest) -> HttpResponse:
    """A message has come to the browser."""
    is_known = actions.arrived(request.POST.get("token", "")[:LONGEST_TOKEN])
    return HttpResponse(status=204 if is_known else 404)


@login_required
@require_POST
def tell_more(request: HttpRequest, point_id: UUID) -> HttpResponse:
    """Choose what a locked screen shows."""
    actions.tell_more(cast(User, request.user), point_id, is_on=request.POST.get("more") == "yes")
    messages.success(request, "Done. It counts from the next message.")
    return redirect("reach")
