"""What messages say. Short, calm, true; never what is wrong, since a lock screen shows it to anyone."""

from __future__ import annotations

from dataclasses import dataclass

from companion.safety.ladder import Tell


@dataclass(frozen=True, slots=True)
class Words:
    """A subject, also the whole first line of a text message, and the body."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class About:
    """What a message may mention."""

    name: str
    link: str
    helper: str = ""
    is_drill: bool = False
    is_calmed: bool = False
    is_again: bool = False


CONFIRM, TEST = "confirm", "test"


def words_of(message: str, about: About) -> Words:
    """The words of one kind of message."""
    words = _TEXTS[message](about)
    return Words(f"DRILL, no danger: {words.subject}", words.body) if about.is_drill else words


def _alert(about: About) -> Words:
    if about.is_calmed:
        return Words(
            f"{about.name} still needs a check",
            f'{about.name} said "I\'m OK" after an alert. Nobody has confirmed it yet. '
            f"Please call, then tell Lilo how it is:\n{about.link}",
        )
    still = "still " if about.is_again else ""
    return Words(
        f"{about.name} {still}needs help",
        f"{about.name} may be in danger. Please call or go now. "
        f'Then open this page and press "I\'m on it", so others know:\n{about.link}\n'
        f"If you cannot reach {about.name} and fear for them, ring the emergency number yourself.",
    )


def _reopened(about: About) -> Words:
    return Words(
        f"{about.name} still needs help",
        f"Somebody was on it, but has not said how it ended. Please check on {about.name}, "
        f"then tell Lilo how it is:\n{about.link}",
    )


def _claimed(about: About) -> Words:
    helper = about.helper or "Somebody"
    return Words(f"{helper} is helping {about.name}", f"{helper} is on it. You need do nothing now.\n{about.link}")


def _calmed(about: About) -> Words:
    return Words(
        f"{about.name} says they are OK",
        f'{about.name} has pressed "I\'m OK". The alert stays open until one of you has checked. '
        f"Please call, then tell Lilo how it is:\n{about.link}",
    )


def _closed(about: About) -> Words:
    return Words(f"The alert about {about.name} is over", f"It has been closed. What happened is here:\n{about.link}")


def _operator(about: About) -> Words:
    return Words(
        "Lilo: an alert needs an operator",
        f"An alert could not be brought to anybody, or nobody has answered it. See its timeline:\n{about.link}",
    )


def _confirm(about: About) -> Words:
    return Words(
        "Lilo: please confirm that this reaches you",
        f"You are to be told here when {about.name} needs help. "
        f"Open this page and press the button, so Lilo knows that messages arrive:\n{about.link}",
    )


def _test(about: About) -> Words:
    return Words(
        "Lilo: monthly test, no danger",
        "This is only the monthly test of how Lilo reaches you in an emergency. You need do nothing.",
    )


_TEXTS = {
    Tell.ALERT.value: _alert,
    Tell.REOPENED.value: _reopened,
    Tell.CLAIMED.value: _claimed,
    Tell.CALMED.value: _calmed,
    Tell.CLOSED.value: _closed,
    Tell.OPERATOR.value: _operator,
    CONFIRM: _confirm,
    TEST: _test,
}
