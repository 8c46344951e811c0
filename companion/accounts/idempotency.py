"""The same request sent twice is carried out once: writes of the API that bear an `Idempotency-Key`.

The answer is kept for 72 hours and given again, to the same person only. The conversation, the call for help and the
check-in, which may be one, keep their own keys: they must not wait until a try that was cut off counts as over.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

from asgiref.sync import iscoroutinefunction
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from companion.accounts.api_auth import user_of
from companion.accounts.models import KeptAnswer, User
from lilo_site.api_errors import Problem, problem_response
from lilo_site.threads import in_thread

LONGEST_KEY = 255
#: One character a byte: whatever the answer is, it comes back as it was.
BYTES = "latin-1"
#: After so long, a request that never got its answer was cut off: it may be tried again.
CUT_OFF = timedelta(seconds=90)
WRITES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
API = "/api/v1/"
OWN_KEYS = re.compile(r"/api/v1/(chat/message|help|seniors/[^/]+/check-in)")
#: What may turn out otherwise next time is not kept.
PASSING = frozenset({401, 403, 408, 409, 429})
Handler = Callable[[HttpRequest], HttpResponseBase | Awaitable[HttpResponseBase]]


@sync_and_async_middleware
def keep_answers(get_response: Handler) -> Handler:
    """Middleware: give the kept answer where there is one, else keep the one that is made."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponseBase:
            if not _concerns(request):
                response: HttpResponseBase = await get_response(request)
                return response
            kept = await in_thread(_begin, request)
            if not isinstance(kept, KeptAnswer):
                return kept or await get_response(request)
            response = await get_response(request)
            return await in_thread(_end, kept, response)

        return handle_async

    def handle(request: HttpRequest) -> HttpResponseBase:
        kept = _begin(request) if _concerns(request) else None
        if not isinstance(kept, KeptAnswer):
            return kept or get_response(request)  # type: ignore[return-value]
        return _end(kept, get_response(request))  # type: ignore[arg-type]

    return handle


def _concerns(request: HttpRequest) -> bool:
    is_write = request.method in WRITES and request.path.startswith(API) and not OWN_KEYS.fullmatch(request.path)
    return is_write and "Idempotency-Key" in request.headers


def _begin(request: HttpRequest) -> KeptAnswer | HttpResponse | None:
    """A row to keep the answer in; or the answer itself; or None, where nobody is signed in and the view refuses."""
    key = request.headers["Idempotency-Key"]
    if not key or len(key) > LONGEST_KEY:
        return problem_response(Problem(400, "bad_key", f"An Idempotency-Key has 1 to {LONGEST_KEY} characters."))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    user = user_of(token) if scheme.lower() == "bearer" else None
    if user is None:
        return None
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    key_digest = hashlib.sha256(key.encode()).hexdigest()
    try:
        with transaction.atomic():
            return KeptAnswer.objects.create(user=user, key_digest=key_digest, request_digest=digest)
    except IntegrityError:
        return _again(user, key_digest, digest)


def _again(user: User, key_digest: str, digest: str) -> KeptAnswer | HttpResponse:
    kept = KeptAnswer.objects.filter(user=user, key_digest=key_digest).first()
    if kept is not None and kept.request_digest != digest:
        return problem_response(Problem(422, "key_reused", "This key was used for another request. Use a new one."))
    if kept is not None and kept.status is not None:
        response = HttpResponse(kept.body.encode(BYTES), status=kept.status, content_type=kept.content_type)
        response["Idempotent-Replayed"] = "true"
        return response
    now = timezone.now()
    mine = KeptAnswer.objects.filter(user=user, key_digest=key_digest, status=None, begun_at__lt=now - CUT_OFF)
    if kept is not None and mine.update(begun_at=now):
        return kept
    return problem_response(Problem(409, "in_progress", "This request is being carried out. Ask again.", retry_after=1))


def _end(kept: KeptAnswer, response: HttpResponseBase) -> HttpResponseBase:
    passing = response.status_code >= 500 or response.status_code in PASSING
    if passing or not isinstance(response, HttpResponse):
        kept.delete()
        return response
    kept.status, kept.body = response.status_code, response.content.decode(BYTES)
    kept.content_type = response.headers.get("Content-Type", "")
    kept.save(update_fields=["status", "body", "content_type"])
    return response
