"""The account pages, by HTTP."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from celery import current_app
from celery.exceptions import OperationalError
from django.contrib.auth import get_user
from django.core import mail
from django.http import HttpRequest
from django.test import AsyncClient, Client
from django.urls import reverse

from companion.accounts import actions, mails, sign_ins, tasks
from companion.accounts.models import AuditLog, Kind, RefreshFamily, SignInPass, User
from tests.companion.accounts.conftest import PASSWORD, PHONE

NEW = "nine loud sparrows"
SIGN_UP = {
    "kind": "senior",
    "full_name": "George Bell",
    "email": "",
    "username": "George",
    "password": PASSWORD,
    "country": "GB",
    "time_zone": "Europe/London",
}


def signed_in_as(client: Client) -> str:
    """The user name of the client's session, or nothing."""
    request = HttpRequest()
    request.session = client.session
    return get_user(request).get_username()


def sign_in(client: Client, name: str = "margaret", password: str = PASSWORD, **more: str) -> Any:
    return client.post(reverse("sign-in"), {"username": name, "password": password, **more})


@pytest.fixture
def mails_leave(django_capture_on_commit_callbacks: Callable[..., object]) -> Iterator[Callable[..., object]]:
    """A block at whose end its transactions count as done; tasks run where they are queued."""
    assert {mails.VERIFY_TASK, mails.RESET_TASK} <= set(current_app.tasks), f"{tasks.__name__} must register them"
    before = current_app.conf.task_always_eager
    current_app.conf.task_always_eager = True
    yield partial(django_capture_on_commit_callbacks, execute=True)
    current_app.conf.task_always_eager = before


def link_in(message: mail.EmailMessage) -> str:
    found = re.search(r"http://testserver(/\S+)", str(message.body))
    assert found, message.body
    return found.group(1)


# Signing in and out


@pytest.mark.parametrize(("who", "days"), [("margaret", 180), ("anna", 0.5)])
def test_people_come_in_and_seniors_stay(client: Client, senior: User, daughter: User, who: str, days: float) -> None:
    response = sign_in(client, who)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert signed_in_as(client) == who
    assert client.session.get_expiry_age() == pytest.approx(days * 86_400, abs=60)


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/account/", "/account/"),
        ("https://evil.test/", "/"),
        ("//evil.test/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\evil.test", "/"),
    ],
)
def test_only_our_own_pages_are_next(client: Client, senior: User, wanted: str, reached: str) -> None:
    assert sign_in(client, next=wanted)["Location"] == reached


def test_the_page_one_came_for_is_kept_through_the_form(client: Client, senior: User) -> None:
    page = client.get(client.get(reverse("account"))["Location"])
    assert 'name="next" value="/account/"' in page.content.decode()


def test_an_unknown_name_and_a_wrong_password_look_the_same(client: Client, senior: User) -> None:
    pages = [sign_in(client, name, "wrong").content.decode() for name in ("margaret", "nobody12")]
    assert "The name or the password is not right" in pages[0]
    assert re.sub(r'value="[^"]*"', "", pages[0]) == re.sub(r'value="[^"]*"', "", pages[1])
    assert signed_in_as(client) == ""


def test_a_password_beyond_128_signs_is_refused_kindly(client: Client, senior: User) -> None:
    page = sign_in(client, password="x" * 4096).content.decode()
    assert "at most 128 characters" in page
    assert "maxlength" not in re.search(r'<input type="password"[^>]*>', page).group()  # type: ignore[union-attr]


def test_the_wait_is_told_and_does_not_grow(client: Client, senior: User) -> None:
    for _ in range(5):
        page = sign_in(client, password="wrong")
    assert page.status_code == 429
    first = int(page["Retry-After"])
    assert "please wait 15 minutes" in page.content.decode()
    again = sign_in(client)
    assert again.status_code == 429
    assert int(again["Retry-After"]) <= first
    assert signed_in_as(client) == ""


@pytest.mark.django_db(transaction=True)
async def test_the_lock_holds_under_asgi_too(async_client: AsyncClient) -> None:
    form = {"username": "nobody12", "password": "wrong"}
    for path in ("/sign-in/", "/api/v1/auth/token"):
        sent: dict[str, Any] = {"content_type": "application/json"} if path.startswith("/api/") else {}
        responses = [await async_client.post(path, form, **sent) for _ in range(6)]
        assert responses[-1].status_code == 429
        assert int(responses[-1]["Retry-After"]) > 800
    assert responses[-1]["Content-Type"] == "application/problem+json"


def test_a_guesser_never_locks_a_senior_out_of_a_code(client: Client, senior: User) -> None:
    for _ in range(6):
        sign_in(client, password="wrong")
    client.post(reverse("sign-in-code"), {"code": actions.issue_sign_in_code(senior, senior)})
    assert signed_in_as(client) == "margaret"


def test_too_many_names_from_one_address_have_to_wait(client: Client, senior: User) -> None:
    codes = [sign_in(client, f"nobody{n}", "wrong").status_code for n in range(36)]
    assert codes[:30] == [200] * 30
    assert 429 in codes[30:]


def test_signing_out_is_a_press_not_a_link(client: Client, senior: User) -> None:
    client.force_login(senior)
    assert client.get(reverse("sign-out")).status_code == 405
    assert signed_in_as(client) == "margaret"
    client.post(reverse("sign-out"))
    assert signed_in_as(client) == ""


def test_who_is_signed_in_needs_no_sign_in_page(client: Client, senior: User) -> None:
    client.force_login(senior)
    assert client.get(reverse("sign-in"))["Location"] == "/"


# Codes and links


def test_a_code_lets_a_senior_in_once(client: Client, senior: User) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    assert re.fullmatch(r"[ACDEFHJKLMNPRTWXY3479]{4}-[ACDEFHJKLMNPRTWXY3479]{4}", code)
    typed = {"code": f" {code.lower().replace('-', '  ')} "}
    assert client.post(reverse("sign-in-code"), typed)["Location"] == "/"
    assert signed_in_as(client) == "margaret"
    other = Client()
    assert "This code does not work" in other.post(reverse("sign-in-code"), typed).content.decode()
    assert signed_in_as(other) == ""


def test_codes_have_few_tries(client: Client, senior: User) -> None:
    code = actions.issue_sign_in_code(senior, senior)
    for _ in range(10):
        client.post(reverse("sign-in-code"), {"code": "ACDE-3333"})
    page = client.post(reverse("sign-in-code"), {"code": code})
    assert page.status_code == 429
    assert signed_in_as(client) == ""
    assert SignInPass.objects.get().used_at is None


def test_a_link_is_used_by_its_button_only(client: Client, senior: User) -> None:
    url = reverse("sign-in-link", args=[actions.issue_sign_in_link(senior, senior)])
    for _ in range(3):  # a mail scanner looks
        assert client.get(url).status_code == 200
        assert client.head(url).status_code == 200
    assert signed_in_as(client) == ""
    assert client.post(url)["Location"] == "/"
    assert signed_in_as(client) == "margaret"
    assert client.session.get_expiry_age() == pytest.approx(180 * 86_400, abs=60)
    assert Client().post(url).status_code == 410


def test_a_guessed_link_is_over_and_soon_has_to_wait(client: Client, senior: User) -> None:
    codes = [client.post(reverse("sign-in-link", args=[f"guess{n}"])).status_code for n in range(11)]
    assert codes == [410] * 10 + [429]


def test_a_link_changes_who_is_signed_in(client: Client, senior: User, daughter: User) -> None:
    client.force_login(daughter)
    client.post(reverse("sign-in-link", args=[actions.issue_sign_in_link(senior, senior)]))
    assert signed_in_as(client) == "margaret"


# Signing up


def test_a_senior_signs_up_without_mail(client: Client, db: None) -> None:
    assert client.get(reverse("sign-up")).status_code == 200
    assert client.post(reverse("sign-up"), SIGN_UP)["Location"] == "/"
    george = User.objects.get()
    assert (george.username, george.kind, george.country, george.time_zone) == (
        "george",
        Kind.SENIOR,
        "GB",
        "Europe/London",
    )
    assert not george.is_staff
    assert signed_in_as(client) == "george"
    assert sign_in(Client(), "george").status_code == 302


def test_family_signs_up_and_verifies_by_a_button(client: Client, db: None, mails_leave: Callable[..., Any]) -> None:
    with mails_leave():
        client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family", "email": "George@example.org"})
    (message,) = mail.outbox
    assert message.to == ["george@example.org"]
    url = link_in(message)
    assert client.get(url).status_code == 200
    assert not User.objects.get().is_verified
    assert "Thank you" in client.post(url).content.decode()
    assert User.objects.get().is_verified
    assert AuditLog.objects.filter(action="email.verified").count() == 1
    client.post(url)
    assert AuditLog.objects.filter(action="email.verified").count() == 1


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("kind", "staff", "valid choice"),
        ("kind", "curator", "valid choice"),
        ("full_name", "", "required"),
        ("email", "nobody", "valid email"),
        ("email", "Margaret@example.org", "already uses this e-mail"),
        ("username", "MARGARET", "already exists"),
        ("username", "g b", "letters or digits"),
        ("username", "x" * 41, "at most 40"),
        ("password", "short", "too short"),
        ("password", "x" * 129, "at most 128"),
        ("password", "george bell", "too similar"),
        ("country", "Atlantis", "valid choice"),
        ("time_zone", "../../etc/passwd", "valid choice"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(
    client: Client, senior: User, field: str, value: str, words: str
) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, field: value})
    assert page.status_code == 422
    assert words in " ".join(page.context["form"].errors[field])
    assert 'aria-invalid="true"' in page.content.decode()
    assert User.objects.count() == 1


def test_family_needs_an_address(client: Client, db: None) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family"})
    assert "Please give your e-mail address" in page.content.decode()


def test_signing_up_gives_no_rights(client: Client, db: None) -> None:
    client.post(reverse("sign-up"), {**SIGN_UP, "is_staff": "on", "is_superuser": "on", "is_verified": "on"})
    george = User.objects.get()
    assert (george.is_staff, george.is_superuser, george.is_verified) == (False, False, False)


def test_asking_which_addresses_are_known_is_limited(client: Client, senior: User) -> None:
    asked = {**SIGN_UP, "email": "margaret@example.org"}
    codes = [Client().post(reverse("sign-up"), asked).status_code for _ in range(21)]
    assert codes == [422] * 20 + [429]


def test_all_that_is_wrong_is_said_at_once(client: Client, db: None) -> None:
    page = client.post(reverse("sign-up"), {**SIGN_UP, "kind": "family", "password": "short", "full_name": ""})
    assert set(page.context["form"].errors) == {"email", "password", "full_name"}


@pytest.mark.parametrize("token", ["guess", "a:b:c", "x" * 300])
def test_a_wrong_verification_link_is_over(client: Client, db: None, token: str) -> None:
    assert client.get(reverse("verify-email", args=[token])).status_code == 410


def test_a_verification_link_ends_with_the_address(client: Client, senior: User) -> None:
    token = actions.verification_token(senior)
    senior.email = "other@example.org"
    senior.save(update_fields=["email"])
    assert client.post(reverse("verify-email", args=[token])).status_code == 410
    senior.refresh_from_db()
    assert not senior.is_verified


# A new password


def test_a_new_password_by_mail(client: Client, senior: User, mails_leave: Callable[..., Any]) -> None:
    elsewhere, app = Client(), sign_ins.begin(senior, PHONE)
    elsewhere.force_login(senior)
    with mails_leave():
        asked = client.post(reverse("password-reset"), {"email": "MARGARET@example.org"})
    assert client.get(asked["Location"]).status_code == 200
    (message,) = mail.outbox
    assert "Your user name is margaret" in message.body
    url = link_in(message)
    form = client.get(url, follow=True)
    place = form.redirect_chain[-1][0]
    assert "set-password" in place, "the token must leave the address"
    weak = client.post(place, {"new_password1": "short"})
    assert "too short" in weak.content.decode()
    done = client.post(place, {"new_password1": NEW})
    assert client.get(done["Location"]).status_code == 200
    assert signed_in_as(client) == "margaret"
    assert signed_in_as(elsewhere) == ""
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.refresh(app.refresh, PHONE)
    senior.refresh_from_db()
    assert senior.check_password(NEW)
    assert senior.is_verified
    assert "does not work any more" in Client().get(url, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_mail(
    client: Client, senior: User, mails_leave: Callable[..., Any]
) -> None:
    with mails_leave():
        known = client.post(reverse("password-reset"), {"email": "margaret@example.org"})
        unknown = client.post(reverse("password-reset"), {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert len(mail.outbox) == 1


def test_a_lost_broker_does_not_show(
    client: Client, senior: User, mails_leave: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object, **__: object) -> None:
        raise OperationalError

    monkeypatch.setattr(tasks.mail_reset, "apply_async", lost)
    with mails_leave():
        response = client.post(reverse("password-reset"), {"email": "margaret@example.org"})
    assert response["Location"] == reverse("password-reset-sent")
    assert mail.outbox == []


def test_nobody_is_flooded_with_reset_mails(senior: User, mails_leave: Callable[..., Any]) -> None:
    with mails_leave():
        for n in range(6):
            http = Client(REMOTE_ADDR=f"203.0.113.{n}")
            assert http.post(reverse("password-reset"), {"email": "margaret@example.org"}).status_code == 302
    assert len(mail.outbox) == 3


def test_asking_for_mails_is_limited_by_address(client: Client, db: None) -> None:
    assert client.get(reverse("password-reset")).status_code == 200
    codes = [client.post(reverse("password-reset"), {"email": f"n{n}@example.org"}).status_code for n in range(11)]
    assert codes == [302] * 10 + [429]


@pytest.mark.parametrize("path", ["/reset/x/y/", "/reset/MQ/abc-def/", "/reset/%00/set-password/"])
def test_a_wrong_reset_link_is_over(client: Client, db: None, path: str) -> None:
    page = client.get(path, follow=True)
    assert "does not work any more" in page.content.decode()


def test_changing_the_password_keeps_this_session_only(client: Client, senior: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(senior)
    wrong = client.post(reverse("change-password"), {"old_password": "wrong", "new_password1": NEW})
    assert "This is not your password" in wrong.content.decode()
    assert client.get(reverse("change-password")).status_code == 200
    done = client.post(reverse("change-password"), {"old_password": PASSWORD, "new_password1": NEW}, follow=True)
    assert "Your new password works" in done.content.decode()
    assert (signed_in_as(client), signed_in_as(elsewhere)) == ("margaret", "")


def test_the_old_password_cannot_be_guessed(client: Client, senior: User) -> None:
    client.force_login(senior)
    tries = [{"old_password": f"wrong {n}", "new_password1": NEW} for n in range(6)]
    assert [client.post(reverse("change-password"), one).status_code for one in tries] == [422] * 5 + [429]


# My sign-ins


def test_the_list_shows_ones_own_sign_ins_and_ends_them(client: Client, senior: User, daughter: User) -> None:
    sign_ins.begin(senior, PHONE, device="<b>Kitchen</b> tablet")
    sign_ins.begin(daughter, PHONE, device="Anna's phone")
    client.force_login(senior)
    page = client.get(reverse("account")).content.decode()
    assert "&lt;b&gt;Kitchen&lt;/b&gt; tablet" in page
    assert "Anna" not in page
    anna, mine = RefreshFamily.objects.get(user=daughter), RefreshFamily.objects.get(user=senior)
    assert client.post(reverse("end-sign-in", args=[anna.pk])).status_code == 404
    assert client.post(reverse("end-sign-in", args=[uuid4()])).status_code == 404
    assert "That sign-in has ended" in client.post(reverse("end-sign-in", args=[mine.pk]), follow=True).content.decode()
    assert list(RefreshFamily.objects.filter(revoked_at=None)) == [anna]
    assert "No app is signed in" in client.get(reverse("account")).content.decode()


def test_signing_out_everywhere(client: Client, senior: User) -> None:
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(senior)
    app = sign_ins.begin(senior, PHONE)
    client.post(reverse("end-all-sign-ins"))
    assert (signed_in_as(client), signed_in_as(elsewhere)) == ("", "")
    with pytest.raises(sign_ins.SignInEndedError):
        sign_ins.refresh(app.refresh, PHONE)


def test_a_senior_takes_a_code_to_another_device(client: Client, senior: User, daughter: User) -> None:
    client.force_login(senior)
    page = client.post(reverse("show-code"))
    tablet = Client()
    tablet.post(reverse("sign-in-code"), {"code": page.context["code"]})
    assert signed_in_as(tablet) == "margaret"
    client.force_login(daughter)
    assert client.post(reverse("show-code")).status_code == 404


@pytest.mark.parametrize("name", ["account", "change-password"])
def test_strangers_are_sent_to_the_sign_in_page(client: Client, db: None, name: str) -> None:
    assert client.get(reverse(name))["Location"] == f"/sign-in/?next={reverse(name)}"


@pytest.mark.parametrize(
    "name", ["sign-in", "sign-up", "sign-in-code", "password-reset", "password-reset-sent", "password-reset-done"]
)
def test_pages_keep_to_the_content_policy(client: Client, db: None, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert "default-src 'self'" in page["Content-Security-Policy"]
    text = page.content.decode()
    assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", text)
    assert len(re.findall("<h1", text)) == 1
