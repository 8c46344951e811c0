"""The addresses of medicines, at the root."""

from __future__ import annotations

from django.urls import path

from companion.care.feed.views import feed, feed_page
from companion.care.medicines import edit_views, views

SENIOR = "medicines/<uuid:senior_id>/"
ONE = f"{SENIOR}<uuid:regimen_id>/"
DOSE = f"{SENIOR}doses/<uuid:occurrence_id>/"

urlpatterns = [
    path("medicines/", views.medicines, name="medicines"),
    path(SENIOR, views.senior_medicines, name="senior-medicines"),
    path(f"{SENIOR}add/", edit_views.add, name="medicine-add"),
    path(f"{SENIOR}print/", views.printed, name="medicines-print"),
    path(f"{SENIOR}fhir/", views.exported, name="medicines-fhir"),
    path(f"{SENIOR}month/", views.month, name="medicines-calendar"),
    path(f"{SENIOR}day/", edit_views.routine, name="medicines-routine"),
    path(f"{SENIOR}feed/", feed_page, name="medicines-feed"),
    path(f"{SENIOR}right/", views.dismiss_undo, name="undo-dismiss"),
    path(DOSE, views.dose, name="dose"),
    path(f"{DOSE}why/", views.skip, name="dose-skip"),
    path(f"{DOSE}<str:verb>/", views.act, name="dose-act"),
    path(ONE, views.medicine, name="medicine"),
    path(f"{ONE}take/", views.take, name="medicine-take"),
    path(f"{ONE}take/<uuid:event_id>/undo/", views.undo_taken, name="taken-undo"),
    path(f"{ONE}stock/", views.stock, name="medicine-stock"),
    path(f"{ONE}picture/", views.picture, name="medicine-picture"),
    path(f"{ONE}change/", edit_views.change, name="medicine-change"),
    path(f"{ONE}change/<str:part>/", edit_views.change, name="medicine-change-part"),
    path(f"{ONE}pause/", edit_views.pause, name="medicine-pause"),
    path(f"{ONE}stop/", edit_views.stop, name="medicine-stop"),
    path(f"{ONE}resume/", edit_views.resume, name="medicine-resume"),
    path("feeds/<str:token>.ics", feed, name="feed"),
]
