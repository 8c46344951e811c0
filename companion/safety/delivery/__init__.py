"""Getting one message to one person: the port, and which channel takes what.

A channel blocks for at most `PATIENCE` seconds, never raises for what the far side does, and hands the letter's key on
wherever the far side can use it to know a repeat.
"""

from __future__ import annotations

from collections.abc import Callable

from companion.safety.delivery import apprise, dispatcher, mail, push
from companion.safety.delivery.port import PATIENCE, Letter, Outcome

__all__ = ["PATIENCE", "Letter", "Outcome", "send", "warm_up"]

Channel = Callable[[Letter], Outcome]


def _loop_back(_letter: Letter) -> Outcome:
    """Takes a probe of our own, which goes nowhere."""
    return Outcome()


CHANNELS: dict[str, Channel] = {
    "email": mail.send,
    "sms": apprise.send_sms,
    "push": push.send,
    "apprise": apprise.send,
    "operator": apprise.send,
    "dispatcher": dispatcher.send,
    "probe": _loop_back,
}


def send(letter: Letter) -> Outcome:
    """Send a letter by its channel."""
    return CHANNELS[letter.channel.rstrip("0123456789")](letter)


def warm_up() -> None:
    """Load what the channels need, so that the first alert does not wait for it."""
    apprise.load()
    push.load()
