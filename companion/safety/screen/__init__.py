"""The emergency screen: every message passes here first, before quota, limits and models.

Two layers, neither of which can silence the other: the floor (rules; pure, about a millisecond, needs nothing) and a
learned layer (the bundled encoder with small adapted weights). The graver of the two stands.
"""

from __future__ import annotations

from companion.safety.screen.floor import floor
from companion.safety.screen.levels import CATEGORIES, Assessment, Level
from companion.safety.screen.serving import screen, screen_many, warm_up

__all__ = ["CATEGORIES", "Assessment", "Level", "floor", "screen", "screen_many", "warm_up"]
