"""Lilo's settings: read from the environment, checked at the start.

Every variable is described in docs/settings.md. One file a concern: `stores` (databases, Redis), `tasks` (Celery),
`web` (Django's pieces, security headers), `intelligence` (models and retrieval), `admin` (the
curators' site), `alerts`, `logs`.
"""

from .admin import *
from .alerts import *
from .intelligence import *
from .logs import *
from .tasks import *
from .web import *
