from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "companion.care"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What care holds is part of a person's own copy of their data."""
        from companion.care.export import offer_all

        offer_all()
