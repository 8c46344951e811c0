"""Whether Lilo says truly that it is alive and ready, and nothing more than that."""

from __future__ import annotations

import pytest
from django.test import AsyncClient, Client

pytestmark = pytest.mark.django_db(transaction=True)


async def test_alive(async_client: AsyncClient) -> None:
    response = await async_client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


async def test_ready_when_every_store_answers(async_client: AsyncClient) -> None:
    response = await async_client.get("/readyz")
    assert response.status_code == 200
    assert {name: check["ok"] for name, check in response.json()["checks"].items()} == {
        "database": True,
        "cache": True,
        "vectors": True,
        "history": True,
    }


async def test_not_ready_when_redis_is_gone_and_no_address_leaks(async_client: AsyncClient, settings) -> None:
    from lilo_site.stores import redis

    settings.REDIS_URL = "redis://:secret@127.0.0.1:9/0"
    redis.client.cache_clear()
    response = await async_client.get("/readyz")
    redis.client.cache_clear()
    assert response.status_code == 503
    assert response.json()["checks"]["cache"]["ok"] is False
    assert "secret" not in response.content.decode()
    assert "127.0.0.1" not in response.content.decode()


def test_metrics_are_for_this_machine_and_operators_only(client: Client) -> None:
    assert b"lilo_turns_total" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.9").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 404


def test_trace_id_is_given_back_and_kept_when_well_formed(client: Client) -> None:
    mine = "a" * 32
    assert client.get("/healthz", headers={"X-Trace-Id": mine}).headers["X-Trace-Id"] == mine
    fresh = client.get("/healthz", headers={"X-Trace-Id": "not one\n"}).headers["X-Trace-Id"]
    assert fresh != mine
    assert len(fresh) == 32
