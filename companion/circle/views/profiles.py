"""The senior's profile: what helpers need to know, as far as each may."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from companion.accounts.places import countries
from companion.circle import actions, privacy
from companion.circle.access import NotYoursError
from companion.circle.actions import RefusedError
from companion.circle.forms import ProfileForm
from companion.circle.views.shell import person, show


@login_required
@never_cache
@require_safe
def own_profile(request: HttpRequest) -> HttpResponse:
    """The senior's own."""
    who = person(request)
    if not who.is_senior:
        return redirect("circles")
    actions.create_profile(who)
    return profile(request, who.pk)


@login_required
@never_cache
@require_safe
def profile(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """What one may see of it, and who changed it last."""
    found = privacy.profile_of(person(request), senior_id)
    context = {
        "profile": found,
        "country": countries().get(found.country, found.country),
        "history": privacy.profile_history(senior_id) if found.changes else (),
    }
    return show(request, "circle/profile.html", context, senior=found.senior)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_profile(request: HttpRequest, senior_id: UUID) -> HttpResponse:
    """Change what one may change of it."""
    who = person(request)
    found = privacy.profile_of(who, senior_id)
    if not found.changes:
        raise NotYoursError
    form = ProfileForm(found, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_profile(who, senior_id, **form.cleaned_data)
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "Thank you. It is written down.")
            return redirect("profile") if found.senior.pk == who.pk else redirect("senior-profile", senior_id=senior_id)
    status = 422 if form.errors else 200
    return show(request, "circle/edit_profile.html", {"form": form}, senior=found.senior, status=status)
