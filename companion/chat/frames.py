"""What a client may send over the socket. Each frame is checked here before anything is done with it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from companion.chat.actions import MAX_CHARACTERS
from companion.chat.events import Error
from companion.chat.wording import clean

MAX_FRAME_BYTES = 64 * 1024
LAST_ID = 2**63 - 1


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _clean_words(value: object) -> object:
    return clean(value) if isinstance(value, str) else value


class Message(_Frame):
    """Something to be answered. `resend` says that it may have been sent before, over a connection that was lost.

    `to` is the person of the circle whom the words are for; without it they are for Lilo.
    """

    type: Literal["message"]
    message_id: UUID
    to: UUID | None = None
    text: Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), BeforeValidator(_clean_words)]
    resend: bool = False


class Resume(_Frame):
    """The last event this client has seen; all later ones are sent."""

    type: Literal["resume"]
    last_event_id: Annotated[int, Field(ge=0, le=LAST_ID)]


class Ping(_Frame):
    """Is anybody there?"""

    type: Literal["ping"]


class Opinion(_Frame):
    """Whether an answer helped."""

    type: Literal["feedback"]
    turn_id: UUID
    helpful: bool


Frame = Message | Resume | Ping | Opinion
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


REFUSALS = {
    "empty": "There was nothing in that message. Please write or say something.",
    "too_long": f"That message is too long. Please keep it under {MAX_CHARACTERS:,} characters, or send it in parts.",
    "not_json": "That could not be read.",
    "unknown_type": "Lilo does not know that kind of message.",
    "invalid": "That could not be read.",
    "too_fast": "That was very fast. Please wait a moment.",
    "resume_gap": "Some of the talk is not shown here. Please load the page again.",
    "unknown_turn": "That answer is not here any more.",
}


class FrameRefused(ValueError):
    """The frame cannot be used. `code` is for programs, the text for people."""

    def __init__(self, code: str, *, message_id: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(REFUSALS[code])
        self.code = code
        self.message_id = message_id
        self.retry_after = retry_after

    def as_event(self) -> Error:
        """The event that tells the client."""
        return Error(code=self.code, message=str(self), message_id=self.message_id, retry_after=self.retry_after)


_BY_FAULT = {
    "json_invalid": "not_json",
    "union_tag_invalid": "unknown_type",
    "union_tag_not_found": "unknown_type",
    "string_too_short": "empty",
    "string_too_long": "too_long",
}


def read_frame(text: str) -> Frame:
    """The frame in a text message.

    Raises:
        FrameRefused: it is no JSON, of no known type, empty, too long, or has wrong fields.
    """
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        raise FrameRefused(_BY_FAULT.get(fault["type"], "invalid"), message_id=_message_id(text)) from None


def _message_id(text: str) -> str | None:
    """The message id of a refused frame, where it has one, so that its sender knows which message it was."""
    try:
        frame = from_json(text)
        return str(UUID(frame["message_id"]))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
