"""The curators' site (django-unfold)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import format_lazy

_ENTRIES = reverse_lazy("admin:knowledge_entry_changelist")
_LOOK_ALIKES = reverse_lazy("admin:knowledge_entry_look_alikes")
_QUERIES = ("status__exact=in_review", "review=overdue")
_IN_REVIEW = format_lazy("{}?{}", _ENTRIES, _QUERIES[0])
_OVERDUE = format_lazy("{}?{}", _ENTRIES, _QUERIES[1])


def _is_open(request: HttpRequest, link: Any) -> bool:
    """Whether a page is the one a line leads to; the three lists of entries differ only after the question mark."""
    path, _, query = str(link).partition("?")
    if request.path == str(_LOOK_ALIKES):
        return path == str(_LOOK_ALIKES)
    shown = request.META.get("QUERY_STRING", "")
    return request.path.startswith(path) and (shown == query if query else shown not in _QUERIES)


def _item(title: str, icon: str, link: Any, permission: str = "knowledge.view_entry", **more: Any) -> dict[str, Any]:
    """A line of the side bar, for those who may open it."""
    more["active"] = lambda request: _is_open(request, link)
    allowed = {"permission": lambda request: request.user.has_perm(permission)}
    return {"title": title, "icon": icon, "link": link, **allowed, **more}


UNFOLD = {
    "SITE_TITLE": "Lilo",
    "SITE_HEADER": "Lilo",
    "SITE_SUBHEADER": "Knowledge and operations",
    "SITE_SYMBOL": "wb_twilight",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("lilo/favicon.svg")},
    ],
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("lilo/admin.css")],
    "SCRIPTS": [lambda request: static("lilo/admin.js")],
    "DASHBOARD_CALLBACK": "knowledge.admin_home.add_numbers",
    "SIDEBAR": {
        "show_search": True,
        "show_all_applications": True,
        "navigation": [
            {
                "title": "Knowledge",
                "items": [
                    _item("Entries", "menu_book", _ENTRIES),
                    _item("Waiting for review", "rate_review", _IN_REVIEW, badge="knowledge.admin_home.waiting_badge"),
                    _item("Review overdue", "event_busy", _OVERDUE, badge="knowledge.admin_home.overdue_badge"),
                    _item(
                        "Import files",
                        "upload_file",
                        reverse_lazy("admin:knowledge_importjob_changelist"),
                        "knowledge.add_entry",
                    ),
                    _item("Look-alikes", "content_copy", _LOOK_ALIKES),
                    _item(
                        "Questions for Lilo",
                        "inbox",
                        reverse_lazy("admin:knowledge_questiongroup_changelist"),
                        "knowledge.view_questiongroup",
                        badge="knowledge.inbox.admin.waiting_badge",
                    ),
                    _item("Playground", "science", reverse_lazy("admin:knowledge_playground")),
                    _item(
                        "Builds",
                        "conveyor_belt",
                        reverse_lazy("admin:knowledge_build_changelist"),
                        "knowledge.view_build",
                        badge="knowledge.plane.admin.build_badge",
                    ),
                    _item(
                        "Evaluation",
                        "monitoring",
                        reverse_lazy("admin:knowledge_evaluationrun_changelist"),
                        "knowledge.view_evaluationrun",
                    ),
                    _item(
                        "Experiments",
                        "experiment",
                        reverse_lazy("admin:knowledge_experiment_changelist"),
                        "knowledge.view_experiment",
                    ),
                    _item(
                        "Drift",
                        "waves",
                        reverse_lazy("admin:knowledge_driftcheck_changelist"),
                        "knowledge.view_driftcheck",
                        badge="knowledge.evaluation.drift.admin.drift_badge",
                    ),
                    _item(
                        "Indexes",
                        "database",
                        reverse_lazy("admin:knowledge_artefact_changelist"),
                        "knowledge.view_artefact",
                    ),
                ],
            },
            {
                "title": "People",
                "separator": True,
                "items": [
                    _item("Accounts", "group", reverse_lazy("admin:accounts_user_changelist"), "accounts.view_user"),
                    _item("Groups", "badge", reverse_lazy("admin:auth_group_changelist"), "auth.view_group"),
                ],
            },
        ],
    },
    "COLORS": {
        "primary": {
            "50": "240 249 248",
            "100": "220 239 237",
            "200": "190 225 221",
            "300": "159 214 210",
            "400": "94 172 171",
            "500": "48 134 136",
            "600": "11 82 87",
            "700": "9 69 74",
            "800": "8 56 60",
            "900": "6 44 48",
            "950": "4 30 33",
        },
    },
}

__all__ = ["UNFOLD"]
