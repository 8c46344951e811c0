"""What the API of circles takes and gives."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field, SecretStr

from companion.circle.actions.profiles import LENGTHS
from companion.circle.models import Item, Role
from lilo_site.api_times import ClockTime


class Input(Schema):
    """A body: fields it does not know are refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class SeniorOut(Schema):
    """A senior whom the person may see."""

    id: UUID
    name: str
    country: str
    time_zone: str
    is_me: bool
    role: str = Field(description="What the person is to the senior; empty for the senior and for staff.")
    relation: str


class SeniorDetailOut(SeniorOut):
    """A senior, with what the person may do."""

    sees: list[Item] = Field(description="What is shared with the person now.")
    may: list[str] = Field(description="What the person may: `belong`, `manage`, `decide`, `details`, or an item.")
    may_write: bool = Field(description="Whether they may change what they see: a visitor only looks.")


class SeniorsOut(Schema):
    """A page of seniors."""

    items: list[SeniorOut]
    next_cursor: str | None


class ProfileOut(Schema):
    """A senior's profile; what the person may not see is null."""

    name: str
    preferred_name: str
    country: str
    address: str | None
    doctor: str | None
    pharmacy: str | None
    conditions: str | None
    allergies: str | None
    notes: str | None
    may_change: list[str]
    in_emergency: bool = Field(description="Some of it is shown only because the person was called to an emergency.")


def _text(name: str) -> str | None:
    text: str | None = Field(None, max_length=LENGTHS[name])
    return text


class ProfileIn(Input):
    """Texts of a profile to write; what is left out stays."""

    preferred_name: str | None = _text("preferred_name")
    country: str | None = Field(None, min_length=2, max_length=2)
    address: str | None = _text("address")
    doctor: str | None = _text("doctor")
    pharmacy: str | None = _text("pharmacy")
    conditions: str | None = _text("conditions")
    allergies: str | None = _text("allergies")
    notes: str | None = _text("notes")


class MemberOut(Schema):
    """One of a senior's people."""

    id: UUID
    user_id: UUID
    name: str
    role: str
    relation: str
    order: int
    receives_alerts: bool
    is_unreachable: bool = Field(description="They should be told in an emergency, and cannot be.")
    phone: str = Field(description="For the senior and first contacts; else empty.")
    joined_at: datetime | None


class MembersOut(Schema):
    """A page of members, in order of contact."""

    items: list[MemberOut]
    next_cursor: str | None


class MemberIn(Input):
    """What to change of a member; what is left out stays."""

    role: Role | None = None
    relation: str | None = Field(None, max_length=40)
    receives_alerts: bool | None = None


class OrderIn(Input):
    """The order of contact: those named come first, as given."""

    member_ids: list[UUID] = Field(max_length=200)


class MemberSeesOut(Schema):
    """Whether one member sees an item."""

    member_id: UUID
    name: str
    sees: bool
    said: bool = Field(description="The senior has said so of this one; else the word about everyone counts.")


class ItemSharingOut(Schema):
    """Who sees one item."""

    item: Item
    everyone: bool | None = Field(description="The word about everyone; null for whoever is not the senior.")
    home: bool | None = Field(description="Whether the senior's home sees it; null where there is none.")
    members: list[MemberSeesOut] = Field(description="The senior gets all of them, a member their own.")


class SharingOut(Schema):
    """Who sees what."""

    items: list[ItemSharingOut]


class SharingIn(Input):
    """What to share, with whom."""

    item: Item
    is_on: bool | None = Field(description="Null, with a member: the word about everyone counts for them again.")
    member_id: UUID | None = Field(None, description="Left out: everyone.")


class InvitationIn(Input):
    """An invitation to make."""

    role: Role = Role.FAMILY
    relation: str = Field("", max_length=40)
    guest: str = Field("", max_length=60, description="What the inviter calls the guest.")


class InvitationOut(Schema):
    """An invitation that nobody has used yet."""

    id: UUID
    role: str
    relation: str
    guest: str
    state: str = Field(description="`open`, `expired` or `declined`.")
    created_at: datetime
    expires_at: datetime


class NewInvitationOut(InvitationOut):
    """An invitation with its secrets, which are told only now."""

    link: str
    code: str


class InvitationsOut(Schema):
    """A page of invitations, the newest first."""

    items: list[InvitationOut]
    next_cursor: str | None


class SecretIn(Input):
    """A link's token, or a code, however it is spelt."""

    secret: SecretStr = Field(min_length=8, max_length=200)


class OfferOut(Schema):
    """What an invitation offers."""

    senior: str
    role: str
    relation: str
    shared: list[Item] = Field(description="What is shared with everyone now.")
    expires_at: datetime


class JoinedOut(Schema):
    """The place one has taken."""

    senior_id: UUID
    member_id: UUID
    role: str


class LookOut(Schema):
    """Somebody looked at something of the senior's."""

    at: datetime
    who: str
    relation: str
    item: str


class LooksOut(Schema):
    """A page of the access log, the newest first."""

    items: list[LookOut]
    next_cursor: str | None


class ContactPointOut(Schema):
    """A way to reach the person."""

    id: UUID
    kind: str
    address: str = Field(description="Empty for kinds whose address no person knows by heart.")
    works: bool
    is_confirmed: bool
    last_result: str
    last_tested_at: datetime | None
    quiet_from: time | None
    quiet_to: time | None


class ContactPointsOut(Schema):
    """A page of ways, the oldest first."""

    items: list[ContactPointOut]
    next_cursor: str | None


class ContactPointIn(Input):
    """A way to add."""

    kind: str = Field(description="`email`, `sms` or `apprise`.")
    address: str = Field(min_length=1, max_length=300)


class QuietHoursIn(Input):
    """When only a call for help may come this way; both null for never."""

    quiet_from: ClockTime | None
    quiet_to: ClockTime | None
