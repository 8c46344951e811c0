"""The embedded layer carries hints between loops and threads, and drops nothing that is read in time."""

from __future__ import annotations

import asyncio
import threading

import pytest
from channels.exceptions import ChannelFull

from lilo_site.channel_layer import LocalChannelLayer


async def test_group_reaches_its_members_only() -> None:
    layer = LocalChannelLayer()
    first, second, other = [await layer.new_channel() for _ in range(3)]
    await layer.group_add("family", first)
    await layer.group_add("family", second)
    await layer.group_send("family", {"type": "hint", "n": 1})
    assert (await layer.receive(first))["n"] == 1
    assert (await layer.receive(second))["n"] == 1
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(other), 0.05)


async def test_messages_from_another_thread_arrive_in_order() -> None:
    layer = LocalChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add("family", channel)

    def send() -> None:
        async def all_of_them() -> None:
            for number in range(50):
                await layer.group_send("family", {"type": "hint", "n": number})

        asyncio.run(all_of_them())

    thread = threading.Thread(target=send)
    thread.start()
    received = [(await asyncio.wait_for(layer.receive(channel), 2))["n"] for _ in range(50)]
    thread.join()
    assert received == list(range(50))


async def test_a_member_that_left_hears_nothing() -> None:
    layer = LocalChannelLayer()
    channel = await layer.new_channel()
    await layer.group_add("family", channel)
    await layer.group_discard("family", channel)
    await layer.group_send("family", {"type": "hint"})
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(layer.receive(channel), 0.05)


async def test_full_channel_refuses_a_direct_message_and_spares_the_neighbours() -> None:
    layer = LocalChannelLayer(capacity=2)
    busy, calm = await layer.new_channel(), await layer.new_channel()
    for channel in (busy, calm):
        await layer.group_add("all", channel)
    for number in range(5):
        await layer.group_send("all", {"type": "hint", "n": number})
        await layer.receive(calm)
    with pytest.raises(ChannelFull):
        await layer.send(busy, {"type": "hint"})


async def test_a_forgotten_reader_leaves_nothing_behind() -> None:
    layer = LocalChannelLayer()
    channel = await layer.new_channel()
    reader = asyncio.create_task(layer.receive(channel))
    await asyncio.sleep(0)
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert layer._channels == {}
