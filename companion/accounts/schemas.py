"""What the API takes and gives for accounts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, SecretStr

from companion.accounts import rules


class Input(Schema):
    """A body: fields it does not know are refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class PasswordIn(Input):
    """A person's name and password."""

    username: str = Field(min_length=1, max_length=rules.LONGEST_EMAIL, description="User name or e-mail address.")
    password: SecretStr = Field(min_length=1, max_length=rules.LONGEST_PASSWORD)
    device: str = Field(
        "", max_length=200, description="What the person calls this device; shown in the list of sign-ins."
    )


class CodeIn(Input):
    """A code that was handed to a senior."""

    code: SecretStr = Field(min_length=8, max_length=20)
    device: str = Field(
        "", max_length=200, description="What the person calls this device; shown in the list of sign-ins."
    )


class RefreshIn(Input):
    """A refresh token."""

    refresh_token: SecretStr = Field(min_length=1, max_length=200)


class TokensOut(Schema):
    """What an app keeps. Each refresh token works once and brings the next pair."""

    access_token: str
    refresh_token: str
    token_type: str = "bearer"  # noqa: S105
    expires_in: int = Field(description="Seconds the access token lives.")


class SignInOut(Schema):
    """One app in which the person is signed in."""

    id: UUID
    device: str
    created_at: datetime
    last_used_at: datetime


class TicketOut(Schema):
    """Lets a websocket in, once."""

    ticket: str
    expires_in: int


class SeniorIn(Input):
    """For whom a code is asked."""

    senior_id: UUID


class CodeOut(Schema):
    """A code to hand over: the senior types it on the page `/code/` or in the app."""

    code: str
    expires_in: int


class MeOut(Schema):
    """The person who is signed in."""

    id: UUID
    username: str
    full_name: str
    kind: str
    email: str
    phone: str
    time_zone: str
    language: str
    country: str
    is_verified: bool
