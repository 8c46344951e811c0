"""The addresses of care, at the root."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("companion.care.calendar.urls")),
    path("", include("companion.care.journal.urls")),
    path("", include("companion.care.medicines.urls")),
]
