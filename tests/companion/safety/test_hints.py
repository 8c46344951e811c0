"""Live notices: hints with a number and no words, never sent where the one who may be the cause could look."""

from __future__ import annotations

import asyncio
import socket
import time
from typing import Any
from uuid import UUID

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from companion.accounts.models import User
from companion.chat.events import AlertNotice
from companion.safety import actions, live
from companion.safety.models import AlertEvent, Delivery
from tests.companion.safety.far_side import FarSide
from tests.companion.safety.world import World, eventually, fall, make_households


def heard(group: str, act: Any) -> list[dict[str, Any]]:
    """What an open page in that group hears of an act."""

    async def listen() -> list[dict[str, Any]]:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        await asyncio.to_thread(act)
        found = []
        while True:
            try:
                found.append(await asyncio.wait_for(layer.receive(channel), 0.3))
            except TimeoutError:
                return found

    return async_to_sync(listen)()


@pytest.mark.django_db(transaction=True)
class TestHints:
    """What open pages hear."""

    def test_portal_hears_each_line_once_in_order_and_no_words(self, senior: User, daughter: User) -> None:
        def act() -> None:
            fall("margaret")
            live.publish()
            live.publish()

        hints = heard(f"senior.{senior.pk}", act)
        assert [hint["kind"] for hint in hints] == ["raised", "told"]
        assert [hint["sequence"] for hint in hints] == list(AlertEvent.objects.values_list("pk", flat=True))
        assert "I fell" not in str(hints)

    def test_seniors_page_is_shown_who_is_on_it(self, senior: User, daughter: User) -> None:
        raised = fall("margaret")

        def act() -> None:
            actions.claim(raised.alert_id, daughter)
            live.publish()

        pushes = heard(f"user.{senior.pk}", act)
        events = [AlertNotice.model_validate(push["event"]) for push in pushes]
        assert [(event.text, event.state, event.alert_id) for event in events] == [
            ("Anna is on it.", "claimed", raised.alert_id)
        ]
        assert {UUID(push["user_id"]) for push in pushes} == {senior.pk}

    @pytest.mark.parametrize("group", ["senior", "user"])
    def test_abuse_is_never_hinted_at(self, senior: User, daughter: User, group: str) -> None:
        def act() -> None:
            fall("margaret", category="abuse")
            live.publish()

        assert heard(f"{group}.{senior.pk}", act) == []

    def test_open_question_is_not_hinted_to_the_circle(self, senior: User, daughter: User) -> None:
        def act() -> None:
            fall("margaret", level="A")
            live.publish()

        assert heard(f"senior.{senior.pk}", act) == []

    def test_channel_layer_that_is_down_loses_no_hint(self, senior: User, monkeypatch: pytest.MonkeyPatch) -> None:
        fall("margaret")
        with monkeypatch.context() as broken:
            broken.setattr(live, "send_hints", lambda hints: False)
            assert live.publish() is None
        assert live.publish() == AlertEvent.objects.count() > 0


def test_people_are_told_while_redis_is_frozen(world: World, far_side: FarSide) -> None:
    with socket.socket() as frozen:  # it takes connections and never answers
        frozen.bind(("127.0.0.1", 0))
        frozen.listen(64)
        port = frozen.getsockname()[1]
        make_households([("primary", far_side.address)], count=5)
        world.start_relay(REDIS_URL=f"redis://127.0.0.1:{port}/0")
        eventually(lambda: _relays() == 1, within=30)
        started = time.monotonic()
        for number in range(5):
            fall(f"senior{number}")
        far_side.wait_for(5, within=25)
        assert time.monotonic() - started < 25  # the machine may be busy; a wait for Redis would last for ever
        assert max(far_side.keys.values()) == 1
        eventually(lambda: Delivery.objects.filter(state="sent").count() >= 5)


def _relays() -> int:
    from companion.safety.models import Heartbeat

    return Heartbeat.objects.count()
