"""Conversation over HTTP: one answer as JSON, the same answer as a stream of server-sent events, and search."""

from __future__ import annotations

from collections.abc import AsyncIterator
from http import HTTPStatus
from time import perf_counter
from typing import Annotated

from django.http import HttpRequest, StreamingHttpResponse
from ninja import Header, Query, Router

from companion.accounts.api_auth import BearerAuth
from companion.accounts.models import User
from companion.chat import actions
from companion.chat.events import Error, TurnEvent
from companion.chat.family_messages.api import router as family_messages
from companion.chat.schemas import MessageIn, MessageOut, ProblemOut, SearchIn, SearchOut, SearchResult
from companion.chat.turn import Turn
from knowledge.public import KnowledgeUnavailable, find_evidence
from lilo_site.api_errors import Problem
from lilo_site.logs import trace_id

router = Router(tags=["conversation"], auth=BearerAuth())
STATUS = {"too_fast": HTTPStatus.TOO_MANY_REQUESTS, "not_kept": HTTPStatus.SERVICE_UNAVAILABLE}
PROBLEMS = {401: ProblemOut, 422: ProblemOut, 429: ProblemOut, 503: ProblemOut}
IdempotencyKey = Annotated[str, Header("", alias="Idempotency-Key", max_length=64)]


class SignedInRequest(HttpRequest):
    """A request that `BearerAuth` let in."""

    auth: User


router.add_router("", family_messages)


@router.post(
    "/chat/message", response={200: MessageOut, **PROBLEMS}, operation_id="send_message", summary="Send a chat message"
)
async def send_message(request: SignedInRequest, body: MessageIn, key: IdempotencyKey) -> MessageOut:
    """Answer one message. With an `Idempotency-Key`, sending it again gives the same answer and does nothing twice."""
    outcome = await actions.answer_fully(await _turn(request.auth, body, key))
    if outcome.done is None:
        raise _problem(outcome.error)
    done = outcome.done
    return MessageOut(
        response=done.text,
        sources=list(outcome.sources),
        latency_ms=done.latency_ms,
        trace_id=done.trace_id,
        strategy=done.strategy,
        kind=done.kind,
        suggestions=list(done.suggestions),
        choices=list(done.choices),
        emergency=outcome.emergency,
    )


@router.get(
    "/chat/stream",
    operation_id="stream_message",
    summary="Send a chat message and stream the answer",
    openapi_extra={
        "responses": {
            200: {
                "description": "Server-sent events; each `data` is an event of the turn.",
                "content": {"text/event-stream": {}},
            }
        }
    },
)
async def stream_message(
    request: SignedInRequest, body: Query[MessageIn], key: IdempotencyKey
) -> StreamingHttpResponse:
    """Answer one message as server-sent events, one an event of the turn: accepted, sources, delta, done or error.

    With an `Idempotency-Key`, sending it again gives the same answer and does nothing twice.
    """
    turn = await _turn(request.auth, body, key)
    response = StreamingHttpResponse(_server_sent(actions.begin(turn)), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@router.post(
    "/search", response={200: SearchOut, **PROBLEMS}, operation_id="search", summary="Search the knowledge base"
)
async def search(request: SignedInRequest, body: SearchIn) -> SearchOut:
    """Search the published entries, best first."""
    started = perf_counter()
    try:
        found = await find_evidence(body.query, limit=body.top_k, route=body.route)
    except KnowledgeUnavailable as error:
        raise Problem(
            503, "no_knowledge", "Nothing can be looked up just now. Try again in a minute.", retry_after=60
        ) from error
    results = [
        SearchResult(
            entry=item.key,
            question=item.question,
            content=" ".join(sentence.text for sentence in item.sentences),
            category=item.category,
            score=item.score,
            sources=[
                {
                    "title": page.title,
                    "publisher": page.publisher,
                    "url": page.url,
                    "date": page.date.isoformat() if page.date else "",
                }
                for page in item.sources
            ],
        )
        for item in found.evidence
    ]
    took = round((perf_counter() - started) * 1000, 2)
    return SearchOut(results=results, latency_ms=took, trace_id=trace_id.get(), strategy=found.strategy)


async def _turn(user: User, body: MessageIn, key: str) -> Turn:
    return await actions.new_turn(
        user,
        body.message,
        message_id=key,
        session_id=body.session_id,
        use_knowledge=body.enable_rag,
        max_tokens=body.max_tokens,
    )


async def _server_sent(events: AsyncIterator[TurnEvent]) -> AsyncIterator[bytes]:
    async for event in events:
        yield f"event: {event.type}\ndata: {event.model_dump_json()}\n\n".encode()


def _problem(error: Error | None) -> Problem:
    if error is None:
        return Problem(500, "fault", "The turn ended without an answer. Try again in a minute.")
    return Problem(
        STATUS.get(error.code, HTTPStatus.INTERNAL_SERVER_ERROR),
        error.code,
        error.message,
        retry_after=error.retry_after,
    )
