"""The bundled MiniLM, run on transformers alone.

Importing sentence-transformers costs 246 MB and many seconds (it brings a trainer, scikit-learn and SciPy); this model
needs a tokenizer, an encoder and a mean. A test holds that the vectors are the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

from knowledge.embedding.port import Vectors

#: What the model was trained to read; `sentence_bert_config.json` says so too.
MOST_TOKENS = 256


class BundledModel:
    """Reads texts and gives their mean token vectors; of one length they are not yet."""

    def __init__(self, folder: str, *, device: str | None) -> None:
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        kind = torch.float16 if self.device == "cuda" else torch.float32
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model = AutoModel.from_pretrained(folder, dtype=kind).to(self.device).eval()
        self.dimension = int(self._model.config.hidden_size)

    def encode(self, texts: Sequence[str], *, query: bool, batch: int) -> Vectors:
        """Vectors in the order of the texts, questions and passages alike.

        Texts of like length share a batch, so that short ones need no padding.
        """
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            vectors[places] = self._forward([texts[at] for at in places])
        return vectors

    def _forward(self, texts: list[str]) -> Vectors:
        tokens = self._tokenizer(texts, padding=True, truncation=True, max_length=MOST_TOKENS, return_tensors="pt")
        with torch.inference_mode():
            tokens = tokens.to(self.device)
            states = self._model(**tokens).last_hidden_state.float()
            mask = tokens["attention_mask"].unsqueeze(-1).float()
            means = (states * mask).sum(1) / mask.sum(1)
            return np.asarray(means.cpu().numpy(), dtype=np.float32)
