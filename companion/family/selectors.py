"""What a person may see of the seniors they look after, put together from the rooms that know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from companion.accounts.models import User
from companion.chat import activity
from companion.chat.activity import Talk
from companion.circle.access import Need, Rights, access_senior, may_write, rights_of, visible_seniors
from companion.circle.models import Item, Senior
from companion.circle.seen import note_seen
from companion.family import rules
from companion.family.rules import Known, Status, Trouble
from companion.safety.access import visible_alerts
from companion.safety.ladder import CLOSED, State
from companion.safety.models import Alert
from companion.safety.selectors import open_alerts

CLOSED_SHOWN = 20
#: Of this age a closed alert is in the inbox.
RECENT = timedelta(days=30)
ACTIVITY_DAYS = 7
#: A page of people says of so many how they are; staff of a home have a board for theirs.
MOST_PICTURES, MOST_PEOPLE = 12, 500


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
        return "soon" if self.is_claimed or self.alert.is_calmed or self.alert.is_drill else "alarm"


class Picture:
    """One senior as one person may see them now. A part is read when it is asked for, once, and only if it is shared.

    A part that is not shared is None, so that a page can say kindly whose wish that is.
    """

    def __init__(self, person: User, senior: Senior, rights: Rights) -> None:
        self.person = person
        self.senior = senior
        self.rights = rights
        self.now = timezone.now()

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
        return self.person.pk == self.senior.pk

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

    @cached_property
    def alerts(self) -> list[AlertCard]:
        """The open alerts, newest first: those told in confidence to this person too."""
        may_handle = self.rights.may_write and not self.is_own
        found = open_alerts(self.person).filter(senior=self.senior.pk, told_since__isnull=False)
        return [_card(alert, self.person, self.senior.name, may_handle=may_handle) for alert in found]

    @cached_property
    def talked_at(self) -> datetime | None:
        """When the senior talked with Lilo last."""
        if not self.shares(Need.ACTIVITY):
            return None
        return activity.last_talked([self.senior.pk]).get(self.senior.pk)

    @cached_property
    def talks_today(self) -> list[Talk] | None:
        """The talks of the senior's day, newest first."""
        if not self.shares(Need.ACTIVITY):
            return None
        return activity.talks_of(self.senior.pk, since=_midnight(self.today, self.zone), until=self.now)

    @cached_property
    def status(self) -> Status:
        """How they are, in words."""
        gravest = min((card for card in self.alerts), key=_gravity, default=None)
        known = Known(
            name=self.senior.name,
            now=self.now,
            zone=self.zone,
            trouble=_trouble(gravest) if gravest else None,
            helper=gravest.alert.claimed_by.short_name if gravest and gravest.alert.claimed_by else "",
            shares_activity=self.shares(Need.ACTIVITY),
            seen_at=self.talked_at,
        )
        return rules.status_of(known)

    @property
    def shows_topics(self) -> bool:
        """Whether the senior shares what they talk about."""
        return self.shares(Need.TOPICS)

    def topics(self, talk: Talk) -> tuple[str, ...]:
        """What a talk was about, where topics are shared."""
        return activity.topics_of(talk) if self.shares(Need.TOPICS) else ()


@dataclass(frozen=True, slots=True)
class DayOfTalks:
    """The talks of one of the senior's days."""

    day: date
    talks: tuple[tuple[Talk, tuple[str, ...]], ...]
    """Each with its topics, newest first."""


def picture_of(person: User, senior_id: UUID, *needs: Need) -> Picture:
    """A senior as this person may see them. A look at shared items goes into the access log.

    Args:
        person: who looks.
        senior_id: at whom.
        *needs: what the page is about; without one of them it is not theirs. Without any, whatever is shared is shown.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    senior = access_senior(person, senior_id, need=Need.BELONG)
    for need in needs:
        access_senior(person, senior_id, need=need)
    picture = Picture(person, senior, rights_of([person.pk], senior.pk)[person.pk])
    if not needs:
        for item in picture.shown:
            note_seen(person, [senior.pk], item)
    return picture


def days_of_talks(picture: Picture, *, until: date, days: int = ACTIVITY_DAYS) -> list[DayOfTalks]:
    """The senior's talks by day, newest first. Each day is there, an empty one too."""
    first = until - timedelta(days=days - 1)
    zone = ZoneInfo(picture.zone)
    since, end = _midnight(first, picture.zone), _midnight(until + timedelta(days=1), picture.zone)
    talks = activity.talks_of(picture.senior.pk, since=since, until=end)
    found = []
    for number in range(days):
        day = until - timedelta(days=number)
        of_day = [talk for talk in talks if talk.began.astimezone(zone).date() == day]
        found.append(DayOfTalks(day, tuple((talk, picture.topics(talk)) for talk in of_day)))
    return found


def inbox(person: User) -> list[AlertCard]:
    """The open alerts of everybody the person looks after, the gravest first, newest first."""
    alerts = list(open_alerts(person).exclude(senior=person.pk).filter(told_since__isnull=False))
    return sorted(_cards(person, alerts), key=_gravity)


def closed_alerts(person: User) -> list[AlertCard]:
    """The last alerts that are over."""
    recent = (
        visible_alerts(person)
        .exclude(senior=person.pk)
        .filter(state__in=CLOSED, told_since__isnull=False, raised_at__gt=timezone.now() - RECENT)
    )
    return _cards(person, list(recent.select_related("senior", "claimed_by", "closed_by")[:CLOSED_SHOWN]))


@dataclass(frozen=True, slots=True)
class People:
    """Everybody a person looks after: with how they are, and, where they are very many, the rest by name."""

    pictures: tuple[Picture, ...]
    others: tuple[Senior, ...] = ()


def people_of(person: User) -> People:
    """Everybody the person looks after, those who need something first."""
    seniors = list(visible_seniors(person)[:MOST_PEOPLE])
    pictures = [Picture(person, one, rights_of([person.pk], one.pk)[person.pk]) for one in seniors[:MOST_PICTURES]]
    order = list(rules.Tone)
    pictures.sort(key=lambda picture: -order.index(picture.status.tone))
    return People(tuple(pictures), tuple(seniors[MOST_PICTURES:]))


def card_of(person: User, alert: Alert) -> AlertCard:
    """One alert that the person may see."""
    return _cards(person, [alert])[0]


def _cards(person: User, alerts: list[Alert]) -> list[AlertCard]:
    keys = {alert.senior_id for alert in alerts}
    names = {senior.pk: senior.name for senior in Senior.objects.select_related("user").filter(pk__in=keys)}
    handles = {key: may_write(person, key, need=Need.BELONG) for key in keys}
    return [
        _card(alert, person, names.get(alert.senior_id, alert.senior.short_name), may_handle=handles[alert.senior_id])
        for alert in alerts
    ]


def _card(alert: Alert, person: User, name: str, *, may_handle: bool) -> AlertCard:
    is_mine = alert.state == State.CLAIMED and alert.claimed_by_id == person.pk
    return AlertCard(alert, name, is_mine=is_mine, may_handle=may_handle)


def _trouble(card: AlertCard) -> Trouble:
    if card.alert.is_drill:
        return Trouble.DRILL
    if card.is_claimed:
        return Trouble.MINE if card.is_mine else Trouble.CLAIMED
    return Trouble.CALMED if card.alert.is_calmed else Trouble.HELP


def _gravity(card: AlertCard) -> int:
    return list(Trouble).index(_trouble(card))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone))
