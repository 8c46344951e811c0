from django.apps import AppConfig
from django.db.models.signals import post_migrate

from knowledge.curation.roles import make_roles


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell drift to Prometheus. Roles come after each migration: Django makes the permissions at that moment."""
        from knowledge.evaluation.drift.gauges import register

        register()
        post_migrate.connect(make_roles, sender=self, dispatch_uid="knowledge.roles")
