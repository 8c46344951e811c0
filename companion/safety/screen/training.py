"""Teaching the learned layer. Reproducible: one seed decides order, variants and initial weights."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional

from companion.safety.screen.encoder import ScreenModel
from companion.safety.screen.examples import Example, Variations
from companion.safety.screen.learned import LEVELS, build, tensors
from companion.safety.screen.levels import CATEGORIES
from companion.safety.screen.tokens import Encoded, encode, encode_as_written

_HEAD = ("gather", "mix", "level", "category", "trap")
_COST = {"N": 1.0, "C": 0.7, "A": 1.2, "E": 1.5}
"""What a mistake on each level costs: a missed emergency most; a concern is the level others blur into."""


#: Utterances over which the reach of the network's inner numbers is measured.
REACH_EXAMPLES = 1_024


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train."""

    epochs: int = 5
    batch: int = 32
    rank: int = 32
    adapted_from: int = 0
    rate: float = 8e-4
    head_rate: float = 1e-3
    seed: int = 7
    parts: int = 2
    """A batch is trained in so many parts side by side, one thread each; it is part of what the seed fixes."""
    smoothing: float = 0.05
    forget_floor: float = 0.5
    """Share of batches in which the floor's findings are hidden, so that the layer learns to hear for itself."""


def train(
    examples: Sequence[Example],
    *,
    plan: Plan,
    traps: Sequence[str],
    after_epoch: Callable[[int, float, ScreenModel], None],
) -> ScreenModel:
    """Train on the examples.

    Args:
        examples: the training part of the split.
        plan: how long and how fast.
        traps: the names of all traps, in the order of the logits.
        after_epoch: told the epoch, the mean loss and the model after each.
    """
    torch.manual_seed(plan.seed)
    chance = random.Random(plan.seed)  # noqa: S311 - order, not secrecy
    varied = Variations(examples, seed=plan.seed)
    model = build({"rank": plan.rank, "adapted_from": plan.adapted_from, "traps": list(traps)})
    optimiser = _optimiser(model, plan)
    steps = plan.epochs * math.ceil(len(examples) / plan.batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, [plan.rate, plan.head_rate], total_steps=steps + 1, pct_start=0.1
    )
    learner = _Learner(model, _losses(traps, plan), plan)
    for epoch in range(plan.epochs):
        total = 0.0
        for rows, pieces in _batches([varied.of(example) for example in examples], plan.batch, chance):
            hidden = chance.random() < plan.forget_floor
            total += learner.take_gradients(rows, pieces, floor_hidden=hidden) * len(rows)
            torch.nn.utils.clip_grad_norm_(model.own_weights().values(), 1.0)
            optimiser.step()
            schedule.step()
        note_reach(model, examples, plan)
        after_epoch(epoch + 1, total / len(examples), model)
        model.train()
    return model


class _Learner:
    """Gradients of a batch, its parts side by side in threads and summed in a fixed order."""

    def __init__(
        self,
        model: ScreenModel,
        loss: Callable[[tuple[Tensor, Tensor, Tensor], Sequence[Example]], Tensor],
        plan: Plan,
    ) -> None:
        self._model, self._loss = model, loss
        self._weights = list(model.own_weights().values())
        self._chances = [torch.Generator().manual_seed(plan.seed + part) for part in range(plan.parts)]
        self._threads = ThreadPoolExecutor(plan.parts)

    def take_gradients(self, rows: Sequence[Example], pieces: Sequence[Encoded], *, floor_hidden: bool) -> float:
        """Set the gradient of every weight of ours; returns the mean loss."""
        count = len(self._chances)
        parts = [(rows[part::count], pieces[part::count], self._chances[part]) for part in range(count)]
        done = self._threads.map(
            lambda part: self._gradients(*part, floor_hidden=floor_hidden), [part for part in parts if part[0]]
        )
        losses, gradients = zip(*done, strict=True)
        for weight, found in zip(self._weights, zip(*gradients, strict=True), strict=True):
            weight.grad = torch.stack(found).sum(0)
        return float(sum(losses))

    def _gradients(
        self, rows: Sequence[Example], pieces: Sequence[Encoded], chance: torch.Generator, *, floor_hidden: bool
    ) -> tuple[float, tuple[Tensor, ...]]:
        tokens, kinds, mask, features = tensors(pieces)
        if floor_hidden:
            features = torch.zeros_like(features)
        loss = self._loss(self._model(tokens, kinds, mask, features, chance), rows) / len(self._chances)
        return float(loss.detach()), torch.autograd.grad(loss, self._weights)


def _optimiser(model: ScreenModel, plan: Plan) -> torch.optim.Optimizer:
    own = model.own_weights()
    head = [weight for name, weight in own.items() if name.split(".")[0] in _HEAD]
    low = [weight for name, weight in own.items() if name.split(".")[0] not in _HEAD]
    return torch.optim.AdamW(
        [{"params": low, "lr": plan.rate}, {"params": head, "lr": plan.head_rate}], weight_decay=0.02
    )


def _losses(traps: Sequence[str], plan: Plan) -> Callable[[tuple[Tensor, Tensor, Tensor], Sequence[Example]], Tensor]:
    cost = torch.tensor([_COST[level.value] for level in LEVELS])
    trap_number = {trap: number for number, trap in enumerate(traps)}

    def loss(logits: tuple[Tensor, Tensor, Tensor], rows: Sequence[Example]) -> Tensor:
        level = torch.tensor([LEVELS.index(row.level) for row in rows])
        category = torch.tensor([CATEGORIES.index(row.category) for row in rows])
        trap = torch.tensor([trap_number[row.trap] for row in rows])
        return (
            functional.cross_entropy(logits[0], level, weight=cost, label_smoothing=plan.smoothing)
            + 0.3 * functional.cross_entropy(logits[1], category)
            + 0.2 * functional.cross_entropy(logits[2], trap)
        )

    return loss


def _batches(
    rows: Sequence[Example], size: int, chance: random.Random
) -> Iterator[tuple[list[Example], list[Encoded]]]:
    """Batches of about equal length in random order; one of a message's views and pieces,
    at random, stands for it."""
    views = [chance.choice((encode, encode_as_written)) for _ in rows]
    encoded = [chance.choice(view(row.text, row.context)) for view, row in zip(views, rows, strict=True)]
    order = sorted(range(len(rows)), key=lambda number: len(encoded[number].tokens) + 6 * chance.random())
    groups = [order[start : start + size] for start in range(0, len(order), size)]
    chance.shuffle(groups)
    for group in groups:
        yield [rows[number] for number in group], [encoded[number] for number in group]


def save_weights(model: ScreenModel, path: Path) -> None:
    """Write what the repository keeps, in half precision. Call before `merge`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: weight.detach().half().contiguous() for name, weight in model.kept_weights().items()}, str(path))


def note_reach(model: ScreenModel, examples: Sequence[Example], plan: Plan) -> None:
    """Measure the reach of the network's inner numbers over a sample of what it was taught."""
    chance = random.Random(plan.seed)  # noqa: S311 - a sample, not secrecy
    rows = chance.sample(list(examples), min(REACH_EXAMPLES, len(examples)))
    model.note_reach(tensors(pieces) for _, pieces in _batches(rows, plan.batch, chance))
