"""The addresses of alerts, at the root."""

from __future__ import annotations

from django.urls import path

from companion.safety import views

urlpatterns = [
    path("help/press/", views.press_help, name="press-help"),
    path("circle/<uuid:senior_id>/drill/", views.drill, name="drill"),
    path("alerts/<uuid:alert_id>/", views.alert, name="alert"),
    path("alerts/<uuid:alert_id>/claim/", views.claim, name="claim-alert"),
    path("alerts/<uuid:alert_id>/close/", views.close, name="close-alert"),
    path("alerts/<uuid:alert_id>/answer/", views.answer, name="answer-alert"),
    path("alerts/<uuid:alert_id>/tell/", views.tell, name="tell-of-alert"),
    path("contacts/confirm/<str:token>/", views.confirm_contact, name="confirm-contact"),
]
