"""The bundled MiniLM, a BERT of six layers (Wang et al. 2020; Reimers and Gurevych 2019), run on torch alone.

Importing transformers and sentence-transformers costs 270 MB and many seconds: they bring compilers, trainers, SciPy
and scikit-learn; this one model needs a tokenizer and forty lines. A test holds that its vectors are the library's.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as nn

from knowledge.embedding.port import Vectors

#: What the model was trained to read; `sentence_bert_config.json` says so too.
MOST_TOKENS = 256
#: Texts of one pass. On two cores 8 gave 171 a second and 32 gave 121: less padding, and the states stay in the cache.
CPU_BATCH, GPU_BATCH = 8, 256


class BundledModel:
    """Gives the mean of a text's token vectors; of one length they are not yet."""

    def __init__(self, folder: Path, *, device: str | None) -> None:
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dimension = int(config["hidden_size"])
        self._heads, self._layers = int(config["num_attention_heads"]), int(config["num_hidden_layers"])
        self._epsilon = float(config["layer_norm_eps"])
        kind = torch.float16 if self.device == "cuda" else torch.float32
        weights = load_file(folder / "model.safetensors", device=self.device)
        self._weights = {name: tensor.to(kind) for name, tensor in weights.items() if tensor.is_floating_point()}
        for layer in range(self._layers):
            self._join_projections(f"encoder.layer.{layer}.attention.self")
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        """Vectors in the order of the texts, questions and passages alike.

        Texts of like length share a batch, so that short ones need no padding.
        """
        batch = GPU_BATCH if self.device == "cuda" else CPU_BATCH
        order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for start in range(0, len(order), batch):
            places = order[start : start + batch]
            vectors[places] = self._means([texts[at] for at in places])
        return vectors

    def _join_projections(self, name: str) -> None:
        """One product for query, key and value instead of three."""
        for part in ("weight", "bias"):
            three = [self._weights.pop(f"{name}.{role}.{part}") for role in ("query", "key", "value")]
            self._weights[f"{name}.{part}"] = torch.cat(three)

    @torch.inference_mode()
    def _means(self, texts: list[str]) -> Vectors:
        encoded = self._tokenizer.encode_batch(texts)
        tokens = torch.tensor([text.ids for text in encoded], device=self.device)
        mask = torch.tensor([text.attention_mask for text in encoded], device=self.device, dtype=torch.bool)
        states = self._states(tokens, None if bool(mask.all()) else mask[:, None, None, :]).float()
        parts = mask.unsqueeze(-1).float()
        means = (states * parts).sum(1) / parts.sum(1)
        return cast("Vectors", means.cpu().numpy())

    def _states(self, tokens: Tensor, mask: Tensor | None) -> Tensor:
        words, places, kinds = (
            self._weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        states = self._norm("embeddings.LayerNorm", words[tokens] + places[: tokens.shape[1]] + kinds[0])
        for layer in range(self._layers):
            name = f"encoder.layer.{layer}"
            seen = self._linear(
                f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", states, mask)
            )
            states = self._norm(f"{name}.attention.output.LayerNorm", states + seen)
            thought = nn.gelu(self._linear(f"{name}.intermediate.dense", states))
            states = self._norm(f"{name}.output.LayerNorm", states + self._linear(f"{name}.output.dense", thought))
        return states

    def _attention(self, name: str, states: Tensor, mask: Tensor | None) -> Tensor:
        count, length, _ = states.shape
        heads = self._linear(name, states).view(count, length, 3, self._heads, -1).permute(2, 0, 3, 1, 4)
        seen = nn.scaled_dot_product_attention(heads[0], heads[1], heads[2], attn_mask=mask)
        return seen.transpose(1, 2).reshape(count, length, self.dimension)

    def _linear(self, name: str, states: Tensor) -> Tensor:
        return nn.linear(states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"])

    def _norm(self, name: str, states: Tensor) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return nn.layer_norm(states, (self.dimension,), weight, bias, self._epsilon)
