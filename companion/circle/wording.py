"""How the circle says things, in words that anybody understands. Pure: no database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as in_format

from companion.circle.models import Item, Looked, Role


@dataclass(frozen=True, slots=True)
class ItemWords:
    """One item of what a senior shares."""

    title: str
    """As the senior reads it: "My medicines"."""
    of_another: str
    """As somebody else reads it: "Medicines"."""
    explains: str
    """What that is, and what it is not."""


ITEM_WORDS = {
    Item.ALERTS: ItemWords(
        "My calls for help",
        "Calls for help",
        "When help is needed, and how it ended.",
    ),
    Item.MEDICINES: ItemWords(
        "My medicines",
        "Medicines",
        "What is taken and when. Illnesses and allergies go with it.",
    ),
    Item.JOURNAL: ItemWords(
        "My journal",
        "Journal",
        "Mood, sleep, pain, weight and other readings, with the notes.",
    ),
    Item.ACTIVITY: ItemWords(
        "When I am about",
        "Being about",
        "That there was a talk with Lilo or a check-in, and when. Not what was said.",
    ),
    Item.TOPICS: ItemWords(
        "What I talk about",
        "Topics of talk",
        "Only the topic, such as sleep or food. Never the words.",
    ),
}
#: "Anna looked at your …"
LOOKED_AT = {
    Looked.ALERTS: "calls for help",
    Looked.MEDICINES: "medicines",
    Looked.JOURNAL: "journal",
    Looked.ACTIVITY: "times when you are about",
    Looked.TOPICS: "topics of talk",
    Looked.DETAILS: "address and doctor",
    Looked.HEALTH: "illnesses and allergies",
}
#: The parts of a profile.
PROFILE_WORDS = {
    "preferred_name": "what to be called",
    "address": "address",
    "country": "country",
    "doctor": "doctor",
    "pharmacy": "pharmacy",
    "conditions": "illnesses",
    "allergies": "allergies",
    "notes": "anything else",
}
#: What each role may do, for whoever chooses one or is given one.
ROLE_WORDS = {
    Role.PRIMARY: "Is called first. May invite and remove people, and keeps the address and the doctor right.",
    Role.FAMILY: "Is called when help is needed, and sees what is shared.",
    Role.CARER: "Comes by to care. Also sees the address, the doctor and the pharmacy.",
    Role.VIEWER: "Only looks: is not called, and cannot change anything.",
    Role.FACILITY_STAFF: "Works where the senior lives. Also sees the address, the doctor and the pharmacy.",
}


def names_in_words(names: Sequence[str]) -> str:
    """`Anna`, `Anna and Ben`, `Anna, Ben and Cara`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def at_in_words(at: datetime, now: datetime, zone: str) -> str:
    """An instant as people say it: `today at 9:12 a.m.`, `yesterday at …`, `Tuesday, 3 March, at …`."""
    day = day_in_words(at, now, zone)
    time = in_format(at.astimezone(ZoneInfo(zone or "UTC")), "g:i a")
    return f"{day}{',' if ',' in day else ''} at {time}"


def day_in_words(at: datetime, now: datetime, zone: str) -> str:
    """The day of an instant as people say it: `today`, `tomorrow`, `Tuesday, 3 March`."""
    place = ZoneInfo(zone or "UTC")
    day, today = at.astimezone(place).date(), now.astimezone(place).date()
    near = {0: "today", 1: "yesterday", -1: "tomorrow"}
    if (today - day).days in near:
        return near[(today - day).days]
    return in_format(day, "l, j F" if day.year == today.year else "j F Y")
