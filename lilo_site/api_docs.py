"""The API's own documentation page."""

from __future__ import annotations

from collections.abc import Callable

from csp.decorators import csp_update
from django.http import HttpResponseBase

Page = Callable[..., HttpResponseBase]


def docs_page(view: Page) -> Page:
    """Allow what the page itself needs: it sets styles and one script inline, and shows no person's data."""
    relaxed = {"script-src": ["'unsafe-inline'"], "style-src": ["'unsafe-inline'"]}

    shown: Page = csp_update(relaxed)(view)
    return shown
