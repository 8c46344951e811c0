"""The addresses of messages between a senior and their people, at the root."""

from __future__ import annotations

from django.urls import path

from companion.chat.family_messages import views

urlpatterns = [
    path("family/<uuid:senior_id>/messages/", views.thread, name="family-messages"),
    path("messages/", views.my_messages, name="my-messages"),
    path("messages/<uuid:message_id>/seen/", views.seen, name="message-seen"),
]
