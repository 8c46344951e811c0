"""Where Lilo stands: development or production, and the folders every other file builds on."""

from __future__ import annotations

from pathlib import Path

from . import env

BASE_DIR = Path(__file__).resolve().parents[2]
PRODUCTION = env.choice("LILO_ENV", "development", {"development", "production"}) == "production"
DATA_DIR = env.folder("LILO_DATA_DIR", BASE_DIR / ".lilo")
