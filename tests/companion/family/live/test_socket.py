"""Open pages hear what changed, as far as they may, at once."""

from __future__ import annotations

from uuid import uuid4

import pytest

from companion.accounts.models import User
from companion.chat.family_messages.actions import write_to_senior
from companion.circle.actions import remove_member, set_sharing
from companion.circle.events import send_hints, senior_group
from companion.circle.models import Item, Membership
from companion.family.live import hub as hubs
from companion.family.live.hub import SIGNED_OUT, TOO_MANY_SOCKETS
from companion.safety import actions, live
from companion.safety.models import AlertLevel, AlertSource
from lilo_site.threads import in_thread
from tests.companion.chat.sockets import session_of
from tests.companion.chat.test_activity import tell
from tests.companion.family.live.conftest import Open, OpenPage

pytestmark = pytest.mark.django_db(transaction=True)


def fall(senior: User) -> None:
    actions.raise_alert(
        senior_id=senior.pk,
        level=AlertLevel.EMERGENCY,
        category="fall",
        words="I fell",
        reasons=("fell",),
        source=AlertSource.CHAT,
    )
    live.publish()


def hint(senior: User, kind: str) -> None:
    send_hints([(senior_group(senior.pk), {"type": kind, "senior_id": str(senior.pk)})])


async def test_an_alert_is_on_the_open_page_at_once(senior: User, daughter: User, open_page: Open) -> None:
    page = await open_page(daughter)
    await page.watch(senior.pk, "status", "alerts", own=("bell",))
    assert "needs help" not in await page.shows('id="bell"')
    await in_thread(fall, senior)
    shown = await page.shows("Margaret needs help")
    shown += "" if 'id="bell"' in shown else await page.shows('id="bell"')
    assert ">1<" in shown
    assert "I fell" not in shown, "the words of an emergency were sent to a page"


async def test_a_claim_is_seen_by_the_others(senior: User, daughter: User, son: User, open_page: Open) -> None:
    await in_thread(fall, senior)
    hers, his = await open_page(daughter), await open_page(son)
    for page in (hers, his):
        await page.watch(senior.pk, "alerts")
        assert "Nobody is on it yet" in await page.shown()
    alert = await in_thread(lambda: senior.alerts.get())
    await in_thread(actions.claim, alert.pk, son)
    await in_thread(live.publish)
    assert "Ben is on it" in await hers.shown()
    assert "You are on it" in await his.shown()


async def test_what_is_taken_back_leaves_the_open_page_at_once(senior: User, daughter: User, open_page: Open) -> None:
    await in_thread(set_sharing, senior, senior.pk, Item.ACTIVITY, is_on=True)
    page = await open_page(daughter)
    await page.watch(senior.pk, "day")
    assert "activity" in (await page.hear("rights"))["needs"]
    assert "Nothing yet today" in await page.shown()
    await in_thread(set_sharing, senior, senior.pk, Item.ACTIVITY, is_on=False)
    assert "activity" not in (await page.hear("rights"))["needs"]
    assert "keeps the day private" in await page.shown()


async def test_who_is_taken_out_hears_so_and_then_nothing_more(senior: User, daughter: User, open_page: Open) -> None:
    page = await open_page(daughter)
    await page.watch(senior.pk, "status", "alerts")
    await page.shown()
    member = await in_thread(Membership.objects.get, user=daughter)
    await in_thread(remove_member, senior, senior.pk, member.pk)
    assert (await page.hear("rights"))["needs"] == []
    await in_thread(fall, senior)
    assert await page.hears_nothing(), "an alert leaked to somebody who was taken out"


async def test_rights_are_asked_again_even_where_no_word_came_of_their_end(
    senior: User, daughter: User, open_page: Open
) -> None:
    page = await open_page(daughter)
    await page.watch(senior.pk, "status", "alerts")
    await page.shown()
    await in_thread(lambda: Membership.objects.filter(user=daughter).delete())
    await in_thread(fall, senior)
    assert (await page.hear("rights"))["needs"] == []
    assert await page.hears_nothing()


async def test_a_stranger_is_told_that_it_is_not_theirs(senior: User, stranger: User, open_page: Open) -> None:
    page = await open_page(stranger)
    await page.watch(senior.pk, "status", "alerts", own=("bell",))
    assert (await page.hear("rights")) == {"type": "rights", "senior": str(senior.pk), "needs": []}
    assert "Margaret" not in await page.shown()
    await in_thread(fall, senior)
    assert await page.hears_nothing(), "an alert leaked to a stranger"


async def test_an_unknown_senior_and_a_forbidden_one_are_answered_alike(stranger: User, open_page: Open) -> None:
    page, nobody = await open_page(stranger), uuid4()
    await page.watch(nobody, "status")
    assert (await page.hear("rights")) == {"type": "rights", "senior": str(nobody), "needs": []}


async def test_a_burst_of_hints_is_shown_once(senior: User, daughter: User, open_page: Open) -> None:
    await in_thread(set_sharing, senior, senior.pk, Item.ACTIVITY, is_on=True)
    page = await open_page(daughter)
    await page.watch(senior.pk, "day")
    await page.shown()
    from django.utils import timezone

    await in_thread(tell, senior, timezone.now())
    for _ in range(20):
        await in_thread(hint, senior, "activity.changed")
    assert "Talked with Lilo" in await page.shown()
    assert await page.hears_nothing()


async def test_a_hint_that_changes_nothing_sends_nothing(senior: User, daughter: User, open_page: Open) -> None:
    page = await open_page(daughter)
    await page.watch(senior.pk, "alerts")
    await page.shown()
    await in_thread(hint, senior, "alert.changed")
    assert await page.hears_nothing()


async def test_a_page_of_another_site_is_refused(daughter: User) -> None:
    page = OpenPage(await in_thread(session_of, daughter), origin="https://evil.example")
    accepted, _ = await page.connect()
    assert not accepted


async def test_nobody_comes_in_without_a_session(db: None) -> None:
    accepted, _ = await OpenPage("").connect()
    assert not accepted
    page = OpenPage("0" * 32)
    await page.connect()
    assert await page.close_code() == SIGNED_OUT


async def test_signing_out_everywhere_ends_the_page(daughter: User, open_page: Open) -> None:
    page = await open_page(daughter)
    await in_thread(lambda: User.objects.filter(pk=daughter.pk).update(auth_epoch=daughter.auth_epoch + 1))
    await in_thread(send_hints, [(f"user.{daughter.pk}", {"type": "revoked", "user_id": str(daughter.pk)})])
    assert await page.close_code() == SIGNED_OUT


async def test_the_oldest_of_very_many_windows_gives_way(
    daughter: User, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "SOCKETS_A_PERSON", 2)
    pages = [await open_page(daughter) for _ in range(3)]
    assert await pages[0].close_code() == TOO_MANY_SOCKETS


@pytest.mark.parametrize("text", ["nonsense", '{"type":"shout"}', '{"type":"watch","seniors":{"x":[]}}'])
async def test_what_is_no_frame_ends_the_socket(daughter: User, open_page: Open, text: str) -> None:
    page = await open_page(daughter)
    await page.send_to(text_data=text)
    assert await page.close_code() == 1008


async def test_a_flood_ends_the_socket(daughter: User, open_page: Open) -> None:
    page = await open_page(daughter)
    for _ in range(40):
        await page.send_json_to({"type": "ping"})
    assert await page.close_code() == 1008


async def test_words_to_one_are_read_for_that_one_alone(
    senior: User, daughter: User, son: User, open_page: Open
) -> None:
    hers, his = await open_page(daughter), await open_page(son)
    for page in (hers, his):
        await page.watch(senior.pk, "message")
        await page.shown()
    await in_thread(write_to_senior, daughter, senior.pk, "Hello Mum", key="1")
    assert "Hello Mum" in await hers.shown()
    assert await his.hears_nothing(), "what one wrote was shown to another"
