"""May this question be passed on? Asked after an answer that is none, or that did not help; nothing leaves unasked."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.utils import timezone

from companion.chat.events import Choice
from companion.chat.pressed import Pressed, Said, value_of
from companion.chat.questions import actions
from companion.chat.questions.models import PassedQuestion, PassingOn
from companion.chat.rules import is_question
from lilo_site.threads import in_thread

if TYPE_CHECKING:
    from companion.chat.reply import Reply
    from companion.chat.turn import Turn

log = logging.getLogger(__name__)

LEAD: Final = "May I pass this question on"
ASK: Final = f"{LEAD}, without your name, to the people who write my answers?"
PASSING: Final = "I am passing this question on, without your name, as you allowed me to."
THANKS: Final = "Thank you. I am glad that it helped."
SORRY: Final = "Thank you for telling me. I am sorry that it did not help."
ONCE, ALWAYS, NO, ENOUGH = "once", "always", "no", "enough"
#: Seconds that a database may take; after that nothing is asked.
PATIENCE: Final = 1.0

PASSED = Said("Yes, this one", "Thank you. I have passed it on, without your name. When I know more, I will tell you.")
PASSED_ALWAYS = Said(
    "Yes, always",
    "Thank you. I have passed it on, without your name, and I will do so from now on. You can change that in Settings.",
)
NOT_PASSED = Said("No, thank you", "All right. I do not pass it on.")
NOT_POSSIBLE = Said("Yes, this one", "I could not pass that question on. Please tell somebody you trust about it.")
LET_BE = Said("No, thank you", "All right.")

#: Questions on their way; the event loop itself holds tasks only weakly.
_passing: set[asyncio.Task[None]] = set()


@dataclass(frozen=True, slots=True)
class Asking:
    """What Lilo says about passing a question on."""

    text: str
    choices: tuple[Choice, ...] = ()
    """The answers, where it asks."""
    passes_on: bool = False
    """The person has allowed it for good."""


async def afterword(turn: Turn, reply: Reply) -> Asking | None:
    """What is said after an answer that is none. It is spoken already: nobody waits for this.

    Words that ask nothing are not passed on, and Lilo does not ask for it twice in a few turns.
    """
    if reply.kind != "abstention" or reply.choices or not is_question(turn.text):
        return None
    try:
        async with asyncio.timeout(PATIENCE):
            asking = await in_thread(_asking, turn.speaker.user_id, turn.turn_id, reply.searched or turn.text)
    except Exception:  # an outer edge: the answer is spoken, and what would follow takes nothing from it
        log.exception("nobody was asked whether a question may be passed on")
        return None
    asked_lately = any(LEAD in exchange.answered for exchange in turn.recent)
    return None if asking is not None and asking.choices and asked_lately else asking


def pass_on_soon(turn: Turn) -> None:
    """Pass the question of a kept turn on, while nobody waits."""
    task = asyncio.create_task(_pass_on(turn.speaker.user_id, turn.turn_id))
    _passing.add(task)
    task.add_done_callback(_passing.discard)


def thanks_for(user_id: UUID, turn_id: UUID, *, helpful: bool) -> Asking:
    """What is said to an opinion that was kept just now. Passes the question on where it always may. Blocks."""
    if helpful:
        return Asking(THANKS)
    turn = actions.passable(user_id, turn_id)
    asking = _asking(user_id, turn_id, actions.question_in(turn)) if turn is not None else None
    if asking is None or (asking.passes_on and not actions.pass_on(user_id, turn_id)):
        return Asking(SORRY)
    return Asking(f"{SORRY} {asking.text}", asking.choices, asking.passes_on)


def open_asking(user_id: UUID, turn_id: UUID) -> Asking | None:
    """The question that a page without scripts still owes, below an answer that did not help. Blocks."""
    turn = actions.passable(user_id, turn_id)
    asking = _asking(user_id, turn_id, actions.question_in(turn)) if turn is not None else None
    return Asking(f"{SORRY} {asking.text}", asking.choices) if asking is not None and asking.choices else None


def press(pressed: Pressed) -> Said:
    """A pressed button under the question whether to pass on, or on the card of what Lilo knows by now. Blocks."""
    if pressed.verb == ENOUGH:
        PassedQuestion.objects.filter(pk=pressed.id, user=pressed.by).update(settled_at=timezone.now())
        return LET_BE
    if pressed.verb not in (ONCE, ALWAYS):
        return NOT_PASSED
    if pressed.verb == ALWAYS:
        actions.choose(pressed.by, PassingOn.Choice.ALWAYS)
    if not actions.pass_on(pressed.by, pressed.id):
        return NOT_POSSIBLE
    return PASSED_ALWAYS if pressed.verb == ALWAYS else PASSED


def _asking(user_id: UUID, turn_id: UUID, question: str) -> Asking | None:
    choice = actions.choice_of(user_id)
    if choice is PassingOn.Choice.NEVER or PassedQuestion.objects.filter(user=user_id, turn_id=turn_id).exists():
        return None
    if choice is PassingOn.Choice.ALWAYS:
        return Asking(PASSING, passes_on=True)
    words = actions.words_to_pass(user_id, question)
    quoted = f" They would read: “{words}”" if words != question else ""
    labels = ((ONCE, PASSED.said), (ALWAYS, PASSED_ALWAYS.said), (NO, NOT_PASSED.said))
    choices = tuple(Choice(label=label, value=value_of(actions.KIND, turn_id, verb)) for verb, label in labels)
    return Asking(f"{ASK}{quoted}", choices)


async def _pass_on(user_id: UUID, turn_id: UUID) -> None:
    try:
        await in_thread(actions.pass_on, user_id, turn_id)
    except Exception:  # the outer edge of a task that nobody waits for; the answer is kept and told
        log.exception("a question could not be passed on")
