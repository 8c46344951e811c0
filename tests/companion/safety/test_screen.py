"""Both layers together: the real weights, the real encoder, and what happens when they are gone."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from companion.safety.screen import Assessment, Level, floor, screen, screen_many, serving
from companion.safety.screen.learned import Learned, LearnedLayerMissing, Thresholds
from companion.safety.screen.serving import Batcher, together


def _alone() -> float:
    """How often the layer was missing so far; from the counter itself, since other metrics ask the database."""
    samples = [sample for metric in serving.FLOOR_ALONE.collect() for sample in metric.samples]
    missing = {"why": "missing"}
    return sum(one.value for one in samples if one.name.endswith("_total") and one.labels == missing)


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A process whose weights are not there."""
    missing = Batcher(lambda: Learned(tmp_path / "nowhere"))
    monkeypatch.setattr(serving, "batcher", lambda: missing)


async def test_floor_answers_alone_without_a_model(no_model: None, caplog: pytest.LogCaptureFixture) -> None:
    before = _alone()
    with caplog.at_level(logging.ERROR, logger="companion.safety.screen.serving"):
        asked = await screen("breathing harder than yesterday")
        calm = await screen("put the kettle on the shopping list")
    assert asked.level is Level.ASK
    assert calm.level is Level.NONE
    assert _alone() == before + 2, "each message it missed is counted"
    assert "shopping list" not in caplog.text, "a person's words do not go to the log"


async def test_slow_model_does_not_hold_up_an_emergency(monkeypatch: pytest.MonkeyPatch) -> None:
    release = asyncio.Event()
    loop = asyncio.get_running_loop()

    def never() -> Learned:
        asyncio.run_coroutine_threadsafe(release.wait(), loop).result(5)
        raise LearnedLayerMissing("too late")

    stuck = Batcher(never)
    monkeypatch.setattr(serving, "batcher", lambda: stuck)
    stuck.ready = True
    monkeypatch.setattr(serving, "PATIENCE_S", 0.05)
    async with asyncio.timeout(1):
        assert (await screen("I can't breathe")).level is Level.EMERGENCY
        assert (await screen("breathing harder than yesterday")).level is Level.ASK
    release.set()


@pytest.mark.parametrize("low", list(Level))
@pytest.mark.parametrize("high", list(Level))
def test_no_layer_silences_the_other(low: Level, high: Level) -> None:
    one = Assessment(low, "fall" if low is not Level.NONE else "none", 0.2, ("one",))
    other = Assessment(high, "stroke" if high is not Level.NONE else "none", 0.9, ("other",))
    found = together(one, other, sure=low)
    assert found.level.rank == max(low.rank, high.rank)
    assert found.reasons == ("one", "other")
    assert together(one, None, sure=Level.NONE) is one


@pytest.mark.parametrize(("alarm", "level"), [(0.05, Level.NONE), (0.3, Level.ASK), (0.6, Level.EMERGENCY)])
def test_unsure_sign_stands_as_far_as_the_learned_layer_leans_its_way(alarm: float, level: Level) -> None:
    heard = Assessment(Level.EMERGENCY, "seizure", 0.98, ("seizure: having a fit",))
    assert together(heard, Assessment(Level.NONE, "none", alarm), sure=Level.NONE).level is level
    assert together(heard, Assessment(Level.NONE, "none", alarm), sure=Level.ASK).level.rank >= Level.ASK.rank
    assert together(heard, None, sure=Level.NONE).level is Level.EMERGENCY, "alone, the floor counts in full"


async def test_learned_layer_hears_what_no_rule_says() -> None:
    told = (
        "I keep dropping the spoon out of this one hand and my tea is dribbling down my chin, it came on at breakfast"
    )
    assert floor(told).level is not Level.EMERGENCY
    assert (await screen(told)).level.rank >= Level.ASK.rank


async def test_earlier_turns_reach_the_learned_layer() -> None:
    told = ["Bit of a tight band round me", "It has gone into my jaw"]
    assert (await screen("and now I am dripping wet and feel sick", recent=told)).level.rank >= Level.ASK.rank


@pytest.mark.parametrize(
    "before",
    [
        ["Taken"] * 5,
        ["Taken: Lisinopril 10 mg", "Taken: Metformin 500 mg"],
        ["I took my pills"],
        ["I have taken the Metformin", "Yes, write it down"],
        ["Skip", "I felt ill"],
        ["had my drops", "It helped"],
    ],
)
def test_who_took_a_medicine_is_not_asked_about_the_next_ordinary_word(before: list[str]) -> None:
    said = ["Good morning", "I am tired", "How much water should I drink?", "I keep waking up at night, what can I do?"]
    said += ["What day is it?", "Good night", "Thank you, dear"]
    found = screen_many([(text, tuple(before)) for text in said])
    raised = [
        (text, one.level, one.score) for text, one in zip(said, found, strict=True) if one.level.rank >= Level.ASK.rank
    ]
    assert not raised


@pytest.mark.parametrize(
    ("before", "text"),
    [
        (["Taken", "Taken"], "and then I had every one of them a second time, the warfarin too"),
        (["Taken"], "I shall not need these any longer. Goodbye, Lilo."),
        (["had my insulin"], "I am dripping with sweat and I cannot think straight"),
        (["I took my pills"], "all of them, the whole bottle"),
    ],
)
def test_danger_after_a_medicine_is_heard(before: list[str], text: str) -> None:
    assert screen_many([(text, tuple(before))])[0].level.rank >= Level.ASK.rank


async def test_everyday_talk_passes() -> None:
    talk = ["What is the weather doing tomorrow?", "Play me some Vera Lynn", "Set a timer for ten minutes for the eggs"]
    found = await asyncio.gather(*(screen(text) for text in talk))
    assert [one.level for one in found] == [Level.NONE] * len(talk)


async def test_danger_deep_in_a_long_message_is_heard() -> None:
    idle = "We had the church fete and the jam tent was lovely and Mavis won the marrow again. " * 30
    assert (
        await screen(f"{idle} Anyway I have been on the kitchen floor since teatime. {idle}")
    ).level is Level.EMERGENCY


async def test_messages_that_arrive_together_get_their_own_answers() -> None:
    texts = [f"remind me to water plant number {number}" for number in range(40)]
    texts[17] = "my husband has gone grey and will not wake up"
    found = await asyncio.gather(*(screen(text) for text in texts))
    assert [number for number, one in enumerate(found) if one.level is Level.EMERGENCY] == [17]


def test_many_is_the_same_as_one_by_one() -> None:
    messages = [("I can't breathe", ()), ("lovely roses", ()), ("only joking", ("I can't breathe",))]
    alone = [screen_many([message])[0].level for message in messages]
    assert [one.level for one in screen_many(messages)] == alone
    assert alone[0] is Level.EMERGENCY
    assert alone[1] is Level.NONE


def test_thresholds_are_in_order() -> None:
    limits: Thresholds = Learned().thresholds
    assert 0 < limits.concern <= limits.ask <= limits.alert < 1


def test_eight_bits_map_nearly_as_thirty_two() -> None:
    import torch

    from companion.safety.screen.encoder import Adapted

    torch.manual_seed(3)
    adapted = Adapted(64, 32, rank=4)
    torch.nn.init.normal_(adapted.up, std=0.1)
    x = torch.randn(5, 7, 64) * torch.linspace(0.1, 20, 64)  # some inputs reach a hundred times as far as others
    adapted.reach.copy_(x.abs().flatten(0, -2).amax(0))
    with torch.inference_mode():
        before = adapted(x)
        adapted.pack()
        after = adapted(x)
    assert adapted.packed is not None, "the machines we measure on have these operations"
    assert (after - before).abs().mean() < 0.02 * before.abs().mean()


def test_hint_counts_only_where_the_learned_layer_leans_its_way_too() -> None:
    asked = Assessment(Level.ASK, "stroke", 0.7, ("stroke: had a stroke",))
    quiet, leaning = Assessment(Level.NONE, "none", 0.05), Assessment(Level.NONE, "none", 0.3)
    assert together(asked, quiet, sure=Level.NONE).level is Level.NONE
    assert together(asked, leaning, sure=Level.NONE).level is Level.ASK
    assert together(asked, quiet, sure=Level.ASK).level is Level.ASK, "an alarm stands alone"


@pytest.mark.parametrize(
    ("said", "level"), [("Can you call Socorro for me", Level.NONE), ("socorro por favor", Level.EMERGENCY)]
)
def test_a_name_is_no_cry(said: str, level: Level) -> None:
    assert floor(said).level is level


def test_broken_weights_are_named_as_missing(tmp_path: Path) -> None:
    (tmp_path / "settings.json").write_text("{not json")
    with pytest.raises(LearnedLayerMissing):
        Learned(tmp_path)


def test_command_reads_and_writes_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        {"id": "a", "text": "I fell and can't get up"},
        {"id": 2, "text": "still here", "context": ["I was in the bath", "and I slipped"]},
        {"text": "good morning"},
    ]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(map(json.dumps, lines)) + "\n\n"))
    out = io.StringIO()
    call_command("screen", "--jsonl", stdout=out)
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [row["id"] for row in rows] == ["a", 2, 3]
    assert [rows[0]["level"], rows[0]["category"]] == ["E", "fall"]
    assert rows[1]["level"] in {"A", "E"}
    assert rows[2]["level"] == "N"
    assert set(rows[0]) == {"id", "level", "category", "score", "reasons"}


def test_command_names_the_line_that_is_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"id": 1, "text": "hello"}\n{"id": 2}\n'))
    with pytest.raises(CommandError, match="line 2"):
        call_command("screen", "--jsonl", stdout=io.StringIO())
