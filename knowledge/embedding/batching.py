"""Micro-batching: callers who wait at the same moment are answered by one pass of the model."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import Empty, SimpleQueue

from knowledge.embedding.port import Vectors

Waiting = tuple[str, "Future[Vectors]"]


class MicroBatcher:
    """A thread that takes whatever waits, up to `most` texts, and answers it together.

    It never waits for company: alone, a text starts at once; while one pass runs, the next batch gathers.
    The same text asked twice at once is computed once; a caller who gave up is left out.
    """

    def __init__(self, encode: Callable[[list[str]], Vectors], *, most: int = 32) -> None:
        self._encode = encode
        self._most = most
        self._queue: SimpleQueue[Waiting] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def submit(self, text: str) -> Future[Vectors]:
        """Queue a text; the future holds its vector, shape (d,), or the error of its batch."""
        future: Future[Vectors] = Future()
        self._queue.put((text, future))
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="embedding", daemon=True)
                    self._thread.start()
        return future

    def _run(self) -> None:
        while True:
            self._answer(self._gather())

    def _gather(self) -> list[Waiting]:
        batch = [self._queue.get()]
        while len(batch) < self._most:
            try:
                batch.append(self._queue.get_nowait())
            except Empty:
                break
        return batch

    def _answer(self, batch: list[Waiting]) -> None:
        wanted: dict[str, list[Future[Vectors]]] = {}
        for text, future in batch:
            if future.set_running_or_notify_cancel():
                wanted.setdefault(text, []).append(future)
        if not wanted:
            return
        try:
            vectors = self._encode(list(wanted))
        except Exception as error:  # noqa: BLE001  # whatever went wrong belongs to the callers, and the thread must live on
            for future in (future for futures in wanted.values() for future in futures):
                future.set_exception(error)
            return
        for vector, futures in zip(vectors, wanted.values(), strict=True):
            for future in futures:
                future.set_result(vector)
