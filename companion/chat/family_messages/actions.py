"""What is done with messages between a senior and their people: written, brought up, looked at, answered.

All of them block: the event loop calls them through `lilo_site.threads.in_thread`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from companion.accounts import audit, limits
from companion.accounts.models import User
from companion.chat.events import FamilyMessage as Arrival
from companion.chat.family_messages import rules, selectors
from companion.chat.family_messages.access import access_thread, person_to_write_to
from companion.chat.family_messages.models import FamilyMessage
from companion.chat.pressed import Pressed, Said
from companion.chat.selectors import recent_messages
from companion.chat.wording import clean
from companion.circle.access import NotYoursError
from companion.circle.events import send_hints, senior_group
from companion.circle.models import ContactPoint
from companion.circle.refusals import RefusedError
from companion.circle.selectors import name_of
from companion.safety import calm
from companion.safety.check_ins import sign_of_life

#: Messages that a member may write at once, and how fast that comes back.
AT_ONCE, BACK_PER_S = 10, 1 / 60
BATCH = 200
GONE = Said("(a button)", "That message is not here any more.")


def write_to_senior(by: User, senior_id: UUID, text: str, *, key: str) -> FamilyMessage:
    """A member writes to the senior. It comes up on the senior's page at once, or after the night.

    Args:
        by: the member.
        senior_id: to whom.
        text: their words, as they are.
        key: the writer's own id of the message; the same one twice is one message.

    Raises:
        NotYoursError: `by` may not write to this senior.
        RefusedError: there are no words, too many, or too many messages.
    """
    words = checked(text)
    with transaction.atomic():
        senior, thread = access_thread(by, senior_id, to_write=True)
        kept = thread.filter(by_senior=False, key=key).first()
        if kept is not None:
            return kept
        wait = limits.take(
            "family-message", f"{by.pk}:{senior_id}", capacity=AT_ONCE, refill_per_s=BACK_PER_S, fail_open=True
        )
        if wait is not None:
            raise RefusedError("That were many messages at once. Please wait a minute, then send it again.")
        now = timezone.now()
        due = rules.due_at(now, senior.user.time_zone, _talked_at(senior_id))
        message = FamilyMessage.objects.create(
            senior_id=senior_id, person=by, by_senior=False, text=words, key=key, written_at=now, due_at=due
        )
        audit.record(by, "message.written", "family_message", message.pk, subject=senior_id)
        _changed_on_commit(message)
        if due <= now:
            transaction.on_commit(lambda: bring_up(message.pk))
    return message


def write_to_member(senior_id: UUID, person_id: UUID, text: str, *, key: str) -> FamilyMessage:
    """The senior writes to one of their people, who thereby was read. The words have passed the screen by now.

    Raises:
        NotYoursError: there is no such person in the circle.
        RefusedError: there are no words, or too many.
    """
    words = checked(text)
    with transaction.atomic():
        person = person_to_write_to(senior_id, person_id)
        now = timezone.now()
        message, is_new = FamilyMessage.objects.get_or_create(
            senior_id=senior_id, person=person, by_senior=True, key=key, defaults={"text": words, "written_at": now}
        )
        FamilyMessage.objects.filter(senior=senior_id, person=person, by_senior=False, seen_at=None).update(seen_at=now)
        if is_new:
            audit.record(
                User.objects.get(pk=senior_id), "message.answered", "family_message", message.pk, subject=senior_id
            )
            _changed_on_commit(message)
            path = reverse("family-messages", args=[senior_id])
            _nudge(message, person, f"{name_of(senior_id)} has written to you", path)
    return message


def checked(text: str) -> str:
    """The words of a message, without what cannot be seen.

    Raises:
        RefusedError: there are none, or too many.
    """
    words = clean(text)
    if not words:
        raise RefusedError("There are no words in that message.")
    if len(words) > rules.MOST_CHARACTERS:
        raise RefusedError(f"That message is too long. Please keep it under {rules.MOST_CHARACTERS:,} characters.")
    return words


def press(pressed: Pressed) -> Said:
    """A quick answer under a message: it is written back, and Lilo says so."""
    words = rules.ANSWERS.get(pressed.verb)
    message = FamilyMessage.objects.filter(pk=pressed.id, senior=pressed.by, by_senior=False).first()
    if words is None or message is None:
        return GONE
    return pass_on(pressed.by, message.person_id, words, key=pressed.key)


def pass_on(senior_id: UUID, person_id: UUID, text: str, *, key: str) -> Said:
    """Bring the senior's words to one of their people, and say what came of it."""
    try:
        message = write_to_member(senior_id, person_id, text, key=key)
    except NotYoursError:
        return Said(text, "I could not pass that on: they are not one of your people any more.")
    except RefusedError as refusal:
        return Said(text, f"I could not pass that on. {refusal}")
    name = message.person.short_name
    return Said(f"To {name}: {message.text}", f"I have sent that to {name}.")


def see_as_senior(senior: User, message_id: UUID) -> None:
    """The senior has looked at a message: its writer may know.

    Raises:
        NotYoursError: it is not to them.
    """
    with transaction.atomic():
        mine = FamilyMessage.objects.filter(pk=message_id, senior=senior, by_senior=False)
        message = mine.first()
        if message is None:
            raise NotYoursError
        if mine.filter(seen_at=None).update(seen_at=timezone.now()):
            sign_of_life(senior.pk)  # who reads is about
            _changed_on_commit(message)


def see_as_member(person: User, senior_id: UUID) -> None:
    """A member has looked at the thread: the senior's answers in it are read.

    Raises:
        NotYoursError: there is no such thread for them.
    """
    _, thread = access_thread(person, senior_id)
    thread.filter(by_senior=True, seen_at=None).update(seen_at=timezone.now())


def bring_up(message_id: UUID) -> bool:
    """Show a message on the senior's open pages. False where nothing could be shown: it is tried again."""
    message = FamilyMessage.objects.select_related("person", "senior").filter(pk=message_id, told_at=None).first()
    if message is None:
        return True
    now = timezone.now()
    is_aloud = _may_sound(message, now)
    event = _arrival(message, is_aloud=is_aloud)
    push = {"type": "push", "user_id": str(message.senior_id), "event": event.model_dump(mode="json")}
    if not send_hints([(f"user.{message.senior_id}", push)]):
        return False
    with transaction.atomic():
        is_mine = FamilyMessage.objects.filter(pk=message_id, told_at=None).update(told_at=now)
        if is_mine and is_aloud and not rules.is_talking(now, _talked_at(message.senior_id)):
            _nudge(message, message.senior, f"{message.person.short_name} has written to you", reverse("home"))
    return True


def bring_up_waiting() -> int:
    """Show what is due by now, and what waits for the morning of a senior who is talking; how many were shown."""
    now = timezone.now()
    waiting = FamilyMessage.objects.filter(by_senior=False, told_at=None, seen_at=None).order_by("written_at")
    due = list(waiting.filter(due_at__lte=now).values_list("pk", flat=True)[:BATCH])
    for senior_id in waiting.filter(due_at__gt=now).values_list("senior", flat=True).order_by("senior").distinct():
        if rules.is_talking(now, _talked_at(senior_id)):
            due += waiting.filter(senior=senior_id, due_at__gt=now).values_list("pk", flat=True)
    return sum(bring_up(key) for key in due)


def _nudge(message: FamilyMessage, reader: User, subject: str, path: str) -> None:
    """A notice on the reader's devices, for when no page is open. It says who wrote only where they chose that."""
    points = calm.best_points([reader.pk]).get(reader.pk, [])
    calm.write(
        calm.Calm(
            id=uuid5(message.pk, str(point.pk)),
            point=point,
            senior_id=reader.pk,
            item=None,
            subject=subject,
            body="Open Lilo to read it.",
            path=path,
        )
        for point in points
        if point.kind == ContactPoint.Kind.PUSH
    )


def _arrival(message: FamilyMessage, *, is_aloud: bool) -> Arrival:
    card = selectors.as_card(message)
    return Arrival(
        message_id=card.id,
        sender_id=card.sender_id,
        sender=card.sender,
        text=card.text,
        choices=card.choices,
        aloud=is_aloud,
    )


def _may_sound(message: FamilyMessage, now: datetime) -> bool:
    """A few a day come up with a sound; who is talking is not startled by one more."""
    if rules.is_talking(now, _talked_at(message.senior_id)):
        return True
    midnight = now.astimezone(ZoneInfo(message.senior.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    told = Q(told_at__gte=midnight.astimezone(now.tzinfo), told_at__lt=now + timedelta(days=1))
    return FamilyMessage.objects.filter(told, senior=message.senior_id).count() < rules.ALOUD_A_DAY


def _talked_at(senior_id: UUID) -> datetime | None:
    last = recent_messages(senior_id, limit=1)
    return last[0].created_at if last else None


def _changed_on_commit(message: FamilyMessage) -> None:
    hint = {"type": "message.changed", "senior_id": str(message.senior_id), "person_id": str(message.person_id)}
    transaction.on_commit(lambda: send_hints([(senior_group(message.senior_id), hint)]))
