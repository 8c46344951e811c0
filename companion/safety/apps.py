from django.apps import AppConfig


class SafetyConfig(AppConfig):
    name = "companion.safety"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Who is called to an emergency sees what an ambulance asks for; alerts are part of a person's own copy."""
        from companion.accounts.export import offer
        from companion.circle.access import open_in_emergency
        from companion.safety.access import called_to_emergency
        from companion.safety.selectors import exported_alerts, exported_check_in

        open_in_emergency(called_to_emergency)
        offer("alerts", exported_alerts)
        offer("check-in", exported_check_in)
