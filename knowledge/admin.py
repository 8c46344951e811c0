"""The curators' pages: each part of knowledge registers its own, and is named here."""

from knowledge.curation import admin as curation_admin
from knowledge.evaluation import admin as evaluation_admin
from knowledge.evaluation.drift import admin as drift_admin
from knowledge.evaluation.experiments import admin as experiments_admin
from knowledge.importers import admin as importers_admin
from knowledge.inbox import admin as inbox_admin
from knowledge.plane import admin as plane_admin
from knowledge.playground import admin as playground_admin

__all__ = [
    "curation_admin",
    "drift_admin",
    "evaluation_admin",
    "experiments_admin",
    "importers_admin",
    "inbox_admin",
    "plane_admin",
    "playground_admin",
]
