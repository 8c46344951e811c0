"""The account pages: coming in, going out, a new password, and the list of sign-ins."""

from __future__ import annotations

import math
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView, PasswordResetConfirmView
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from companion.accounts import access, actions, clients, events, export, limits, mails, selectors, sign_in, sign_ins
from companion.accounts.forms import (
    ChangePasswordForm,
    CodeForm,
    NewPasswordForm,
    ReallyYouForm,
    ResetForm,
    SignInForm,
    SignUpForm,
)
from companion.accounts.middleware import stay
from companion.accounts.models import User
from lilo_site.api_errors import Problem, problem_response

BACKEND = "companion.accounts.backends.PersonBackend"
OTHER_SESSION = 12 * 60 * 60

private = [never_cache, sensitive_post_parameters()]


def enter(request: HttpRequest, user: User) -> None:
    """Open a session: a long one for seniors, who should not have to remember passwords."""
    login(request, user, backend=BACKEND)
    if user.is_senior:
        stay(request.session)
    else:
        request.session.set_expiry(OTHER_SESSION)


def wait_page(request: HttpRequest, seconds: float) -> HttpResponse:
    """Too many tries: how long to wait, and what else one can do."""
    response = render(request, "accounts/wait.html", {"minutes": math.ceil(seconds / 60)}, status=429)
    response["Retry-After"] = str(math.ceil(seconds))
    return response


def locked_out(request: HttpRequest, *_details: Any) -> HttpResponse:
    """What axes answers while a name is locked for an address: a page for people, a problem for programs."""
    seconds = sign_in.lock_seconds(request)
    if request.path.startswith("/api/"):
        message = "Too many tries. Please wait a little."
        return problem_response(Problem(429, "too_many_tries", message, retry_after=seconds))
    return wait_page(request, seconds)


@method_decorator(private, name="dispatch")
class EntryView(LoginView):
    """A form that lets somebody in, and back to the page they came for where that is one of ours."""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Answer one try too many with the page that says how long to wait."""
        try:
            return super().dispatch(request, *args, **options)
        except sign_in.MustWaitError as error:
            return wait_page(request, error.seconds)

    def get_default_redirect_url(self) -> str:
        """Where the person begins, who came for no page in particular."""
        return first_page(self.request)

    def form_valid(self, form: Any) -> HttpResponse:
        """Let the person in."""
        enter(self.request, form.get_user())
        return redirect(self.get_success_url())


class SignIn(EntryView):
    """By user name or e-mail address, and password."""

    form_class = SignInForm  # type: ignore[assignment]
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True


class SignInWithCode(EntryView):
    """By a short code that family or staff handed over."""

    form_class = CodeForm  # type: ignore[assignment]
    template_name = "accounts/code.html"


class SignOut(LogoutView):
    """Ends this session; sockets that rest on it are closed at once, not at the next regular look."""

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Sign out."""
        user = request.user
        response = super().post(request, *args, **options)
        if isinstance(user, User):
            events.revoked_on_commit(user.pk)
        return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_with_link(request: HttpRequest, token: str) -> HttpResponse:
    """By a link. The page only asks; its button uses the link up, because mail programs open links by themselves."""
    if request.method != "POST":
        return render(request, "accounts/link.html")
    try:
        senior = sign_in.with_pass(request, "link", token)
    except sign_in.WrongPassError:
        return render(request, "accounts/link_over.html", status=410)
    except sign_in.MustWaitError as error:
        return wait_page(request, error.seconds)
    enter(request, senior)
    return redirect("/")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    """Open an account and come in."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = clients.address_of(request)
        if wait := limits.take("sign-up", address, capacity=20, refill_per_s=1 / 180, fail_open=False):
            return wait_page(request, wait)
        user = form.open_account()
        if user is not None:
            if user.email:
                mails.queue(mails.VERIFY_TASK, user, site_of(request))
            enter(request, user)
            messages.success(request, _("Welcome to Lilo, %(name)s.") % {"name": user.short_name})
            return redirect(_wanted(request) or first_page(request))
    context = {"form": form, "next": _wanted(request)}
    return render(request, "accounts/sign_up.html", context, status=422 if form.errors else 200)


def first_page(request: HttpRequest) -> str:
    """Where a person begins: seniors with a talk, family and staff with those they look after."""
    kind = request.user.kind if isinstance(request.user, User) else ""
    return str(settings.FIRST_PAGES.get(kind, "/"))


def _wanted(request: HttpRequest) -> str:
    """The page the person came for, where it is one of ours: an invitation, above all."""
    page = request.POST.get("next", request.GET.get("next", ""))
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if safe else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. The answer is the same whether the address is known or not."""
    form = ResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        address = clients.address_of(request)
        if wait := limits.take("reset", address, capacity=10, refill_per_s=1 / 300, fail_open=False):
            return wait_page(request, wait)
        user = selectors.user_by_email(form.cleaned_data["email"])
        if user is not None and not _mailed_enough(user):
            mails.queue(mails.RESET_TASK, user, site_of(request))
        return redirect("password-reset-sent")
    return render(request, "accounts/reset.html", {"form": form}, status=422 if form.errors else 200)


def _mailed_enough(user: User) -> bool:
    """Whether so many reset mails went to one person that another would only annoy."""
    return limits.take("reset-mail", str(user.pk), capacity=3, refill_per_s=1 / 900, fail_open=False) is not None


@require_GET
def reset_sent(request: HttpRequest) -> HttpResponse:
    """Look into your mail."""
    return render(request, "accounts/reset_sent.html")


@method_decorator(private, name="dispatch")
class ChooseNewPassword(PasswordResetConfirmView):
    """The page a reset mail leads to. Django moves the link's token into the session, so that it leaves the address."""

    form_class = NewPasswordForm  # type: ignore[assignment]
    template_name = "accounts/reset_confirm.html"
    success_url = reverse_lazy("password-reset-done")

    def form_valid(self, form: Any) -> HttpResponse:
        """Change the password and let the person in; having read the mail also shows that the address is right."""
        response = super().form_valid(form)
        actions.verify_email(form.user)
        if form.user.is_active and not form.user.is_staff:  # an operator proves the new password, and more, at the door
            enter(self.request, form.user)
        return response


@require_GET
def reset_done(request: HttpRequest) -> HttpResponse:
    """The new password works."""
    return render(request, "accounts/reset_done.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_email(request: HttpRequest, token: str) -> HttpResponse:
    """Show that an e-mail address is one's own: by a button, because mail programs open links by themselves."""
    user = actions.user_to_verify(token)
    if user is None:
        return render(request, "accounts/link_over.html", status=410)
    if request.method == "POST":
        actions.verify_email(user)
    return render(request, "accounts/verify.html", {"is_done": user.is_verified})


@never_cache
@login_required
@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Where one is signed in."""
    user = signed_in(request)
    return render(request, "accounts/account.html", {"person": user, "sign_ins": selectors.open_sign_ins(user)})


@login_required
@require_POST
def end_sign_in(request: HttpRequest, sign_in_id: UUID) -> HttpResponse:
    """End one of one's own sign-ins."""
    user = signed_in(request)
    family = access.sign_in_of(user, sign_in_id)
    if family is None:
        raise Http404
    sign_ins.end(family, by=user)
    messages.success(request, _("That sign-in has ended."))
    return redirect("account")


@login_required
@require_POST
def end_all_sign_ins(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    actions.sign_out_everywhere(signed_in(request))
    return redirect("sign-in")


@never_cache
@login_required
@require_POST
def show_code(request: HttpRequest) -> HttpResponse:
    """A code for a senior's own second device."""
    user = signed_in(request)
    if access.senior_to_hand_over(user.pk, user) is None:
        raise Http404
    return render(request, "accounts/code_shown.html", {"code": actions.issue_sign_in_code(user, user)})


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password for somebody who knows the old one; only this session goes on."""
    user = signed_in(request)
    form = ChangePasswordForm(user, request.POST or None)
    if request.method == "POST":
        if wait := limits.take("old-password", str(user.pk), capacity=5, refill_per_s=1 / 60, fail_open=False):
            return wait_page(request, wait)
        if form.is_valid():
            update_session_auth_hash(request, form.save())
            messages.success(request, _("Your new password works from now on."))
            return redirect("account")
    return render(request, "accounts/change_password.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def take_copy(request: HttpRequest) -> HttpResponse:
    """All that Lilo keeps about the person, to take along."""
    user = signed_in(request)
    form = ReallyYouForm(user, request.POST if request.method == "POST" else None)
    if wait := _password_tries(request, user):
        return wait_page(request, wait)
    if form.is_valid():
        if wait := limits.take("export", str(user.pk), capacity=3, refill_per_s=1 / 28_800, fail_open=False):
            return wait_page(request, wait)
        response = HttpResponse(export.archive(user), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="lilo-{timezone.now():%Y-%m-%d}.zip"'
        return response
    return render(request, "accounts/take_copy.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: HttpRequest) -> HttpResponse:
    """Close one's own account: hidden at once, erased after a month."""
    user = signed_in(request)
    form = ReallyYouForm(user, request.POST if request.method == "POST" else None)
    if wait := _password_tries(request, user):
        return wait_page(request, wait)
    if form.is_valid():
        actions.close_account(user, by=user)
        logout(request)
        return render(request, "accounts/closed.html", {"days": actions.ERASE_AFTER.days})
    context = {"form": form, "days": actions.ERASE_AFTER.days}
    return render(request, "accounts/close.html", context, status=422 if form.errors else 200)


def _password_tries(request: HttpRequest, user: User) -> float | None:
    """The wait, where somebody at this person's screen has guessed the password too often."""
    if request.method != "POST" or not user.has_usable_password():
        return None
    return limits.take("old-password", str(user.pk), capacity=5, refill_per_s=1 / 60, fail_open=False)


def signed_in(request: HttpRequest) -> User:
    """The person of the session, for views behind `login_required`."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def site_of(request: HttpRequest) -> str:
    """The address the person sees, for links in mails."""
    return f"{request.scheme}://{request.get_host()}"
