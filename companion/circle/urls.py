"""The addresses of circles, at the root."""

from __future__ import annotations

from django.urls import path

from companion.circle import views

urlpatterns = [
    path("circle/", views.circles, name="circles"),
    path("circle/<uuid:senior_id>/", views.circle, name="circle"),
    path("circle/<uuid:senior_id>/invite/", views.invite, name="invite"),
    path("circle/<uuid:senior_id>/share/", views.share, name="share"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/first/", views.put_first, name="put-first"),
    path("circle/<uuid:senior_id>/<uuid:member_id>/remove/", views.remove, name="remove-member"),
    path("join/", views.join_by_code, name="join-by-code"),
    path("join/<str:secret>/", views.join, name="join"),
    path("reach/", views.reach, name="reach"),
    path("reach/<uuid:point_id>/remove/", views.remove_point, name="remove-contact"),
]
