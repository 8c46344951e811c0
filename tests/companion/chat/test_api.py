"""The API of conversation: the specification's shapes, problems in one form, nothing twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from django.test import AsyncClient

from companion.accounts.models import User
from companion.chat import actions, selectors
from companion.chat.events import TurnEvent
from companion.chat.turn import Turn
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import PacedAnswers

pytestmark = pytest.mark.django_db(transaction=True)
WAKING = "I keep waking up at night, what can I do?"


@pytest.fixture
async def token(senior: User, async_client: AsyncClient) -> str:
    response = await async_client.post(
        "/api/v1/auth/token",
        {"username": "margaret", "password": "a good long password"},
        content_type="application/json",
    )
    return str(response.json()["access_token"])


@pytest.fixture
def post(async_client: AsyncClient, token: str, published_corpus: None):
    async def send(path: str, body: object, **headers: str):
        raw = body if isinstance(body, str) else json.dumps(body)
        return await async_client.post(
            f"/api/v1{path}",
            raw,
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", **headers},
        )

    return send


async def test_message_has_the_specified_shape(post) -> None:
    response = await post(
        "/chat/message", {"message": WAKING, "session_id": "s", "enable_rag": True, "max_tokens": 150}
    )
    body = response.json()
    assert response.status_code == 200
    assert {"response", "sources", "latency_ms", "trace_id", "strategy"} <= set(body)
    assert body["sources"][0]["key"] == "sleep-waking-at-night"
    assert body["trace_id"] == response.headers["X-Trace-Id"]


async def test_max_tokens_shortens_the_answer(post) -> None:
    long = (await post("/chat/message", {"message": WAKING})).json()["response"]
    short = (await post("/chat/message", {"message": WAKING, "max_tokens": 20})).json()["response"]
    assert 0 < len(short.split()) < len(long.split())


async def test_search_finds_and_names_its_strategy(post) -> None:
    response = await post("/search", {"query": "waking at night", "top_k": 3, "route": "hybrid"})
    body = response.json()
    assert response.status_code == 200
    assert len(body["results"]) == 3
    assert "sleep-waking-at-night" in [result["entry"] for result in body["results"]]
    assert body["strategy"].startswith("hybrid")
    scores = [result["score"] for result in body["results"]]
    assert scores == sorted(scores, reverse=True)


async def test_idempotency_key_answers_once(post, senior) -> None:
    first = await post("/chat/message", {"message": WAKING}, **{"Idempotency-Key": "k-1"})
    again = await post("/chat/message", {"message": WAKING}, **{"Idempotency-Key": "k-1"})
    assert again.json()["response"] == first.json()["response"]
    assert len(await in_thread(selectors.recent_messages, senior.id)) == 2


async def test_stream_sends_the_events_of_the_turn(async_client, token, published_corpus) -> None:
    response = await async_client.get(
        "/api/v1/chat/stream", {"message": WAKING}, headers={"Authorization": f"Bearer {token}"}
    )
    assert response.headers["Content-Type"] == "text/event-stream"
    text = b"".join([part async for part in response.streaming_content]).decode()
    events = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    assert [event["type"] for event in events][:2] == ["accepted", "sources"]
    assert events[-1]["type"] == "done"


async def test_stream_answers_a_key_once(async_client, token, published_corpus, senior) -> None:
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "k-1"}
    told = []
    for _ in range(2):
        response = await async_client.get("/api/v1/chat/stream", {"message": WAKING}, headers=headers)
        text = b"".join([part async for part in response.streaming_content]).decode()
        lines = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
        told.append([json.loads(line) for line in lines])
    first, again = told
    assert [event["type"] for event in again] == ["accepted", "sources", "delta", "done"]
    assert (again[-1]["turn_id"], again[-1]["text"]) == (first[-1]["turn_id"], first[-1]["text"])
    assert len(await in_thread(selectors.recent_messages, senior.id)) == 2


@pytest.mark.parametrize("is_streamed", [False, True])
async def test_turn_goes_on_when_the_phone_is_gone(async_client, token, senior, monkeypatch, is_streamed) -> None:
    answers, begun = PacedAnswers(), asyncio.Event()
    answers.gate.clear()

    async def paced(turn: Turn) -> AsyncIterator[TurnEvent]:
        begun.set()
        async for event in answers(turn):
            yield event

    monkeypatch.setattr(actions, "answer", paced)
    headers = {"Authorization": f"Bearer {token}"}
    if is_streamed:
        response = await async_client.get("/api/v1/chat/stream", {"message": WAKING}, headers=headers)
        parts = aiter(response.streaming_content)
        assert b"accepted" in await anext(parts)
        waiting = asyncio.ensure_future(_rest_of(parts))
    else:
        body = json.dumps({"message": WAKING})
        sending = async_client.post("/api/v1/chat/message", body, content_type="application/json", headers=headers)
        waiting = asyncio.ensure_future(sending)
    await asyncio.wait_for(begun.wait(), timeout=5)
    (turn,) = actions._running
    waiting.cancel()  # as Django does with a view whose client has gone
    with pytest.raises(asyncio.CancelledError):
        await waiting
    answers.gate.set()
    await asyncio.wait_for(turn, timeout=5)
    assert len(await in_thread(selectors.recent_messages, senior.id)) == 2
    assert not actions._running


async def _rest_of(parts: AsyncIterator[bytes]) -> None:
    async for _ in parts:
        pass


@pytest.mark.parametrize("path", ["/chat/message", "/search"])
@pytest.mark.parametrize("authorization", ["", "Bearer nonsense", "Basic abc"])
async def test_without_a_token_nothing_is_told(async_client, path, authorization) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    response = await async_client.post(f"/api/v1{path}", "{}", content_type="application/json", headers=headers)
    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert response.json()["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message": ""}, 422),
        ({"message": "  \u200b "}, 422),
        ({"message": "a" * 4001}, 422),
        ({"message": 7}, 422),
        ({"message": "hi", "unknown": 1}, 422),
        ({"message": "hi", "max_tokens": 0}, 422),
        ({}, 422),
        ("{broken", 400),
        ("[]", 422),
        ('{"message": NaN}', 422),
    ],
)
async def test_bad_input_is_a_problem_and_is_not_echoed(post, senior, body, status) -> None:
    response = await post("/chat/message", body)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == status
    assert "aaaa" not in response.content.decode()
    assert await in_thread(selectors.recent_messages, senior.id) == []


@pytest.mark.parametrize("top_k", [0, 51, "many"])
async def test_search_bounds(post, top_k) -> None:
    assert (await post("/search", {"query": "sleep", "top_k": top_k})).status_code == 422


async def test_documentation_is_served_from_here(async_client) -> None:
    page = (await async_client.get("/api/v1/docs")).content.decode()
    assert "cdn" not in page
    schema = (await async_client.get("/api/v1/openapi.json")).json()
    assert {"/api/v1/chat/message", "/api/v1/search", "/api/v1/chat/stream"} <= set(schema["paths"])
