"""The learned layer: loads the adapted encoder once, and judges messages in batches. Imports torch when first used."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from companion.safety.screen.levels import CATEGORIES, Assessment, Level
from companion.safety.screen.tokens import Encoded, encode

if TYPE_CHECKING:
    from torch import Tensor

    from companion.safety.screen.encoder import ScreenModel

WEIGHTS = Path(__file__).parent / "weights"
LEVELS = (Level.NONE, Level.CONCERN, Level.ASK, Level.EMERGENCY)
Message = tuple[str, Sequence[str]]


class LearnedLayerMissing(RuntimeError):
    """The weights cannot be read; the floor answers alone."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which probability the layer asks, from which it alerts, and from which it notes a concern."""

    ask: float
    alert: float
    concern: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """Probabilities in the order of `LEVELS`, and the likeliest category."""

    probabilities: tuple[float, float, float, float]
    category: str

    @property
    def alarm(self) -> float:
        """How likely it is that the message is an A or an E."""
        return self.probabilities[2] + self.probabilities[3]


class Learned:
    """The adapted encoder, ready to judge. Safe to use from one thread at a time."""

    def __init__(self, folder: Path = WEIGHTS) -> None:
        try:
            self.settings: dict[str, Any] = json.loads((folder / "settings.json").read_text("utf-8"))
            self._model = _load(folder, self.settings)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise LearnedLayerMissing(str(error)) from error
        self.thresholds = Thresholds(**self.settings["thresholds"])

    def judge(self, messages: Sequence[Message]) -> list[Judgement]:
        """Judge messages together; of a long message's pieces, the gravest."""
        encoded = [encode(text, recent) for text, recent in messages]
        pieces = [piece for group in encoded for piece in group]
        # Pieces of about one length go through together, so that little of a batch is padding.
        order = sorted(range(len(pieces)), key=lambda number: len(pieces[number].tokens))
        judged: list[Judgement | None] = [None] * len(pieces)
        for group in _of_like_length([(number, len(pieces[number].tokens)) for number in order]):
            for number, judgement in zip(group, self._judge([pieces[number] for number in group]), strict=True):
                judged[number] = judgement
        found = iter([one for one in judged if one is not None])
        return [max((next(found) for _ in group), key=lambda one: one.alarm) for group in encoded]

    def _judge(self, pieces: Sequence[Encoded]) -> list[Judgement]:
        import torch

        with torch.inference_mode():
            level, category, _ = self._model(*tensors(pieces))
            shares = level.softmax(-1).tolist()
            names = category[:, :-1].argmax(-1).tolist()
        return [
            Judgement((none, concern, ask, emergency), CATEGORIES[name])
            for (none, concern, ask, emergency), name in zip(shares, names, strict=True)
        ]

    def assess(self, judgement: Judgement) -> Assessment:
        """The level a judgement stands for."""
        limits, alarm = self.thresholds, judgement.alarm
        emergency, concern = judgement.probabilities[3], judgement.probabilities[1]
        if emergency >= limits.alert:
            level = Level.EMERGENCY
        elif alarm >= limits.ask:
            level = Level.ASK
        elif concern + alarm >= limits.concern:
            level = Level.CONCERN
        else:
            return Assessment(Level.NONE, "none", alarm)
        return Assessment(level, judgement.category, alarm, (f"learned: {judgement.category} {alarm:.2f}",))


def _of_like_length(lengths: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Numbers in groups whose longest is at most half as long again as their shortest; `lengths` are in order."""
    groups: list[list[int]] = []
    shortest = 0
    for number, length in lengths:
        if not groups or length > max(1.5 * shortest, shortest + 8):
            groups.append([])
            shortest = length
        groups[-1].append(number)
    return groups


def tensors(pieces: Sequence[Encoded]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Tokens, kinds, mask (batch, longest) and features (batch, 3), padded on the right."""
    import torch

    longest = max(len(piece.tokens) for piece in pieces)

    def padded(rows: list[tuple[int, ...]]) -> Tensor:
        return torch.tensor([row + (0,) * (longest - len(row)) for row in rows], dtype=torch.long)

    return (
        padded([piece.tokens for piece in pieces]),
        padded([piece.kinds for piece in pieces]),
        padded([(1,) * len(piece.tokens) for piece in pieces]),
        torch.tensor([piece.features for piece in pieces], dtype=torch.float32),
    )


def build(settings: dict[str, Any]) -> ScreenModel:
    """The network of these settings on the bundled encoder, its own weights still untrained."""
    from companion.safety.screen.encoder import ScreenModel, bundled_model, load_frozen
    from companion.safety.screen.tokens import FEATURES

    model = ScreenModel(
        rank=settings["rank"],
        adapted_from=settings["adapted_from"],
        features=FEATURES,
        levels=len(LEVELS),
        categories=len(CATEGORIES),
        traps=len(settings["traps"]),
    )
    load_frozen(model, bundled_model())
    return model


def _load(folder: Path, settings: dict[str, Any]) -> ScreenModel:
    from safetensors.torch import load_file

    model = build(settings)
    stored = load_file(str(folder / "screen.safetensors"))
    own = model.own_weights()
    if stored.keys() != own.keys():
        raise LearnedLayerMissing("the weights are of another network")
    for name, weight in stored.items():
        own[name].data.copy_(weight.float())
    model.eval()
    model.pack()
    return model


@lru_cache(maxsize=1)
def _loaded() -> Learned | LearnedLayerMissing:
    """The layer, or why there is none: tried once a process, since a broken file does not mend itself."""
    try:
        return Learned()
    except LearnedLayerMissing as missing:
        return missing


def learned() -> Learned:
    """The layer of this process.

    Raises:
        LearnedLayerMissing: the weights are not there or are of another network.
    """
    layer = _loaded()
    if isinstance(layer, LearnedLayerMissing):
        raise layer
    return layer
