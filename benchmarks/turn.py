"""Server time of a turn, by step: 50 different questions, warm, two cores.

    python -m benchmarks.turn [--cores 2]

Bars: message to first `delta` p50 at most 40 ms, p95 at most 90 ms.
"""

from __future__ import annotations

import argparse
import asyncio
from collections import defaultdict
from dataclasses import replace
from time import perf_counter
from uuid import uuid4

from benchmarks.figures import print_head, print_row
from benchmarks.household import set_up

QUESTIONS = """
I keep waking up at night, what can I do?
My ankles swell up in the evening
How do I get up after a fall?
What can I eat when chewing hurts?
My knees are stiff in the morning
I feel so lonely since my wife died
Is it normal to forget names?
How can I make my bathroom safer?
Somebody rang and said he was from my bank
My mouth is always dry
How much should I drink in a day?
My hands shake when I hold a cup
I am afraid of falling when I go out
What should I ask my doctor?
How do I keep warm without a big bill?
My hearing aid whistles
I get dizzy when I stand up
My feet are numb
What is a good exercise for my balance?
I can't open jars any more
My skin itches all over
Do I need a flu jab every year?
I have to go to the toilet five times a night
My glasses don't help any more
What are the signs of a stroke?
My mum won't wash any more, what can I do?
I am worn out from looking after my husband
I miss my old job
How can I sort my pills?
Can I drink wine with my tablets?
I get short of breath on the stairs
My back hurts when I sit
What is high blood pressure?
Should I still drive at 84?
I am bored
How do I make a video call?
I don't feel hungry any more
My gums bleed
How do I look after my dentures?
I have a sore on my foot that won't heal
My heart flutters sometimes
How can I sleep in hot weather?
What happens when I leave hospital?
I can't get my shoes on
My fingers hurt in the cold
I keep losing my keys
What helps with constipation?
Am I a burden to my children?
How do I tell a scam e-mail?
Tell me about gardening from a chair
"""


async def measure(rounds: int) -> None:
    """Ask every question `rounds` times, each time with other words before it, and print the table."""
    from companion.accounts.models import User
    from companion.chat.turn import Speaker, Turn, answer

    senior = await User.objects.aget(username="margaret")
    speaker = Speaker(senior.id, "Margaret", senior.kind, "US", "Europe/London")
    questions = QUESTIONS.strip().splitlines()
    steps: defaultdict[str, list[float]] = defaultdict(list)
    for number in range(rounds):
        for question in questions:
            words = question if number == 0 else f"{question} I asked {number} times"
            turn = Turn(uuid4(), str(uuid4()), words, speaker, uuid4().hex)
            started = perf_counter()
            first = None
            async for event in answer(turn):
                if event.type == "delta" and first is None:
                    first = (perf_counter() - started) * 1000
                elif event.type == "done":
                    for step, took in event.steps_ms.items():
                        steps[step].append(took)
                elif event.type == "error":
                    raise SystemExit(f"{words!r}: {event.code}")
            if first is not None:
                steps["to first delta"].append(first)
            steps["whole turn"].append((perf_counter() - started) * 1000)
    print(f"{len(questions)} questions, {rounds} rounds")
    print_head()
    for step in sorted(steps, key=lambda name: (name in ("to first delta", "whole turn"), name)):
        print_row(step, steps[step])


def main() -> None:
    """Prepare, warm up, measure."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--cores", type=int, default=2)
    options.add_argument("--rounds", type=int, default=1)
    chosen = options.parse_args()
    set_up(threads=chosen.cores)
    from billing import public
    from companion.safety import screen
    from knowledge.public import warm_up

    public.EVERYBODY = replace(public.EVERYBODY, messages_at_once=1_000_000)  # one person asks fifty questions at once
    screen.warm_up()
    warm_up()
    asyncio.run(measure(chosen.rounds))


if __name__ == "__main__":
    main()
