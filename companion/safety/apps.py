from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "companion.safety"
    default_auto_field = "django.db.models.BigAutoField"
