"""The curators' site (django-unfold)."""

from __future__ import annotations

from django.templatetags.static import static

UNFOLD = {
    "SITE_TITLE": "Lilo",
    "SITE_HEADER": "Lilo",
    "SITE_SUBHEADER": "Knowledge and operations",
    "SITE_SYMBOL": "wb_twilight",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [lambda request: static("lilo/admin.css")],
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
