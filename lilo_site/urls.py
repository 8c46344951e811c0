"""Every page's address. Each app lists its own; the API is mounted as one."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

from lilo_site import health, metrics
from lilo_site.api import api

urlpatterns = [
    path("", include("companion.accounts.urls")),
    path("", include("companion.chat.urls")),
    path("", include("companion.circle.urls")),
    path("", include("companion.safety.urls")),
    path("", include("companion.care.urls")),
    path("", include("companion.family.urls")),
    path("api/v1/", api.urls),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("healthz/alerts", health.healthz_alerts, name="healthz-alerts"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.page, name="metrics"),
]

handler403 = "lilo_site.views.forbidden"
handler404 = "lilo_site.views.not_found"
handler500 = "lilo_site.views.server_error"
