"""The API's routes of accounts: tokens, sign-ins, and who one is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router, Status

from companion.accounts import access, actions, clients, limits, selectors, sign_in, sign_ins, tickets
from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import RefreshFamily, SignInPass, User
from companion.accounts.schemas import (
    CodeIn,
    CodeOut,
    MeOut,
    PasswordIn,
    RefreshIn,
    SeniorIn,
    SignInOut,
    TicketOut,
    TokensOut,
)
from lilo_site.api_errors import Problem

router = Router(tags=["account"])
bearer = BearerAuth()


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what can go wrong at a sign-in into problems."""
    try:
        yield
    except sign_in.WrongPasswordError:
        raise Problem(401, "wrong_password", "The name or the password is not right.") from None
    except sign_in.WrongPassError:
        raise Problem(401, "wrong_code", "This code does not work. Codes last 15 minutes and work once.") from None
    except sign_ins.SignInEndedError:
        raise Problem(401, "sign_in_ended", "This sign-in has ended. Please sign in again.") from None
    except sign_in.MustWaitError as error:
        raise too_many(error.seconds) from None


def too_many(seconds: float) -> Problem:
    """The refusal of one try too many."""
    return Problem(429, "too_many_tries", "Too many tries. Please wait a little.", retry_after=seconds)


@router.post(
    "/auth/token", response=TokensOut, operation_id="sign_in", summary="Sign in with a name and password", auth=None
)
def token(request: HttpRequest, body: PasswordIn, response: HttpResponse) -> TokensOut:
    """A pair of tokens for a person's name and password."""
    with refusals():
        user = sign_in.with_password(request, body.username, body.password.get_secret_value())
    return _begin(request, response, user, body.device)


@router.post(
    "/auth/sign-in-code/redeem",
    response=TokensOut,
    operation_id="sign_in_with_code",
    summary="Sign in with a code that was handed over",
    auth=None,
)
def redeem_code(request: HttpRequest, body: CodeIn, response: HttpResponse) -> TokensOut:
    """A pair of tokens for a senior's code."""
    with refusals():
        user = sign_in.with_pass(request, "code", body.code.get_secret_value())
    return _begin(request, response, user, body.device)


@router.post("/auth/refresh", response=TokensOut, operation_id="refresh", summary="Get the next tokens", auth=None)
def refresh(request: HttpRequest, body: RefreshIn, response: HttpResponse) -> TokensOut:
    """The next pair. A refresh token works once; using one again ends its sign-in."""
    client = clients.client_of(request)
    if wait := limits.take("refresh", client.address, capacity=60, refill_per_s=1, fail_open=False):
        raise too_many(wait)
    with refusals():
        pair = sign_ins.refresh(body.refresh_token.get_secret_value(), client)
    return _tokens(pair, response)


@router.post("/auth/revoke", response={204: None}, operation_id="sign_out", summary="Sign out", auth=None)
def revoke(request: HttpRequest, body: RefreshIn) -> Status[None]:
    """End the sign-in of a refresh token. An unknown token gets the same answer."""
    client = clients.client_of(request)
    if wait := limits.take("refresh", client.address, capacity=60, refill_per_s=1, fail_open=False):
        raise too_many(wait)
    sign_ins.end_by_token(body.refresh_token.get_secret_value())
    return Status(204, None)


@router.get(
    "/auth/sessions", response=list[SignInOut], operation_id="list_sign_ins", summary="List sign-ins", auth=bearer
)
def sessions(request: SignedInRequest) -> list[RefreshFamily]:
    """The apps in which the person is signed in."""
    return list(selectors.open_sign_ins(request.auth)[:100])


@router.delete(
    "/auth/sessions/{uuid:sign_in_id}",
    response={204: None},
    operation_id="end_sign_in",
    summary="End a sign-in",
    auth=bearer,
)
def end_session(request: SignedInRequest, sign_in_id: UUID) -> Status[None]:
    """End one of the person's own sign-ins, at once."""
    family = access.sign_in_of(request.auth, sign_in_id)
    if family is None:
        raise Http404
    sign_ins.end(family, by=request.auth)
    return Status(204, None)


@router.post(
    "/auth/socket-ticket",
    response=TicketOut,
    operation_id="socket_ticket",
    summary="Get a ticket for a websocket",
    auth=bearer,
)
def socket_ticket(request: SignedInRequest, response: HttpResponse) -> TicketOut:
    """A ticket that opens one websocket within 30 seconds."""
    from redis.exceptions import RedisError  # a tenth of a second of imports: not at every start

    response["Cache-Control"] = "no-store"
    try:
        ticket = tickets.issue_ticket(request.auth)
    except RedisError:
        message = "Live updates are not available for the moment. Ask for messages instead."
        raise Problem(503, "no_tickets", message, retry_after=10) from None
    return TicketOut(ticket=ticket, expires_in=tickets.LIFE_SECONDS)


@router.post(
    "/auth/sign-in-code",
    response=CodeOut,
    operation_id="issue_sign_in_code",
    summary="Make a code that signs a senior in",
    auth=bearer,
)
def sign_in_code(request: SignedInRequest, body: SeniorIn, response: HttpResponse) -> CodeOut:
    """A code to hand over to a senior, by the senior or who looks after them. It lasts 15 minutes and works once."""
    senior = access.senior_to_hand_over(body.senior_id, request.auth)
    if senior is None:
        raise Http404
    if wait := limits.take("issue-code", str(request.auth.pk), capacity=20, refill_per_s=1 / 60, fail_open=False):
        raise too_many(wait)
    response["Cache-Control"] = "no-store"
    code = actions.issue_sign_in_code(senior, request.auth)
    return CodeOut(code=code, expires_in=int(SignInPass.LIFE[SignInPass.Form.CODE].total_seconds()))


@router.get("/me", response=MeOut, operation_id="me", summary="Who is signed in", auth=bearer)
def me(request: SignedInRequest) -> User:
    """The person of the access token."""
    return request.auth


def _begin(request: HttpRequest, response: HttpResponse, user: User, device: str) -> TokensOut:
    sign_in.tell_django(request, user)
    return _tokens(sign_ins.begin(user, clients.client_of(request), device=device), response)


def _tokens(pair: sign_ins.TokenPair, response: HttpResponse) -> TokensOut:
    response["Cache-Control"] = "no-store"
    return TokensOut(access_token=pair.access, refresh_token=pair.refresh, expires_in=pair.expires_in)
