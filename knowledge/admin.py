"""The curators' pages: each part of knowledge registers its own, and is named here."""

from knowledge.curation import admin as curation_admin
from knowledge.evaluation import admin as evaluation_admin
from knowledge.plane import admin as plane_admin

__all__ = ["curation_admin", "evaluation_admin", "plane_admin"]
