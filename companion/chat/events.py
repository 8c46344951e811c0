"""What a turn says to the outside, one schema for every face (websocket, SSE, JSON, evaluation).

Version 1. Each event is a JSON object with `type`, `v` and, once it is on a person's stream, an increasing `id`.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

VERSION: Literal[1] = 1


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    v: Literal[1] = VERSION


class Accepted(_Event):
    """The message was taken in; it will be answered or refused, never dropped."""

    type: Literal["accepted"] = "accepted"
    turn_id: UUID
    message_id: str = Field(description="The client's own id of the message: the same id is never answered twice.")
    trace_id: str


class Phone(BaseModel):
    """Somebody to ring."""

    model_config = ConfigDict(frozen=True)
    label: str
    number: str
    tel: str = Field(description="The number as a tel: address.")


class Choice(BaseModel):
    """A large button under a question of Lilo's; pressing it sends `value`."""

    model_config = ConfigDict(frozen=True)
    label: str
    value: str


class Emergency(_Event):
    """Danger was heard. Sent before anything else of the answer; `text` is fixed, never generated."""

    type: Literal["emergency"] = "emergency"
    turn_id: UUID
    level: Literal["E", "A"]
    category: str
    text: str
    steps: tuple[str, ...] = Field(default=(), description="What to do while waiting, in order.")
    phones: tuple[Phone, ...] = ()
    choices: tuple[Choice, ...] = ()
    alert_id: UUID | None = None
    respond_within_s: int | None = Field(default=None, description="Without an answer by then the level rises.")


class SourceItem(BaseModel):
    """One numbered source under an answer."""

    model_config = ConfigDict(frozen=True)
    number: int
    key: str = Field(description="The entry's key: its page is /knowledge/<key>/.")
    title: str
    publisher: str
    url: str = Field(description="The public page behind the entry; empty where there is none.")
    checked: str = Field(description="The day as of which the page was named, ISO date; empty where there is none.")
    used: tuple[str, ...] = Field(description="The entry's sentences that the answer uses.")


class Sources(_Event):
    """What the answer rests on; numbers are those in the text of the deltas, as [1]."""

    type: Literal["sources"] = "sources"
    turn_id: UUID
    items: tuple[SourceItem, ...]


class Delta(_Event):
    """The next words of the answer: whole words, in order; `sequence` counts from 0 within the turn."""

    type: Literal["delta"] = "delta"
    turn_id: UUID
    sequence: int
    text: str


class Done(_Event):
    """The turn is complete and durably saved."""

    type: Literal["done"] = "done"
    turn_id: UUID
    message_id: str
    text: str = Field(description="The whole answer, with its [1] marks; the deltas joined.")
    kind: Literal["answer", "abstention", "small_talk", "emergency", "refusal", "aside"]
    strategy: str
    confidence: float
    rung: str = Field(description="The rung of the degradation ladder that answered.")
    suggestions: tuple[str, ...] = Field(default=(), description="What the person may want to say next.")
    choices: tuple[Choice, ...] = Field(default=(), description="The answers to what Lilo asks, as large buttons.")
    entries: tuple[str, ...] = Field(default=(), description="Keys of the entries that the answer rests on.")
    about: str = Field(default="", description="What was said before and this answers, after an all-clear.")
    latency_ms: float
    steps_ms: dict[str, float]
    trace_id: str


class Error(_Event):
    """Something could not be done. `message` may be read to a senior as it is."""

    type: Literal["error"] = "error"
    code: str
    message: str
    message_id: str | None = None
    retry_after: float | None = Field(default=None, description="Seconds.")
    trace_id: str = ""


class Thanks(_Event):
    """The answer to an opinion: it is stored, and what Lilo says to it. It goes to one socket and has no `id`."""

    type: Literal["feedback"] = "feedback"
    turn_id: UUID
    helpful: bool
    text: str
    choices: tuple[Choice, ...] = Field(default=(), description="The answers to what Lilo asks, as large buttons.")


class Reminder(_Event):
    """It is time for something: a medicine, a check-in, a visit; or Lilo knows more about what was asked before."""

    type: Literal["reminder"] = "reminder"
    reminder_id: UUID
    title: str
    detail: str
    choices: tuple[Choice, ...]


class AlertNotice(_Event):
    """An alert of this person changed state."""

    type: Literal["alert"] = "alert"
    alert_id: UUID
    state: str
    text: str


class FamilyMessage(_Event):
    """Somebody of the circle wrote. A message that says `to` this sender answers them."""

    type: Literal["family_message"] = "family_message"
    message_id: UUID
    sender_id: UUID
    sender: str
    text: str
    choices: tuple[Choice, ...] = ()
    aloud: bool = Field(default=True, description="Whether it may come up with a sound; later ones of a day may not.")


TurnEvent = Accepted | Emergency | Sources | Delta | Done | Error
Push = Reminder | AlertNotice | FamilyMessage
Event = Annotated[TurnEvent | Push, Field(discriminator="type")]
