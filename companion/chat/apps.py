from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "companion.chat"
    default_auto_field = "django.db.models.BigAutoField"
