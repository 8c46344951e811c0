"""One senior as one person may see them now, put together from the rooms that know it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any, Generic, TypeVar, cast
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.utils import timezone

from companion.accounts.models import User
from companion.care.calendar import selectors as calendar
from companion.care.calendar.selectors import Planned
from companion.care.journal import selectors as journal
from companion.care.medicines import selectors as medicines
from companion.care.medicines.adherence import Adherence, Outcome, count
from companion.care.medicines.models import DoseState, Occurrence, Regimen
from companion.chat import activity
from companion.chat.activity import Talk
from companion.chat.family_messages import selectors as family_messages
from companion.chat.family_messages.models import FamilyMessage
from companion.circle.access import Need, Rights
from companion.circle.models import Item, Senior
from companion.family import day, rules
from companion.family.day import Moment, Week
from companion.family.rules import Doses, Known, Status, Trouble
from companion.safety.ladder import CLOSED, State
from companion.safety.models import Alert
from companion.safety.selectors import confided, told_alerts

T = TypeVar("T")
WEEK = timedelta(days=6)
#: So long after its time a visit is still in sight.
LINGERS = timedelta(hours=1)
#: Of what the journal says last, so much is shown, where it is not older than that.
LATEST_SHOWN, LATEST_WITHIN = 5, timedelta(days=30)


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An alert as one person sees it."""

    alert: Alert
    name: str
    is_mine: bool
    """They are on it."""
    may_handle: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to look after it."""
        return self.alert.state not in CLOSED

    @property
    def is_claimed(self) -> bool:
        """Whether somebody is on it."""
        return self.alert.state == State.CLAIMED

    @property
    def tone(self) -> str:
        """Red only where nobody is on it."""
        if not self.is_open:
            return "well"
        return "soon" if self.trouble is not Trouble.HELP else "alarm"

    @property
    def trouble(self) -> Trouble:
        """What it calls for."""
        if self.alert.is_drill:
            return Trouble.DRILL
        if self.is_claimed:
            return Trouble.MINE if self.is_mine else Trouble.CLAIMED
        return Trouble.CALMED if self.alert.is_calmed else Trouble.HELP

    @property
    def gravity(self) -> int:
        """The gravest has the least."""
        return list(Trouble).index(self.trouble)


def card(alert: Alert, person: User, name: str, *, may_handle: bool) -> AlertCard:
    """An alert as a person sees it."""
    is_mine = alert.state == State.CLAIMED and alert.claimed_by_id == person.pk
    return AlertCard(alert, name, is_mine=is_mine, may_handle=may_handle)


class shared_part(Generic[T]):  # noqa: N801  (a decorator)
    """A part that looks the same to everybody with the same rights: read once for all of them."""

    def __init__(self, read: Callable[[Picture], T]) -> None:
        self._read = read
        self._name = read.__name__
        self.__doc__ = read.__doc__

    def __get__(self, picture: Picture, _owner: type[Picture]) -> T:
        if self._name not in picture.facts:
            picture.facts[self._name] = self._read(picture)
        return cast(T, picture.facts[self._name])


class Picture:
    """A part is read when it is asked for, once, and only if it is shared.

    A part that is not shared is None, so that a page can say kindly whose wish that is.
    """

    def __init__(self, person: User, senior: Senior, rights: Rights) -> None:
        self.person = person
        self.senior = senior
        self.rights = rights
        self.now = timezone.now()
        #: What has been read and looks the same to everybody with these rights.
        self.facts: dict[str, Any] = {}

    def seen_by(self, person: User) -> Picture:
        """The same senior as another person with the same rights sees them; what both may see is read once."""
        other = Picture(person, self.senior, self.rights)
        other.now, other.facts = self.now, self.facts
        return other

    def told_of(self, alerts: list[Alert]) -> None:
        """The open alerts of this senior, where the caller has read them already."""
        self.facts["told_alerts"] = alerts

    @property
    def zone(self) -> str:
        """Times of a senior's day are told by the senior's clock."""
        return self.senior.user.time_zone

    @property
    def today(self) -> date:
        """The senior's day."""
        return self.now.astimezone(ZoneInfo(self.zone)).date()

    @property
    def is_own(self) -> bool:
        """Whether the senior looks at their own page."""
        return bool(self.person.pk == self.senior.pk)

    @property
    def may_write(self) -> bool:
        """Whether they may do more than look."""
        return self.rights.may_write

    @property
    def shown(self) -> list[Item]:
        """What the senior shares with this person."""
        return [item for item in Item if Need(item.value) in self.rights.needs]

    @property
    def kept(self) -> list[Item]:
        """What the senior keeps to themselves."""
        return [item for item in Item if Need(item.value) not in self.rights.needs]

    def shares(self, need: Need) -> bool:
        """Whether this person may see it."""
        return need in self.rights.needs

    @property
    def shows_topics(self) -> bool:
        """Whether the senior shares what they talk about."""
        return self.shares(Need.TOPICS)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the senior's clock shows another time than the one who looks has."""
        here = self.now.astimezone(ZoneInfo(self.person.time_zone)).utcoffset()
        return here != self.now.astimezone(ZoneInfo(self.zone)).utcoffset()

    @shared_part
    def told_alerts(self) -> list[Alert]:
        """The open alerts that people are told of; not all of them to everybody."""
        return told_alerts([self.senior.pk]) if self.shares(Need.ALERTS) else []

    @cached_property
    def alerts(self) -> list[AlertCard]:
        """The open alerts, the gravest first: those told in confidence to this person too."""
        may_handle = self.rights.may_write and not self.is_own
        found = confided(self.person, self.told_alerts)
        cards = [card(alert, self.person, self.senior.name, may_handle=may_handle) for alert in found]
        return sorted(cards, key=lambda one: one.gravity)

    @shared_part
    def talked_at(self) -> datetime | None:
        """When the senior talked with Lilo last."""
        if not self.shares(Need.ACTIVITY):
            return None
        return activity.last_talked([self.senior.pk]).get(self.senior.pk)

    @shared_part
    def talks_today(self) -> list[Talk] | None:
        """The talks of the senior's day, newest first."""
        if not self.shares(Need.ACTIVITY):
            return None
        return activity.talks_of(self.senior.pk, since=midnight(self.today, self.zone), until=self.now)

    def topics(self, talk: Talk) -> tuple[str, ...]:
        """What a talk was about, where topics are shared."""
        return activity.topics_of(talk) if self.shows_topics else ()

    @shared_part
    def doses_of_week(self) -> list[Occurrence] | None:
        """The doses of today and the six days before, without those called off."""
        if not self.shares(Need.MEDICINES):
            return None
        rows = medicines.occurrences_of(self.senior.pk, self.today - WEEK, self.today).exclude(
            state=DoseState.CANCELLED
        )
        # Each medicine and each person is opened once, not with each of its doses, and no more of it than is shown.
        regimens = Regimen.objects.only("name", "strength", "look", "form")
        people = User.objects.only("username", "full_name")
        opened = (Prefetch("regimen", regimens), Prefetch("settled_by", people))
        return list(rows.select_related(None).prefetch_related(*opened))

    @property
    def doses_today(self) -> list[Occurrence] | None:
        """The doses of the senior's day, and those of late evening that can still be taken after midnight."""
        doses = self.doses_of_week
        if doses is None:
            return None
        return [dose for dose in doses if dose.local_date == self.today or (dose.is_open and dose.due_at <= self.now)]

    @shared_part
    def week(self) -> Week | None:
        """The doses of a week as a table."""
        doses = self.doses_of_week
        return None if doses is None else day.week_of(doses, until=self.today, now=self.now)

    @shared_part
    def adherence(self) -> Adherence | None:
        """How many of the week's doses were taken. Why one was left out is looked up only where one was."""
        doses = self.doses_of_week
        if doses is None:
            return None
        if any(dose.state == DoseState.SKIPPED for dose in doses):
            return medicines.adherence(self.senior.pk, self.today - WEEK, self.today)
        return count(Outcome(dose.state, dose.was_late) for dose in doses)

    @shared_part
    def latest(self) -> list[journal.Latest] | None:
        """What the journal says last, newest first."""
        if not self.shares(Need.JOURNAL):
            return None
        return journal.latest_of(self.senior.pk, since=self.now - LATEST_WITHIN)[:LATEST_SHOWN]

    @shared_part
    def check_in(self) -> journal.CheckIn | None:
        """Whether the senior has said today how they are."""
        return journal.check_in_of(self.senior.pk, zone=self.zone) if self.shares(Need.JOURNAL) else None

    @cached_property
    def plans(self) -> list[Planned]:
        """The next visits and tasks that are not over."""
        found = calendar.planned_around(self.senior, self.today, self.today + WEEK, is_own=self.is_own)
        return [one for one in found if one.done_at is None and (one.at is None or one.at > self.now - LINGERS)]

    @cached_property
    def message(self) -> FamilyMessage | None:
        """The newest message between the senior and this person."""
        return None if self.is_own else family_messages.last_message(self.senior.pk, self.person)

    @cached_property
    def unread(self) -> int:
        """How many messages of the senior's this person has not looked at."""
        return 0 if self.is_own else family_messages.unread_of(self.person, self.senior.pk)

    @property
    def seen_at(self) -> datetime | None:
        """The newest sign of life that is shared: a talk, a check-in, a dose the senior noted."""
        signs = [self.talked_at, self.check_in.at if self.check_in else None]
        signs += [one.settled_at for one in self.doses_of_week or () if one.settled_by_id == self.senior.pk]
        return max((sign for sign in signs if sign is not None), default=None)

    @property
    def is_watched(self) -> bool:
        """Whether anything that is shared would show that the senior is about."""
        return any(self.shares(need) for need in (Need.ACTIVITY, Need.JOURNAL, Need.MEDICINES))

    @cached_property
    def status(self) -> Status:
        """How they are, in words."""
        gravest = self.alerts[0] if self.alerts else None
        helper = gravest.alert.claimed_by if gravest else None
        known = Known(
            name=self.senior.name,
            now=self.now,
            zone=self.zone,
            trouble=gravest.trouble if gravest else None,
            helper=helper.short_name if helper else "",
            is_watched=self.is_watched,
            shares_talks=self.shares(Need.ACTIVITY),
            seen_at=self.seen_at,
            feels=self.check_in.answer if self.check_in else None,
            doses=self.doses,
        )
        return rules.status_of(known)

    @shared_part
    def moments(self) -> list[Moment]:
        """What happened today as far as it is shared, newest first."""
        talks = [(talk, self.topics(talk)) for talk in self.talks_today or ()]
        return day.moments_of(talks, self.doses_today or (), self.check_in, senior=self.senior)

    @property
    def dose_lines(self) -> list[day.DoseLine]:
        """The day's doses, in order."""
        return day.lines_of(self.doses_today or (), self.now)

    @property
    def doses(self) -> Doses | None:
        """How the day's medicines stand."""
        return None if self.doses_today is None else day.count(self.doses_today, self.now)


def midnight(of_day: date, zone: str) -> datetime:
    """When a day begins where the senior is."""
    return datetime.combine(of_day, time(), ZoneInfo(zone))
