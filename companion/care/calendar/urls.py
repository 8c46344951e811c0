"""The addresses of the calendar, at the root."""

from __future__ import annotations

from django.urls import path

from companion.care.calendar import views

CALENDAR = "family/<uuid:senior_id>/calendar/"

urlpatterns = [
    path(CALENDAR, views.days, name="family-calendar"),
    path(f"{CALENDAR}add/", views.add, name="calendar-add"),
    path(f"{CALENDAR}<uuid:item_id>/", views.edit, name="calendar-edit"),
    path(f"{CALENDAR}<uuid:item_id>/remove/", views.remove, name="calendar-remove"),
    path(f"{CALENDAR}<uuid:item_id>/<str:day>/<slug:verb>/", views.act, name="calendar-act"),
]
