"""A withdrawn entry stops answering within two seconds, in every process, however much was asked before."""

from __future__ import annotations

from collections.abc import Callable

from tests.knowledge.plane.conftest import World

#: Asks for ever, by search and by page, and says whenever what it gets changes.
ASK = """
    import asyncio, time
    from knowledge.public import entry_page, find_evidence, warm_up

    warm_up()
    async def ask():
        found = await find_evidence("What of subject3 matters?")
        return [any(evidence.key == "entry-3" for evidence in found.evidence), entry_page("entry-3") is not None]

    async def main():
        before = None
        while before != [False, False]:
            now = await ask()
            if now != before:
                print(*now, time.time(), flush=True)
            before = now
            await asyncio.sleep(0.01)
        until = time.monotonic() + 1
        while time.monotonic() < until:  # and it stays away
            assert await ask() == [False, False]
    asyncio.run(main())
"""
RETIRE = """
    from knowledge.actions import withdraw_on_commit
    from knowledge.models import Entry
    from django.db import transaction
    from django.utils import timezone
    import time
    with transaction.atomic():
        Entry.objects.filter(key="entry-3").update(status="retired", index_changed_at=timezone.now())
        withdraw_on_commit(["entry-3"])
        began = time.time()
    print(began)
"""


def test_withdrawn_entry_stops_answering_in_two_processes(world: World, publish: Callable[[int], None]) -> None:
    publish(10)
    world.run("from knowledge.plane.pipeline import build_if_due; build_if_due()")
    asking = [world.start(ASK) for _ in range(2)]
    for process in asking:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("True True"), process.communicate()[1]
    began = float(world.run(RETIRE))
    for process in asking:
        out, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        last = out.splitlines()[-1]
        assert last.startswith("False False")
        assert float(last.split()[-1]) - began < 2, "a withdrawn entry went on answering"
