"""Who acts on the large buttons of cards. A press is fixed words of ours: it is neither screened nor looked up.

A part adds its kind here with a function that blocks, acts and says what it came to; it never raises for a row that is
gone or not the senior's, it says so kindly.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from uuid import UUID

from companion.chat import doses, journal_offer
from companion.chat.family_messages.actions import press as answer_family
from companion.chat.pressed import Pressed, Said
from companion.chat.questions import asking
from companion.chat.questions.actions import KIND as QUESTION
from lilo_site.threads import in_thread

Handler = Callable[[Pressed], Said]
HANDLERS: Mapping[str, Handler] = {
    "message": answer_family,
    journal_offer.OFFER: journal_offer.press,
    QUESTION: asking.press,
    **dict.fromkeys((doses.DOSE, doses.NEEDED, doses.EFFECT, doses.ZONE), doses.press),
}
#: A value that says what a button says and cannot be one: no words of a person's either.
_BROKEN = re.compile(r"([a-z]{1,20}):\S*:\S*")
NOT_USABLE = Said(
    "I pressed a button", "I could not use that button. Please load the page again, and press it once more."
)
_VALUE = re.compile(r"([a-z]{1,20}):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):([a-z_-]{1,20})")


def is_choice(text: str) -> bool:
    """Whether a message is a press of one of these buttons, and no words."""
    found = _VALUE.fullmatch(text)
    return found is not None and found[1] in HANDLERS


async def take_choice(text: str, by: UUID, key: str) -> Said | None:
    """Act on a pressed button. None: it was no button.

    Args:
        text: the message.
        by: the senior.
        key: the client's own id of the message.
    """
    found = _VALUE.fullmatch(text)
    handler = HANDLERS.get(found[1]) if found else None
    if found is None or handler is None:
        broken = _BROKEN.fullmatch(text)
        return NOT_USABLE if broken is not None and broken[1] in HANDLERS else None
    return await in_thread(handler, Pressed(found[1], UUID(found[2]), found[3], by, key))
