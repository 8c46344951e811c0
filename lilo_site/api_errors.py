"""Every refusal of the API in one shape: a problem response (RFC 9457), in words a person can act on."""

from __future__ import annotations

import json
import logging
import math
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from lilo_site.logs import trace_id

log = logging.getLogger(__name__)


class Problem(Exception):
    """A refusal that the caller can understand.

    Args:
        status: HTTP status.
        code: a short word for programs, as `too_many_requests`.
        detail: a sentence for people: what happened and what to do.
        retry_after: seconds after which it may be tried again.
    """

    def __init__(self, status: int, code: str, detail: str, *, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.retry_after = status, code, detail, retry_after


def problem_response(problem: Problem, **more: Any) -> HttpResponse:
    """The HTTP response of a problem."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "code": problem.code,
        "detail": problem.detail,
        "trace_id": trace_id.get(),
        **more,
    }
    response = HttpResponse(json.dumps(body), status=problem.status, content_type="application/problem+json")
    if problem.retry_after is not None:
        response["Retry-After"] = str(max(1, math.ceil(problem.retry_after)))
    if problem.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def install(api: NinjaAPI) -> None:
    """Answer every exception of the API's views with a problem response."""

    @api.exception_handler(Problem)
    def on_problem(request: HttpRequest, error: Problem) -> HttpResponse:
        return problem_response(error)

    @api.exception_handler(AuthenticationError)
    def on_unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return problem_response(
            Problem(401, "not_signed_in", "Sign in again: the access token is missing, expired or not valid.")
        )

    @api.exception_handler(ValidationError)
    def on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = [
            {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]} for item in error.errors
        ]
        return problem_response(
            Problem(422, "invalid", "Some of what was sent cannot be used; see `errors`."), errors=fields
        )

    @api.exception_handler(HttpError)
    def on_http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
        code = HTTPStatus(error.status_code).name.lower()
        return problem_response(Problem(error.status_code, code, str(error)))

    @api.exception_handler(Http404)
    def on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem_response(Problem(404, "not_found", "There is nothing here, or it is not yours to see."))

    @api.exception_handler(Exception)
    def on_fault(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("the API failed", exc_info=error)
        return problem_response(Problem(500, "fault", "Something broke on our side. Try again in a minute."))
