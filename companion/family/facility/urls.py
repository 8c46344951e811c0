"""The addresses of the facility's pages."""

from __future__ import annotations

from django.urls import path

from companion.family.facility import office, views

urlpatterns = [
    path("facility/", views.board, name="facility"),
    path("facility/alerts/<uuid:alert_id>/claim/", views.claim, name="facility-claim"),
    path("facility/round/", views.medicine_round, name="facility-round"),
    path("facility/doses/<uuid:dose_id>/", views.give, name="facility-give"),
    path("facility/notes/", views.notes, name="facility-notes"),
    path("facility/notes/read/", views.read_notes, name="facility-read-notes"),
    path("facility/staff/", office.staff, name="facility-staff"),
    path("facility/staff/invite/", office.invite, name="facility-invite"),
    path("facility/staff/<uuid:staff_id>/", office.change_staff, name="facility-change-staff"),
    path("facility/units/", office.units, name="facility-units"),
    path("facility/shifts/", office.shifts, name="facility-shifts"),
    path("facility/join/<str:token>/", office.join, name="facility-join"),
    path("facility/residents/", office.residents, name="facility-residents"),
    path("facility/residents/admit/", office.admit, name="facility-admit"),
    path("facility/residents/import/", office.bring_in, name="facility-import"),
    path("facility/residents/<uuid:senior_id>/", views.resident, name="facility-resident"),
    path("facility/residents/<uuid:senior_id>/move/", office.move, name="facility-move"),
    path("facility/residents/<uuid:senior_id>/code/", office.sign_in_code, name="facility-code"),
]
