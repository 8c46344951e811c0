"""What the portal's pages read. How one senior is stands in `picture`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from companion.accounts.models import User
from companion.care.journal.selectors import trends_of
from companion.care.journal.telling import TrendView
from companion.chat import activity
from companion.chat.activity import Talk
from companion.circle.access import (
    NOTHING,
    PROFILE_TEXTS,
    Need,
    NotYoursError,
    Rights,
    may_write,
    rights_over,
    visible_seniors,
)
from companion.circle.models import Item, Senior
from companion.circle.seen import note_seen
from companion.family import rules
from companion.family.picture import AlertCard, Picture, card, midnight
from companion.safety.access import visible_alerts
from companion.safety.ladder import CLOSED
from companion.safety.models import Alert
from companion.safety.selectors import confided, told_alerts

CLOSED_SHOWN = 20
#: Of this age a closed alert is in the inbox.
RECENT = timedelta(days=30)
ACTIVITY_DAYS = 7
#: Nobody talked with Lilo before.
FIRST_DAY = date(2000, 1, 1)
TREND_DAYS = 30
#: A page of people says of so many how they are; staff of a home have a board for theirs.
MOST_PICTURES, MOST_PEOPLE = 12, 500


@dataclass(frozen=True, slots=True)
class DayOfTalks:
    """The talks of one of the senior's days."""

    day: date
    talks: tuple[tuple[Talk, tuple[str, ...]], ...]
    """Each with its topics, newest first."""


def picture_of(person: User, senior_id: UUID, *needs: Need) -> Picture:
    """A senior as this person may see them: see `look`."""
    return look(person, senior_id, *needs)[0]


def look(person: User, senior_id: UUID, *needs: Need) -> tuple[Picture, Frame]:
    """A senior as this person may see them, and the frame of the page. Looks go into the access log.

    Args:
        person: who looks.
        senior_id: at whom.
        *needs: what the page is about; without one of them it is not theirs. Without any, whatever is shared is shown.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    rights = rights_over(person)
    mine = rights.get(senior_id, NOTHING)
    if not {Need.BELONG, *needs} <= mine.needs:
        raise NotYoursError
    senior = Senior.objects.select_related("user").defer(*PROFILE_TEXTS).get(pk=senior_id)
    picture = Picture(person, senior, mine)
    for item in [Item(need.value) for need in needs] or picture.shown:
        note_seen(person, [senior_id], item)
    frame = frame_of(person, rights)
    if not picture.is_own:
        picture.told_of([alert for alert in frame.alerts if alert.senior_id == senior_id])
    return picture, frame


def activity_of(person: User, senior_id: UUID) -> Picture:
    """A senior whose activity is looked at, with its topics where they are shared; both go into the access log.

    Raises:
        NotYoursError: unknown or forbidden.
    """
    picture = picture_of(person, senior_id, Need.ACTIVITY)
    if picture.shows_topics:
        note_seen(person, [senior_id], Item.TOPICS)
    return picture


def last_day(picture: Picture, asked: date | None) -> date:
    """The day that was asked for; the senior's own where it is none or still to come."""
    return min(max(asked or picture.today, FIRST_DAY), picture.today)


def days_of_talks(picture: Picture, *, until: date, days: int = ACTIVITY_DAYS) -> list[DayOfTalks]:
    """The senior's talks by day, newest first. Each day is there, an empty one too."""
    first = until - timedelta(days=days - 1)
    zone = ZoneInfo(picture.zone)
    since, end = midnight(first, picture.zone), midnight(until + timedelta(days=1), picture.zone)
    talks = activity.talks_of(picture.senior.pk, since=since, until=end)
    found = []
    for number in range(days):
        day = until - timedelta(days=number)
        of_day = [talk for talk in talks if talk.began.astimezone(zone).date() == day]
        found.append(DayOfTalks(day, tuple((talk, picture.topics(talk)) for talk in of_day)))
    return found


def trend_of(picture: Picture) -> TrendView | None:
    """The readings with the most to tell: those that something is said about, then those there are most of."""
    trends = [one for one in trends_of(picture.senior.pk, days=TREND_DAYS) if one.chart is not None]
    return max(trends, key=lambda one: (len(one.explanations), one.n), default=None)


def inbox(person: User) -> list[AlertCard]:
    """The open alerts of everybody the person looks after, the gravest first, newest first."""
    return sorted(_cards(person, _open_alerts(person)), key=lambda one: one.gravity)


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
    rights = rights_over(person)
    seniors = list(visible_seniors(person)[:MOST_PEOPLE])
    pictures = [Picture(person, one, rights[one.pk]) for one in seniors[:MOST_PICTURES] if one.pk in rights]
    order = list(rules.Tone)
    pictures.sort(key=lambda picture: -order.index(picture.status.tone))
    return People(tuple(pictures), tuple(seniors[MOST_PICTURES:]))


def card_of(person: User, alert: Alert) -> AlertCard:
    """One alert that the person may see."""
    return _cards(person, [alert])[0]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on top of every page of the portal."""

    alerts: tuple[Alert, ...]
    """Those that are open for this person."""
    is_several: bool
    """Whether there is another senior to switch to."""

    @property
    def open_count(self) -> int:
        """How many alerts are open."""
        return len(self.alerts)


def frame_of(person: User, rights: Mapping[UUID, Rights] | None = None) -> Frame:
    """Which alerts are open for this person, and whether they look after several."""
    rights = rights_over(person) if rights is None else rights
    return Frame(tuple(_alerts_in(person, rights)), len(rights) > 1)


def open_count(person: User) -> int:
    """How many alerts are open for this person."""
    return len(_open_alerts(person))


def _open_alerts(person: User) -> list[Alert]:
    return _alerts_in(person, rights_over(person))


def _alerts_in(person: User, rights: Mapping[UUID, Rights]) -> list[Alert]:
    """The open alerts of others that the person is told of: a senior's own calls for help are no news to them."""
    sharing = [key for key, mine in rights.items() if Need.ALERTS in mine.needs and key != person.pk]
    return confided(person, told_alerts(sharing)) if sharing else []


def _cards(person: User, alerts: list[Alert]) -> list[AlertCard]:
    keys = {alert.senior_id for alert in alerts}
    names = {senior.pk: senior.name for senior in Senior.objects.select_related("user").filter(pk__in=keys)}
    handles = {key: may_write(person, key, need=Need.BELONG) for key in keys}
    return [
        card(alert, person, names.get(alert.senior_id, alert.senior.short_name), may_handle=handles[alert.senior_id])
        for alert in alerts
    ]
