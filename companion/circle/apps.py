from django.apps import AppConfig


class CircleConfig(AppConfig):
    name = "companion.circle"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """First contacts may hand over ways to sign in; circles hear of accounts, and are in one's own copy."""
        from companion.accounts.access import permit_hand_over
        from companion.accounts.events import tell_of_accounts, tell_of_new_accounts
        from companion.circle.access import may_hand_over
        from companion.circle.actions.members import tell_circles_of_account
        from companion.circle.actions.profiles import create_profile_with_account
        from companion.circle.export import offer_all

        permit_hand_over(may_hand_over)
        tell_of_accounts(tell_circles_of_account)
        tell_of_new_accounts(create_profile_with_account)
        offer_all()
