"""Background work of accounts: mails, and forgetting what is over."""

from __future__ import annotations

from celery import shared_task

from companion.accounts import actions, mails


@shared_task(name=mails.VERIFY_TASK, autoretry_for=(OSError,), retry_backoff=5, max_retries=4)
def mail_verification(user_id: str, site: str) -> None:
    """Send the mail that verifies an address."""
    mails.send_verification(user_id, site)


@shared_task(name=mails.RESET_TASK, autoretry_for=(OSError,), retry_backoff=5, max_retries=4)
def mail_reset(user_id: str, site: str) -> None:
    """Send the mail that leads to a new password."""
    mails.send_reset(user_id, site)


@shared_task(name="accounts.erase_closed_accounts")
def erase_closed_accounts() -> None:
    """Erase what was closed a month ago, twenty at a time; safe to run twice."""
    actions.erase_closed_accounts()


@shared_task(name="accounts.forget_old_sign_ins")
def forget_old_sign_ins() -> None:
    """Remove sign-ins, codes and sessions that ended long ago; safe to run twice."""
    actions.forget_old_sign_ins()
