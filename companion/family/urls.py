"""The addresses of the family portal and of the facility board."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from companion.family import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("family/", views.home, name="family"),
    path("family/alerts/", views.alerts, name="family-alerts"),
    path("family/alerts/<uuid:alert_id>/claim/", views.claim, name="family-claim"),
    path("family/alerts/<uuid:alert_id>/close/", views.close, name="family-close"),
    path("family/settings/", views.settings, name="family-settings"),
    path("family/<uuid:senior_id>/", views.dashboard, name="dashboard"),
    path("family/<uuid:senior_id>/trend/", views.trend, name="family-trend"),
    path("family/<uuid:senior_id>/activity/", views.activity, name="family-activity"),
    path("", include("companion.family.facility.urls")),
]
