"""The ASGI application: pages and API by Django, sockets by Channels."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lilo_site.settings")
_pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (Django must be set up first)

from companion.chat.routing import SOCKETS as CHAT  # noqa: E402
from companion.chat.routing import route  # noqa: E402
from companion.family.live.routing import SOCKETS as FAMILY  # noqa: E402

application = ProtocolTypeRouter({"http": _pages, "websocket": route({**CHAT, **FAMILY})})
