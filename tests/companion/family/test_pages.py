"""The family's pages, as a browser without scripts gets them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from benchmarks.lives import live
from companion.accounts.models import User
from companion.care.medicines import actions as medicines
from companion.care.medicines import ticks
from companion.circle.models import AccessLog, Item, Senior
from companion.safety import actions, clock
from companion.safety.models import Alert, AlertLevel, AlertSource
from tests.companion.care.medicines.conftest import daily
from tests.companion.chat.test_activity import tell
from tests.companion.circle.conftest import join, person
from tests.companion.family.conftest import share

Enter = Callable[[User], Client]


def page_of(client: Client, name: str, *ids: object, **query: str) -> str:
    answer = client.get(reverse(name, args=ids), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def fall(senior: User, category: str = "fall") -> Alert:
    raised = actions.raise_alert(
        senior_id=senior.pk,
        level=AlertLevel.EMERGENCY,
        category=category,
        words="I fell in the bath",
        reasons=("fell",),
        source=AlertSource.CHAT,
    )
    return Alert.objects.get(pk=raised.alert_id)


@pytest.fixture
def lived(senior: User, daughter: User) -> User:
    """A week of the senior's life, of which nothing but alerts is shared."""
    live(Senior.objects.get(pk=senior.pk), [daughter], days=7)
    return senior


def test_who_looks_after_one_senior_comes_straight_to_their_page(daughter: User, senior: User, enter: Enter) -> None:
    answer = enter(daughter).get(reverse("family"))
    assert answer.status_code == 302
    assert answer["Location"] == reverse("dashboard", args=[senior.pk])


def test_who_looks_after_several_chooses_and_sees_who_needs_them_first(
    daughter: User, senior: User, enter: Enter
) -> None:
    other = person("adam", "Adam Older", "senior")
    join(other, daughter, "family")
    page = page_of(enter(daughter), "family")
    assert "No alerts for Margaret" in page
    fall(other)
    page = page_of(enter(daughter), "family")
    assert page.index("Adam needs help") < page.index("No alerts for Margaret")
    assert "Switch" in page_of(enter(daughter), "dashboard", senior.pk)


def test_who_is_in_no_circle_is_told_how_to_come_in(stranger: User, enter: Enter) -> None:
    assert "You are in no circle yet" in page_of(enter(stranger), "family")


@pytest.mark.parametrize("name", ["dashboard", "family-activity", "family-trend"])
def test_a_stranger_finds_nothing(stranger: User, senior: User, enter: Enter, name: str) -> None:
    assert enter(stranger).get(reverse(name, args=[senior.pk])).status_code == 404


def test_only_alerts_are_shared_at_first_and_the_rest_is_said_kindly(lived: User, daughter: User, enter: Enter) -> None:
    page = page_of(enter(daughter), "dashboard", lived.pk)
    assert "No alerts for Margaret" in page
    assert "Margaret keeps the journal private" in page
    assert "Margaret looks after the medicines alone" in page
    for secret in ("Ramipril", "Talked with Lilo", "Weight", "over"):
        assert secret not in page.replace("Lilo tells", ""), f"{secret} was shown without being shared"


@pytest.mark.parametrize(
    ("item", "shown", "hidden"),
    [
        (Item.MEDICINES, ("Ramipril 5 mg", "doses taken in 7 days"), ("Weight:", "Talked with Lilo")),
        (Item.JOURNAL, ("Weight:", "Checked in"), ("Ramipril", "Talked with Lilo")),
        (Item.ACTIVITY, ("Talked with Lilo",), ("Ramipril", "Weight:", "About ")),
    ],
)
def test_each_item_is_shown_when_it_is_shared_and_no_other(
    lived: User, daughter: User, enter: Enter, item: Item, shown: tuple[str, ...], hidden: tuple[str, ...]
) -> None:
    tell(lived, timezone.now() - timedelta(seconds=5))
    share(lived, item)
    page = page_of(enter(daughter), "dashboard", lived.pk)
    for words in shown:
        assert words in page
    for words in hidden:
        assert words not in page, f"{words} was shown without being shared"


def test_the_words_of_a_talk_are_on_no_page(lived: User, daughter: User, enter: Enter) -> None:
    share(lived, *Item)
    tell(lived, timezone.now() - timedelta(seconds=5))
    for name in ("dashboard", "family-activity"):
        assert "my knee hurts" not in page_of(enter(daughter), name, lived.pk)


def test_what_was_looked_at_is_in_the_access_log(lived: User, daughter: User, enter: Enter) -> None:
    share(lived, Item.MEDICINES)
    page_of(enter(daughter), "dashboard", lived.pk)
    looked = set(AccessLog.objects.filter(senior_id=lived.pk, person_id=daughter.pk).values_list("item", flat=True))
    assert looked == {"alerts", "medicines"}


def test_an_alert_is_on_top_and_claimed_by_a_press(daughter: User, son: User, senior: User, enter: Enter) -> None:
    alert = fall(senior)
    page = page_of(enter(daughter), "dashboard", senior.pk)
    assert page.index("Margaret needs help") < page.index("Nobody is on it yet") < page.index("Today</h2>")
    assert "in the bath" not in page
    back = reverse("dashboard", args=[senior.pk])
    answer = enter(daughter).post(reverse("family-claim", args=[alert.pk]), {"next": back})
    assert (answer.status_code, answer["Location"]) == (302, back)
    assert "You are on it" in page_of(enter(daughter), "dashboard", senior.pk)
    assert "Anna is on it" in page_of(enter(son), "dashboard", senior.pk)


def test_a_claim_leads_nowhere_but_home(daughter: User, senior: User, enter: Enter) -> None:
    alert = fall(senior)
    answer = enter(daughter).post(reverse("family-claim", args=[alert.pk]), {"next": "https://evil.example/"})
    assert answer["Location"] == reverse("family-alerts")


def test_with_scripts_the_card_alone_comes_back(daughter: User, senior: User, enter: Enter) -> None:
    alert = fall(senior)
    answer = enter(daughter).post(reverse("family-claim", args=[alert.pk]), headers={"HX-Request": "true"})
    assert answer.content.decode().strip().startswith("<article")
    assert "You are on it" in answer.content.decode()


@pytest.mark.parametrize(("how", "state"), [("resolved", "resolved"), ("false_alarm", "false_alarm")])
def test_an_alert_ends_with_a_word_on_how(daughter: User, senior: User, enter: Enter, how: str, state: str) -> None:
    alert = fall(senior)
    client = enter(daughter)
    client.post(reverse("family-close", args=[alert.pk]), {"how": how, "reason": " "})
    alert.refresh_from_db()
    assert alert.state != state, "it was closed without a word on how it ended"
    client.post(reverse("family-close", args=[alert.pk]), {"how": how, "reason": "She had stumbled"})
    page = page_of(client, "family-alerts")
    assert "No alert is open" in page
    assert "Anna closed it: She had stumbled" in page
    alert.refresh_from_db()
    assert alert.state == state


def test_a_visitor_looks_and_cannot_claim(visitor: User, senior: User, enter: Enter) -> None:
    alert = fall(senior)
    assert "I'm on it" not in page_of(enter(visitor), "dashboard", senior.pk)
    assert enter(visitor).post(reverse("family-claim", args=[alert.pk])).status_code == 404
    alert.refresh_from_db()
    assert alert.claimed_by is None


def test_what_is_told_in_confidence_is_on_no_other_page(daughter: User, son: User, senior: User, enter: Enter) -> None:
    alert = fall(senior, "abuse")
    Alert.objects.filter(pk=alert.pk).update(told_since=timezone.now())
    for who in (daughter, son):
        for page in (page_of(enter(who), "dashboard", senior.pk), page_of(enter(who), "family-alerts")):
            assert "Margaret needs help" not in page, "an abuse alert leaked to the circle"
    alert.picked.add(daughter)
    assert "Margaret needs help" in page_of(enter(daughter), "dashboard", senior.pk)
    assert "Margaret needs help" not in page_of(enter(son), "dashboard", senior.pk)


def test_the_inbox_holds_everybodys_alerts_the_gravest_first(daughter: User, senior: User, enter: Enter) -> None:
    other = person("adam", "Adam Older", "senior")
    join(other, daughter, "family")
    claimed = fall(other)
    actions.claim(claimed.pk, daughter)
    fall(senior)
    page = page_of(enter(daughter), "family-alerts")
    assert page.index("Margaret needs help") < page.index("Adam needs help")
    assert ">2<" in page, "the bell counts both"


def test_the_last_days_show_when_and_topics_only_when_shared(lived: User, daughter: User, enter: Enter) -> None:
    assert enter(daughter).get(reverse("family-activity", args=[lived.pk])).status_code == 404
    share(lived, Item.ACTIVITY)
    page = page_of(enter(daughter), "family-activity", lived.pk)
    assert page.count("<section>") == 7
    assert "4 minutes" in page
    earlier = (timezone.now() - timedelta(days=9)).date().isoformat()
    assert "The week after" in page_of(enter(daughter), "family-activity", lived.pk, until=earlier)
    assert "Today" in page_of(enter(daughter), "family-activity", lived.pk, until="nonsense")


def test_the_trend_is_the_journals_and_only_with_it(lived: User, daughter: User, enter: Enter) -> None:
    assert enter(daughter).get(reverse("family-trend", args=[lived.pk])).status_code == 404
    share(lived, Item.JOURNAL)
    assert "<svg" in page_of(enter(daughter), "family-trend", lived.pk)


def test_settings_say_whether_lilo_can_reach_me(daughter: User, enter: Enter) -> None:
    assert "1 way, all working" in page_of(enter(daughter), "family-settings")
    daughter.contact_points.update(last_result="failed")
    assert "does not work" in page_of(enter(daughter), "family-settings")
    daughter.contact_points.all().delete()
    assert "Lilo cannot reach you yet" in page_of(enter(daughter), "family-settings")


def test_the_senior_sees_their_own_page_whole(lived: User, enter: Enter) -> None:
    page = page_of(enter(lived), "dashboard", lived.pk)
    assert "This is your own page" in page
    assert "Ramipril" in page


@pytest.mark.parametrize("name", ["family", "family-alerts", "family-settings"])
def test_nobody_comes_in_without_signing_in(client: Client, db: Any, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302


def test_a_dose_of_late_evening_is_still_late_after_midnight(
    daughter: User, senior: User, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", timezone.now)
    share(senior, Item.MEDICINES)
    with time_machine.travel("2026-06-02T01:00:00+00:00", tick=False):
        medicines.add_regimen(senior, senior.pk, name="Ramipril", rule=daily("22:00"))
    with time_machine.travel("2026-06-02T02:01:00+00:00", tick=False):
        ticks.tick()
    with time_machine.travel("2026-06-02T04:10:00+00:00", tick=False):
        ticks.tick()
        page = page_of(enter(daughter), "dashboard", senior.pk)
    assert "A medicine is late" in page
    assert "due, not taken yet" in page


def test_no_day_is_too_early_to_ask_for(lived: User, daughter: User, enter: Enter) -> None:
    share(lived, Item.ACTIVITY)
    page_of(enter(daughter), "family-activity", lived.pk, until="0001-01-01")
