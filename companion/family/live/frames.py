"""What an open page of the portal sends and is sent, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

MAX_FRAME_BYTES = 64 * 1024
MOST_SENIORS = 1_000
Name = Annotated[str, Field(max_length=40)]


class _Frame(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Watch(_Frame):
    """What the page shows: fragments of each senior, and of everybody. It takes the place of what it asked before."""

    type: Literal["watch"]
    seniors: Annotated[dict[UUID, tuple[Name, ...]], Field(max_length=MOST_SENIORS)] = {}
    own: tuple[Name, ...] = ()


class Ping(_Frame):
    """Is anybody there?"""

    type: Literal["ping"]


class Show(_Frame):
    """Put each of these in the place of the element with its root's id."""

    type: Literal["show"] = "show"
    html: tuple[str, ...]


class MayNow(_Frame):
    """What may be seen of a senior has changed. Without `belong` nothing may: the page is no longer this person's."""

    type: Literal["rights"] = "rights"
    senior: UUID
    needs: tuple[str, ...]


Frame = Watch | Ping
_FRAME: TypeAdapter[Frame] = TypeAdapter(Annotated[Frame, Field(discriminator="type")])


class FrameRefused(Exception):
    """It is none of our frames."""


def read_frame(text: str) -> Frame:
    """The frame in a text.

    Raises:
        FrameRefused: it is none.
    """
    try:
        return _FRAME.validate_json(text)
    except ValidationError as error:
        raise FrameRefused from error
