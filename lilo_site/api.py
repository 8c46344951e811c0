"""The JSON API under /api/v1: each room's router, mounted."""

from __future__ import annotations

from ninja import NinjaAPI

from companion.accounts.api import router as accounts
from companion.care.api import router as care
from companion.chat.api import router as chat
from companion.circle.api import router as circle
from companion.family.api import router as family
from companion.safety.api import router as safety
from lilo_site import api_errors
from lilo_site.api_docs import docs_page

api = NinjaAPI(
    title="Lilo",
    version="1.0.0",
    description="The API of Lilo, an elder-care companion: for phones and other clients.",
    docs_decorator=docs_page,
)
api_errors.install(api)
api.add_router("", accounts)
api.add_router("", chat)
api.add_router("", safety)
api.add_router("", circle)
api.add_router("", care)
api.add_router("", family)
