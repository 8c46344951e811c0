"""Train the screen's learned layer, choose its thresholds, and write weights, settings and the model card."""

from __future__ import annotations

import hashlib
import json
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand

from companion.safety.screen.examples import (
    DATA,
    TALK_BEFORE,
    Example,
    Split,
    Variations,
    calm_questions,
    read_examples,
    split,
)
from companion.safety.screen.learned import WEIGHTS, Learned, Thresholds
from companion.safety.screen.levels import Level
from companion.safety.screen.measuring import Heard, choose, curve, hear, rates, summary, table

if TYPE_CHECKING:
    from companion.safety.screen.encoder import ScreenModel

_UNSET = Thresholds(2.0, 2.0, 2.0)
_TALK_SEED = 11
_LOOKED_AT = (
    "the errors on the development voices, by trap, to write more examples and rules. The test voices are ten "
    "strangers (out_...), written by people who saw neither what is taught nor the rules, after all of these stood; "
    "nothing was chosen by their figures. Six more strangers (near_...) are among the development voices."
)
_LIMITS = (
    "the voices are written, not recorded, and few writers wrote them; dialects are thin. It is no medical device and "
    "does not diagnose."
)
_FRAMES = "are frames (past, imagined, told, denied, asked, now) around some seventy symptoms."


class Command(BaseCommand):
    """Seeded: the same data and options give the same weights on the same machine."""

    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Options of the command."""
        parser.add_argument("--epochs", type=int, default=5)
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--threads", type=int, default=2)
        parser.add_argument("--adapted-from", type=int, default=0, help="first of the six layers that is adapted")
        parser.add_argument("--folder", type=Path, default=WEIGHTS, help="where weights and settings go")
        parser.add_argument("--everyday", type=Path, help="file of everyday talk by others, measured but never kept")
        parser.add_argument("--measure-only", action="store_true", help="choose thresholds and report, train nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, choose, measure, write."""
        import torch

        torch.set_num_threads(1)
        parts = split([*read_examples(), *calm_questions()])
        folder: Path = options["folder"]
        self.stdout.write(f"train {len(parts.train)}, development {len(parts.development)}, test {len(parts.test)}")
        if not options["measure_only"]:
            self._train(parts, folder, options)
        layer = Learned(folder)
        limits = choose(hear([*parts.development, *_after_talk(parts.development, parts)], layer))
        self._write_settings(folder, layer.settings | {"thresholds": asdict(limits)})
        card = self._card(parts, Learned(folder), limits, options["everyday"])
        (folder.parent / "model_card.md" if folder == WEIGHTS else folder / "model_card.md").write_text(card, "utf-8")
        self.stdout.write(card)

    def _train(self, parts: Split, folder: Path, options: dict[str, Any]) -> None:
        from companion.safety.screen.training import Plan, save_weights, train

        plan = Plan(
            epochs=options["epochs"],
            seed=options["seed"],
            parts=options["threads"],
            adapted_from=options["adapted_from"],
        )
        traps = sorted({row.trap for row in (*parts.train, *parts.development, *parts.test)})
        began = time.monotonic()

        def after_epoch(epoch: int, loss: float, model: ScreenModel) -> None:
            self.stdout.write(f"epoch {epoch}: loss {loss:.4f}, {time.monotonic() - began:.0f} s")
            self.stdout.flush()
            save_weights(model, folder / "screen.safetensors")

        settings = asdict(plan) | {"traps": traps, "examples": _fingerprint(), "thresholds": asdict(_UNSET)}
        settings["taught"] = len(parts.train)
        self._write_settings(folder, settings)
        train(parts.train, plan=plan, traps=traps, after_epoch=after_epoch)

    def _write_settings(self, folder: Path, settings: dict[str, Any]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "settings.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")

    def _card(self, parts: Split, layer: Learned, limits: Thresholds, everyday: Path | None) -> str:
        test = hear(parts.test, layer)
        development = hear(parts.development, layer)
        lines = [
            *_what_it_is(parts, layer.settings, limits),
            "## Held-out voices (test): nothing was chosen on them",
            "",
            *summary(rates(test, limits)),
            "",
            f"The same, each after one to {TALK_BEFORE} turns of ordinary talk where it had none before it:",
            "",
            *summary(rates(hear(_after_talk(parts.test, parts), layer), limits)),
            "",
            "### The whole trade-off",
            "",
            *curve(test, limits),
            "",
            "### By category",
            "",
            *table(test, limits, lambda row: row.category),
            "",
            "### By trap",
            "",
            *table(test, limits, lambda row: row.trap),
            "",
            "### By voice",
            "",
            *table(test, limits, lambda row: row.voice),
            "",
            "## Development voices (the thresholds were chosen here)",
            "",
            *summary(rates(development, limits)),
            "",
            *curve(development, limits),
            "",
        ]
        if everyday:
            lines += ["## Everyday talk by others", "", *_everyday(everyday, layer, limits), ""]
        return "\n".join(lines)


def _after_talk(rows: Sequence[Example], parts: Split) -> list[Example]:
    """The rows as most messages come: with something ordinary said before."""
    talk = Variations(parts.train, seed=_TALK_SEED)
    return [talk.after_talk(row) for row in rows]


def _what_it_is(parts: Split, settings: dict[str, Any], limits: Thresholds) -> list[str]:
    network = (
        f"all-MiniLM-L6-v2, frozen, with low-rank changes (rank {settings['rank']}) to the linear maps of layers "
        f"{settings['adapted_from'] + 1} to 6, and a small head."
    )
    taught = (
        f"{settings['taught']} utterances written for Lilo; {len(parts.development)} of other voices chose "
        f"the thresholds, {len(parts.test)} of still others report. No voice and no scenario is in two parts."
    )
    frames = sum(row.voice == "frames" for row in parts.train)
    return [
        "# Model card: the screen's learned layer",
        "",
        "Written by `manage.py train_screen`; do not edit. It says how likely a message means danger now.",
        "",
        f"- Network: {network}",
        f"- Taught with {taught}",
        f"- {frames} of those taught {_FRAMES}",
        f"- {settings['epochs']} epochs, seed {settings['seed']}; examples {settings['examples']}.",
        f"- Asks from {limits.ask:.3f}, alerts from {limits.alert:.3f}, notes a concern from {limits.concern:.3f}.",
        "- Use: beside the deterministic floor, never in its place; the graver of the two stands. English only.",
        "- Served with 8-bit maps; every figure here is of those, and of both layers together.",
        f"- Looked at: {_LOOKED_AT}",
        f"- Limits: {_LIMITS}",
        "",
    ]


def _everyday(path: Path, layer: Learned, limits: Thresholds) -> list[str]:
    rows = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines() if line.strip()]
    heard: list[Heard] = hear([_talk(text) for text in rows if text.strip()], layer)
    steps = [limits.ask, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    found = [(step, rates(heard, Thresholds(step, limits.alert, 2))) for step in steps]
    table = [f"| {step:.3g} | {one.everyday_questions:.3%} | {one.everyday_alerts:.3%} |" for step, one in found]
    head = ["| ask from (first: chosen) | raised to A or E | raised to E |", "| --- | --- | --- |"]
    return [f"{len(heard)} messages.", "", *head, *table]


def _talk(text: str) -> Example:
    return Example(text, Level.NONE, "none", "others", "others", "everyday")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted(DATA.glob("*.jsonl")):
        digest.update(path.read_bytes())
    digest.update("".join(row.text for row in calm_questions()).encode())
    return digest.hexdigest()[:16]
