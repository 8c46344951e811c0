"""Callers who wait together are answered together, and nobody pays for another's mistake."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from knowledge.embedding.embedder import Embedder
from knowledge.embedding.port import EmbeddingUnavailable, Vectors, unit


class SlowModel:
    """Notes each batch; takes its time; fails on one word."""

    name, dimension = "slow", 3

    def __init__(self, seconds: float = 0.05) -> None:
        self.seconds = seconds
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        self.batches.append(list(texts))
        self.gate.wait(5)
        time.sleep(self.seconds)
        if "poison" in texts:
            raise EmbeddingUnavailable("poison")
        return unit(np.asarray([[len(text), 1, 2] for text in texts], np.float32))


async def test_waiting_callers_are_gathered_and_each_gets_its_own() -> None:
    model = SlowModel()
    embedder = Embedder(model)
    texts = ["x" * (1 + number) for number in range(65)]
    vectors = await asyncio.gather(*(embedder.embed_query(text) for text in texts))
    assert sum(len(batch) for batch in model.batches) == 65
    assert len(model.batches) <= 4
    assert max(len(batch) for batch in model.batches) == 32
    assert all(
        np.allclose(vector, unit(np.asarray([[len(text), 1, 2]], np.float32))[0])
        for vector, text in zip(vectors, texts, strict=True)
    )


async def test_alone_nobody_waits_for_company() -> None:
    embedder = Embedder(SlowModel(seconds=0))
    await embedder.embed_query("first")
    began = time.perf_counter()
    await embedder.embed_query("second")
    assert time.perf_counter() - began < 0.5
    assert embedder.name == "slow"


async def test_loop_goes_on_while_the_model_works() -> None:
    model = SlowModel()
    model.gate.clear()
    waiting = asyncio.create_task(Embedder(model).embed_query("long"))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert not waiting.done()
    model.gate.set()
    assert (await waiting).shape == (3,)


async def test_same_question_is_embedded_once_however_it_is_spaced() -> None:
    model = SlowModel(seconds=0)
    embedder = Embedder(model)
    model.gate.clear()
    busy = asyncio.create_task(embedder.embed_query("busy"))
    await asyncio.sleep(0.05)
    same = asyncio.gather(*(embedder.embed_query(text) for text in ["my  knees", " my knees\n", "my knees"]))
    await asyncio.sleep(0.05)
    model.gate.set()
    await asyncio.gather(busy, same)
    await embedder.embed_query("my\u00a0knees")
    assert model.batches == [["busy"], ["my knees"]]


async def test_cache_forgets_the_question_asked_longest_ago() -> None:
    model = SlowModel(seconds=0)
    embedder = Embedder(model, cache_size=2)
    for text in ["one", "two", "one", "three", "one", "two"]:
        await embedder.embed_query(text)
    assert model.batches == [["one"], ["two"], ["three"], ["two"]]


async def test_failed_batch_fails_its_callers_and_the_next_is_served() -> None:
    embedder = Embedder(SlowModel(seconds=0))
    with pytest.raises(EmbeddingUnavailable):
        await embedder.embed_query("poison")
    assert (await embedder.embed_query("bread")).shape == (3,)


async def test_caller_who_gave_up_is_left_out() -> None:
    model = SlowModel(seconds=0)
    embedder = Embedder(model)
    model.gate.clear()
    first = asyncio.create_task(embedder.embed_query("first"))
    await asyncio.sleep(0.05)
    impatient = asyncio.create_task(embedder.embed_query("impatient"))
    patient = asyncio.create_task(embedder.embed_query("patient"))
    await asyncio.sleep(0.05)
    impatient.cancel()
    await asyncio.sleep(0)
    model.gate.set()
    await asyncio.gather(first, patient)
    assert model.batches == [["first"], ["patient"]]
