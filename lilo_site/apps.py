from django.apps import AppConfig
from django.core.checks import register


class LiloSiteConfig(AppConfig):
    name = "lilo_site"

    def ready(self) -> None:
        """`check --deploy` looks whether somebody is told of what goes wrong."""
        from lilo_site.checks import somebody_is_told

        register(somebody_is_told, deploy=True)
