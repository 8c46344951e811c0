"""The addresses of notices in a browser, at the root."""

from __future__ import annotations

from django.urls import path

from companion.circle.push import views

urlpatterns = [
    path("service-worker.js", views.service_worker, name="service-worker"),
    path("reach/push/how/", views.how, name="push-how"),
    path("reach/push/", views.subscribe, name="push-subscribe"),
    path("reach/<uuid:point_id>/more/", views.tell_more, name="push-more"),
    path("push/arrived/", views.arrived, name="push-arrived"),
]
