"""The senior's pages: the talk, help, an entry with its sources, and settings. All of them work without JavaScript."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from companion.accounts.models import User
from companion.chat import actions, selectors
from companion.chat.doses import waiting_reminders
from companion.chat.family_messages.access import person_to_write_to
from companion.chat.family_messages.selectors import Card, with_cards
from companion.chat.frames import REFUSALS
from companion.chat.history import StoredMessage
from companion.chat.models import PassedQuestion, PassingOn
from companion.chat.questions.actions import choice_of, choose, take_back, waiting_answers
from companion.chat.questions.asking import Asking, open_asking
from companion.chat.taking_part import set_taking_part, takes_part
from companion.chat.wording import clean
from companion.safety.apart import NO_DATABASE
from companion.safety.check_ins import open_questions
from companion.safety.numbers import numbers_anywhere
from companion.safety.views import help_away
from knowledge.public import EntryPage, entry_page
from lilo_site.threads import in_thread

TEXT_SIZES = {"20": "Large", "24": "Larger", "28": "Largest"}
TEXT_SIZE_COOKIE = "text_size"
READ_ALOUD_COOKIE = "read_aloud"
YEAR_SECONDS = 365 * 24 * 3600
#: Questions that the settings show as they were passed on.
SHOWN_PASSED = 10


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of an entry, and whether an answer used them."""

    words: str
    is_used: bool


def _signed_in(request: HttpRequest) -> User:
    return cast(User, request.user)


@never_cache
@login_required
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The talk: the last messages, and where to write or speak."""
    return _talk(request, to_id=_id_in(request.GET.get("to")))


def _id_in(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None


def _talk(request: HttpRequest, *, to_id: UUID | None = None, status: int = 200, **more: Any) -> HttpResponse:
    """The page of the talk. `to_id` is the one of their people whom the next words are for, where not Lilo."""
    last_event_id = time.time_ns() // 1000  # before the messages are read: an event in between is sent again, not lost
    user_id = _signed_in(request).pk
    said = with_cards(user_id, selectors.recent_messages(user_id))
    opinions = selectors.opinions_of(
        user_id, [message.turn_id for message in said if isinstance(message, StoredMessage)]
    )
    to = person_to_write_to(user_id, to_id) if to_id else None
    context = {
        "place": "talk",
        "said": said,
        "to": to,
        "reads_aloud": _reads_aloud(request),
        "reminders": [*open_questions(user_id), *waiting_reminders(user_id), *waiting_answers(user_id)],
        "opinions": opinions,
        "asking": _asking(user_id, said, opinions),
        "last_event_id": last_event_id,
        "form_key": uuid4(),
        **more,
    }
    return render(request, "senior/talk.html", context, status=status)


def _asking(user_id: UUID, said: Sequence[StoredMessage | Card], opinions: Mapping[UUID, bool]) -> Asking | None:
    """Whether the answer that was just said not to help may be passed on, as long as nothing else was said since."""
    last = said[-1] if said else None
    if not isinstance(last, StoredMessage) or opinions.get(last.turn_id, True):
        return None
    return None if last.choices else open_asking(user_id, last.turn_id)


@login_required
@require_POST
async def say(request: HttpRequest) -> HttpResponse:
    """Answer a message sent without JavaScript. The form's key keeps one sent twice from being answered twice."""
    text = clean(request.POST.get("text", ""))
    to_id = _id_in(request.POST.get("to"))
    refusal = "empty" if not text else "too_long" if len(text) > actions.MAX_CHARACTERS else ""
    if refusal:
        words = {"trouble": REFUSALS[refusal], "draft": text}
        return await in_thread(_talk, request, to_id=to_id, status=HTTPStatus.UNPROCESSABLE_ENTITY, **words)
    user = cast(User, await request.auser())
    turn = await actions.new_turn(user, text, message_id=_message_id(request, text), to=to_id)
    outcome = await actions.answer_fully(turn)
    if outcome.error is not None:
        words = {"trouble": outcome.error.message, "draft": text}
        return await in_thread(_talk, request, to_id=to_id, status=HTTPStatus.SERVICE_UNAVAILABLE, **words)
    if outcome.emergency is not None:
        return await in_thread(_talk, request, danger=outcome.emergency)
    return redirect(reverse("home") + "#latest")


def _message_id(request: HttpRequest, text: str) -> str:
    try:
        given = UUID(request.POST.get("form_key", ""))
    except ValueError:
        return str(uuid4())
    return str(uuid5(given, text))


@login_required
@require_POST
def feedback(request: HttpRequest) -> HttpResponse:
    """Keep whether an answer helped. What Lilo asks then is on the page, which works without scripts too."""
    try:
        turn_id = UUID(request.POST.get("turn_id", ""))
    except ValueError as error:
        raise Http404 from error
    thanks = actions.record_feedback(
        _signed_in(request).pk, turn_id, helpful=request.POST.get("helpful", "no") == "yes"
    )
    if thanks is None:
        raise Http404
    if not thanks.choices:  # else the page says so, and asks
        messages.success(request, thanks.text)
    return redirect(reverse("home") + "#latest")


@login_required
@require_POST
def passing_on(request: HttpRequest) -> HttpResponse:
    """Set whether questions may be passed on to those who write the answers, or take back those that were."""
    user, chosen = _signed_in(request), request.POST.get("choice", "")
    if chosen == "take-back":
        count = take_back(user.pk)
        messages.success(request, f"Done. {count or 'No'} question{'' if count == 1 else 's'} taken back.")
    elif chosen in PassingOn.Choice:
        choose(user.pk, PassingOn.Choice(chosen))
    else:
        raise Http404
    return redirect(reverse("senior-settings") + "#questions")


@never_cache
@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    """Whom to ring. Needs no sign-in, and no database: nobody who is in trouble is asked for a password."""
    try:
        everywhere = [] if request.user.is_authenticated else numbers_anywhere()
    except NO_DATABASE:
        return help_away(request)
    return render(request, "senior/help.html", {"everywhere": everywhere})


@never_cache
@login_required
@require_GET
def entry(request: HttpRequest, key: str) -> HttpResponse:
    """What Lilo knows about one question, with the sentences marked that an answer used, and where they come from."""
    page = entry_page(key)
    if page is None:
        raise Http404
    return render(
        request, "senior/entry.html", {"page": page, "parts": list(_parts(page, request.GET.getlist("used")))}
    )


def _parts(page: EntryPage, used: list[str]) -> Iterator[Part]:
    """The answer in order, cut where a used sentence begins and ends."""
    found = sorted(
        (place, sentence) for sentence in set(used) if sentence and (place := page.answer.find(sentence)) >= 0
    )
    start = 0
    for place, sentence in found:
        if place < start:
            continue
        if before := page.answer[start:place]:
            yield Part(before, is_used=False)
        yield Part(sentence, is_used=True)
        start = place + len(sentence)
    if rest := page.answer[start:]:
        yield Part(rest, is_used=False)


@login_required
@require_GET
def settings_page(request: HttpRequest) -> HttpResponse:
    """How large the words are, and signing out."""
    chosen = request.COOKIES.get(TEXT_SIZE_COOKIE, "20")
    sizes = [{"size": size, "name": name, "is_chosen": size == chosen} for size, name in TEXT_SIZES.items()]
    user_id = _signed_in(request).pk
    context = {
        "place": "settings",
        "sizes": sizes,
        "reads_aloud": _reads_aloud(request),
        "takes_part": takes_part(_signed_in(request)),
        "passing_on": choice_of(user_id),
        "passing_choices": PassingOn.Choice,
        "passed": PassedQuestion.objects.filter(user=user_id).order_by("-passed_at")[:SHOWN_PASSED],
    }
    return render(request, "senior/settings.html", context)


def _reads_aloud(request: HttpRequest) -> bool:
    """Whether messages from the family are read out on this device when they come."""
    return request.COOKIES.get(READ_ALOUD_COOKIE) == "yes"


@require_POST
def read_aloud(request: HttpRequest) -> HttpResponse:
    """Set whether messages are read out on this device."""
    response = redirect("senior-settings")
    return _keep_on_device(response, READ_ALOUD_COOKIE, "yes" if request.POST.get("aloud") == "yes" else "no")


def _keep_on_device(response: HttpResponse, name: str, value: str) -> HttpResponse:
    response.set_cookie(name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SECURE_TLS)
    return response


@login_required
@require_POST
def taking_part(request: HttpRequest) -> HttpResponse:
    """Set whether Lilo may try small differences in its answers with this senior."""
    person = _signed_in(request)
    if not person.is_senior:
        raise Http404
    set_taking_part(person, agreed=request.POST.get("agreed") == "yes")
    return redirect("senior-settings")


@require_POST
def text_size(request: HttpRequest) -> HttpResponse:
    """Set the size of the words on this device."""
    size = request.POST.get("size", "")
    if size not in TEXT_SIZES:
        raise Http404
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return _keep_on_device(redirect(back if safe else "senior-settings"), TEXT_SIZE_COOKIE, size)
