from django.apps import AppConfig


class CircleConfig(AppConfig):
    name = "companion.circle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """A senior's first contacts may hand them a way to sign in; circles are part of a person's own copy."""
        from companion.accounts.access import permit_hand_over
        from companion.circle.access import may_hand_over
        from companion.circle.export import offer_all

        permit_hand_over(may_hand_over)
        offer_all()
