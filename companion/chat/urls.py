"""The senior's addresses."""

from __future__ import annotations

from django.urls import path

from companion.chat import views
from companion.chat.family_messages.urls import urlpatterns as family_messages
from companion.chat.today import today

urlpatterns = [
    *family_messages,
    path("", views.home, name="home"),
    path("today/", today, name="today"),
    path("say/", views.say, name="say"),
    path("feedback/", views.feedback, name="feedback"),
    path("help/", views.help_page, name="help"),
    path("knowledge/<str:key>/", views.entry, name="entry"),
    path("settings/", views.settings_page, name="senior-settings"),
    path("settings/text-size/", views.text_size, name="text-size"),
    path("settings/questions/", views.passing_on, name="passing-on"),
    path("settings/read-aloud/", views.read_aloud, name="read-aloud"),
    path("settings/taking-part/", views.taking_part, name="taking-part"),
]
