"""The learned layer: loads the adapted encoder once, and judges messages in batches. Imports torch when first used."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
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
_HANDS = min(4, len(os.sched_getaffinity(0)))
_TOGETHER = 4
"""Messages of one pass: more outgrow a processor's cache, and the first waits for the last."""


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
            self._model = load(folder, self.settings)
        except (OSError, ValueError, KeyError, RuntimeError, ImportError) as error:
            raise LearnedLayerMissing(str(error)) from error
        self._model.pack()
        self.thresholds = Thresholds(**self.settings["thresholds"])
        self._hands = ThreadPoolExecutor(_HANDS, thread_name_prefix="screen", initializer=_one_thread_each)

    def judge(self, messages: Sequence[Message]) -> list[Judgement]:
        """Judge messages, those of like length together; of a long one's pieces, the gravest."""
        encoded = [encode(text, recent) for text, recent in messages]
        pieces = [piece for group in encoded for piece in group]
        by_length = sorted(range(len(pieces)), key=lambda place: len(pieces[place].tokens))
        groups = [by_length[start : start + _TOGETHER] for start in range(0, len(pieces), _TOGETHER)]
        judged: dict[int, Judgement] = {}
        found = self._hands.map(self._judge, [[pieces[place] for place in group] for group in groups])
        for group, judgements in zip(groups, found, strict=True):
            judged |= zip(group, judgements, strict=True)
        places = iter(range(len(pieces)))
        return [max((judged[next(places)] for _ in group), key=lambda one: one.alarm) for group in encoded]

    def _judge(self, pieces: Sequence[Encoded]) -> list[Judgement]:
        import torch

        with torch.inference_mode():
            level, category, _ = self._model(*tensors(pieces))
            probabilities = level.softmax(-1).tolist()
            names = category[:, :-1].argmax(-1).tolist()
        return [Judgement(tuple(row), CATEGORIES[name]) for row, name in zip(probabilities, names, strict=True)]

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


def _one_thread_each() -> None:
    """Torch's own threads wait for each other at every map: on a busy machine that cost ten times what it gained.

    The number is this thread's; what other threads begin with is put back.
    """
    import torch

    others = torch.get_num_threads()
    torch.set_num_threads(1)
    restore = threading.Thread(target=torch.set_num_threads, args=(others,))
    restore.start()
    restore.join()


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


def load(folder: Path, settings: dict[str, Any]) -> ScreenModel:
    """The trained network, in 32 bits."""
    from safetensors.torch import load_file

    model = build(settings)
    stored = load_file(str(folder / "screen.safetensors"))
    own = model.kept_weights()
    if stored.keys() != own.keys():
        raise LearnedLayerMissing("the weights are of another network")
    for name, weight in stored.items():
        own[name].data.copy_(weight.float())
    model.eval()
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
