"""What every request gets: a trace id, taken in or made, and given back; and the API's answers their ETags."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.http import ConditionalGetMiddleware
from django.utils.cache import patch_cache_control
from django.utils.decorators import sync_and_async_middleware

from lilo_site.logs import new_trace_id, trace_id

ACCEPTED = re.compile(r"[0-9a-f]{32}")
Handler = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]


@sync_and_async_middleware
def trace(get_response: Handler) -> Handler:
    """Set the trace id from `X-Trace-Id`, or a fresh one, and answer with it."""

    def begin(request: HttpRequest) -> str:
        given = request.headers.get("X-Trace-Id", "")
        if not ACCEPTED.fullmatch(given):
            return new_trace_id()
        trace_id.set(given)
        return given

    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponse:
            current = begin(request)
            response: HttpResponse = await get_response(request)
            response["X-Trace-Id"] = current
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponse:
        current = begin(request)
        response: HttpResponse = get_response(request)  # type: ignore[assignment]
        response["X-Trace-Id"] = current
        return response

    return handle


class ContentPolicy(CSPMiddleware):
    """Pages run scripts and styles of our own only, so words that came in from outside can do nothing."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The admin's components set inline styles and evaluate attributes; scripts within a page do not run there."""
        if request.path.startswith("/admin/"):
            response._csp_replace = {  # type: ignore[attr-defined]  # as the library's decorators do
                "script-src": [SELF, UNSAFE_EVAL],
                "style-src": [SELF, UNSAFE_INLINE],
            }
        answered: HttpResponseBase = super().process_response(request, response)
        return answered


class ApiETags(ConditionalGetMiddleware):
    """A client that asks the API again sends the ETag it has; where nothing changed it gets a bare 304."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Mark the API's answers as one person's own, to be asked for anew each time."""
        if not request.path.startswith("/api/v1/") or request.method != "GET" or response.streaming:
            return response
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_cache=True)
        return super().process_response(request, response)
