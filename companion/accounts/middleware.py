"""Sessions of seniors go on for as long as they are used: who comes by every week never has to sign in again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.decorators import sync_and_async_middleware

from companion.accounts import help_pass

SENIOR_SESSION = 180 * 24 * 60 * 60
#: The day on which a long session was last made longer. Without it a session is a short one.
LENGTHENED = "lengthened_on"
Handler = Callable[[HttpRequest], HttpResponse | Awaitable[HttpResponse]]


def stay(session: SessionBase) -> None:
    """Keep a session for half a year from now."""
    session[LENGTHENED] = timezone.now().date().isoformat()
    session.set_expiry(SENIOR_SESSION)


def _lengthen(request: HttpRequest, response: HttpResponse) -> None:
    """Once a day, where the request used a long session. Such a session comes with a pass to press for help."""
    session = request.session
    if not session.accessed:
        return
    if session.is_empty():
        if session.modified:  # this request has ended it
            help_pass.take_back(response)
        return
    day = session.get(LENGTHENED)
    if day is not None:
        help_pass.issue(request, response)
        if day != timezone.now().date().isoformat():
            stay(session)


@sync_and_async_middleware
def stay_signed_in(get_response: Handler) -> Handler:
    """Make the session of somebody who stays signed in longer by being used."""
    if iscoroutinefunction(get_response):

        async def handle_async(request: HttpRequest) -> HttpResponse:
            response: HttpResponse = await get_response(request)
            _lengthen(request, response)  # the session is in memory by now: nothing here waits
            return response

        return handle_async

    def handle(request: HttpRequest) -> HttpResponse:
        response: HttpResponse = get_response(request)  # type: ignore[assignment]
        _lengthen(request, response)
        return response

    return handle
