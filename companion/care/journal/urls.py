"""The addresses of the journal."""

from __future__ import annotations

from django.urls import path

from companion.care.journal import check_in_views, views

urlpatterns = [
    path("journal/", views.journals, name="journal"),
    path("journal/check-in/", check_in_views.answer, name="answer-check-in"),
    path("journal/check-in/more/", check_in_views.more, name="check-in-more"),
    path("journal/<uuid:senior_id>/", views.journal, name="journal-of"),
    path("journal/<uuid:senior_id>/write/<str:kind>/", views.write, name="journal-write"),
    path("journal/<uuid:senior_id>/trends/", views.trends, name="journal-trends"),
    path("journal/<uuid:senior_id>/summary.pdf", views.summary, name="journal-summary"),
    path("journal/<uuid:senior_id>/check-in/", check_in_views.settings_page, name="check-in"),
    path("journal/<uuid:senior_id>/entries/<uuid:entry_id>/", views.entry, name="journal-entry"),
    path("journal/<uuid:senior_id>/entries/<uuid:entry_id>/care/", views.care, name="journal-care"),
    path("journal/<uuid:senior_id>/entries/<uuid:entry_id>/delete/", views.delete, name="journal-delete"),
    path("journal/<uuid:senior_id>/entries/<uuid:entry_id>/put-back/", views.put_back, name="journal-put-back"),
]
