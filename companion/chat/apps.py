from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "companion.chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What was said is part of a person's own copy of their data."""
        from companion.chat.export import offer_all

        offer_all()
