"""Places where a test can have this process killed, as a power cut would.

Nothing happens unless `LILO_CRASH_AT` names one.
"""

from __future__ import annotations

import os
import signal

from django.conf import settings


def crash_point(name: str) -> None:
    """Die here, at once and without a word, where the environment asks for it; never in production."""
    if name == settings.CRASH_AT:
        os.kill(os.getpid(), signal.SIGKILL)
