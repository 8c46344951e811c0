"""Wiring only: settings, addresses, servers, stores. Nothing here knows what a pill is."""

from lilo_site.celery import app as celery_app

__all__ = ["celery_app"]
