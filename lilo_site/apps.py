from django.apps import AppConfig


class LiloSiteConfig(AppConfig):
    name = "lilo_site"
