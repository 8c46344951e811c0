"""docs/protocol.md says what the socket does."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from companion.chat import streams
from companion.chat.actions import MAX_CHARACTERS
from companion.chat.consumers import FRAMES, FRAMES_A_SECOND
from companion.chat.events import Push, TurnEvent
from companion.chat.frames import MAX_FRAME_BYTES, REFUSALS, read_frame
from companion.chat.hub import SOCKETS_A_PERSON

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "protocol.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r'^    (\{"type": "(?:message|resume|ping|feedback)".*?\})', TEXT, re.MULTILINE)
TURN = "0b6b2f4e-8a55-4d0f-9a53-6a0f7a9c2d11"


@pytest.mark.parametrize("example", EXAMPLES)
def test_each_example_of_a_frame_is_one_that_is_taken(example: str) -> None:
    read_frame(example.replace("0b6b2f4e-…", TURN))


def test_there_is_an_example_of_each_frame() -> None:
    assert [read_frame(example.replace("0b6b2f4e-…", TURN)).type for example in EXAMPLES] == [
        "message",
        "resume",
        "feedback",
        "ping",
    ]


def test_every_event_and_every_refusal_is_described() -> None:
    types = {kind.model_fields["type"].default for kind in (*get_args(TurnEvent), *get_args(Push))}
    assert {name for name in types if f"**`{name}`**" not in TEXT} == set()
    assert {code for code in REFUSALS if f"`{code}`" not in TEXT} == set()


def test_the_limits_are_those_of_the_code() -> None:
    limits = TEXT.split("## Limits")[1].split("## Close codes")[0]
    for words in (
        f"{MAX_FRAME_BYTES // 1024} KiB",
        f"{MAX_CHARACTERS:,} characters",
        f"{FRAMES:.0f} at once, then {FRAMES_A_SECOND:.0f} a second",
        f"refusals in a row | {streams.MOST_REFUSALS} |",
        f"sockets of a person | {SOCKETS_A_PERSON} |",
        f"{streams.BACKLOG}, for {streams.BACKLOG_SECONDS:.0f} seconds",
    ):
        assert words in limits, words
    for code in (streams.SIGNED_OUT, streams.TOO_MANY_SOCKETS, streams.TOO_MUCH, streams.TOO_SLOW):
        assert str(code) in TEXT
