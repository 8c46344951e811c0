"""Lilo's settings: read from the environment, checked at the start.

Every variable is described in docs/settings.md. One file a concern: `stores` (databases, Redis), `tasks` (Celery),
`web` (Django's pieces, security headers), `intelligence` (models and retrieval), `admin` (the curators' site), `logs`.
"""

from .admin import *  # noqa: F403
from .intelligence import *  # noqa: F403
from .logs import *  # noqa: F403
from .tasks import *  # noqa: F403
from .web import *  # noqa: F403
