"""Messages between a senior and their people, for phones."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.db.models import QuerySet
from ninja import Router

from companion.accounts.api_auth import BearerAuth, SignedInRequest
from companion.accounts.models import User
from companion.chat import actions as turns
from companion.chat.danger import is_danger
from companion.chat.family_messages import actions
from companion.chat.family_messages.access import access_thread
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.family_messages.schemas import MessageIn, MessageOut, MessagesOut, WrittenOut
from companion.circle.access import Need, NotYoursError, access_senior
from companion.circle.refusals import RefusedError
from companion.safety.screen import screen
from lilo_site.api_errors import Problem
from lilo_site.api_paging import Cursor, Limit, page_of
from lilo_site.threads import in_thread

router = Router(tags=["messages"], auth=BearerAuth())


@router.get("/seniors/{senior_id}/messages", response=MessagesOut, operation_id="list_messages", summary="Messages")
def list_messages(request: SignedInRequest, senior_id: UUID, cursor: Cursor = "", limit: Limit = 50) -> MessagesOut:
    """What a member and the senior wrote to each other; for the senior, what they and all their people did."""
    found = _visible(request.auth, senior_id).select_related("person")
    rows, following = page_of(found, cursor=cursor, limit=limit, order=("-written_at", "-id"))
    return MessagesOut(items=[_out(row) for row in rows], next_cursor=following)


@router.post(
    "/seniors/{senior_id}/messages", response={201: WrittenOut}, operation_id="write_message", summary="Write a message"
)
async def write_message(request: SignedInRequest, senior_id: UUID, body: MessageIn) -> tuple[int, WrittenOut]:
    """Write to the senior; or, as the senior, to one of their people, which passes the emergency screen first."""
    if request.auth.pk == senior_id:
        return 201, await _write_as_senior(request.auth, body)
    try:
        message = await in_thread(actions.write_to_senior, request.auth, senior_id, body.text, key=str(uuid4()))
    except RefusedError as refusal:
        raise Problem(422, "refused", str(refusal)) from refusal
    return 201, WrittenOut(message=await in_thread(_out, message), sounds_urgent=is_danger(await screen(body.text)))


@router.post(
    "/seniors/{senior_id}/messages/{message_id}/seen",
    response={204: None},
    operation_id="see_message",
    summary="It was read",
)
def see_message(request: SignedInRequest, senior_id: UUID, message_id: UUID) -> tuple[int, None]:
    """The senior has looked at a message; a member has looked at all that the senior wrote to them."""
    if request.auth.pk == senior_id:
        actions.see_as_senior(request.auth, message_id)
    else:
        actions.see_as_member(request.auth, senior_id)
    return 204, None


async def _write_as_senior(senior: User, body: MessageIn) -> WrittenOut:
    if body.to is None:
        raise Problem(422, "nobody", "Say in `to` which of your people it is for.")
    turn = await turns.new_turn(senior, body.text, to=body.to)
    outcome = await turns.answer_fully(turn)
    if outcome.error is not None:
        status = 429 if outcome.error.code == "too_fast" else 503
        raise Problem(status, outcome.error.code, outcome.error.message, retry_after=outcome.error.retry_after)
    message = await in_thread(_written, senior.pk, turn.message_id)
    if message is None and outcome.emergency is None:
        raise NotYoursError
    return WrittenOut(message=message, sounds_urgent=outcome.emergency is not None, emergency=outcome.emergency)


def _written(senior_id: UUID, key: str) -> MessageOut | None:
    found = FamilyMessage.objects.select_related("person").filter(senior=senior_id, by_senior=True, key=key).first()
    return _out(found) if found else None


def _visible(person: User, senior_id: UUID) -> QuerySet[FamilyMessage]:
    if person.pk == senior_id:
        senior = access_senior(person, senior_id, need=Need.BELONG)
        return FamilyMessage.objects.filter(senior=senior.pk)
    return access_thread(person, senior_id)[1]


def _out(row: FamilyMessage) -> MessageOut:
    return MessageOut(
        id=row.pk,
        person_id=row.person_id,
        person=row.person.short_name,
        by_senior=row.by_senior,
        text=row.text,
        written_at=row.written_at,
        due_at=row.due_at,
        seen_at=row.seen_at,
    )
