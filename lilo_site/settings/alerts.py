"""Alerts: who runs this installation, who takes emergency calls, and how links to it begin."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from . import env, keys
from .base import DATA_DIR, PRODUCTION

#: How links in messages begin.
SITE_URL = env.text("SITE_URL", "http://localhost:8000").rstrip("/")
#: Apprise addresses of those who look after this installation: told when the ladder ends or a message can never be
#: sent.
ALERT_OPERATORS = env.names("ALERT_OPERATORS")
#: A service that takes emergency calls: it gets a signed request and answers that it has taken the alert.
DISPATCHER_URL = env.text("DISPATCHER_URL")
DISPATCHER_SECRET = env.text("DISPATCHER_SECRET")
#: An Apprise address for text messages with {number} where the number goes, as `twilio://sid:token@from/{number}`.
SMS_URL = env.text("SMS_URL")
#: Services that people may name to be reached by; each is sent to from this machine, so none that names any host.
CONTACT_SERVICES = env.names("CONTACT_SERVICES", "ntfys,tgram,pover,pagerduty,discord,slack,whatsapp")
#: The P-256 private key (PEM) that signs notices to browsers; without one there are none. Browsers are bound to it:
#: with another key every person has to turn notices on again.
_push = env.text("WEB_PUSH_PRIVATE_KEY")
if not (_push or PRODUCTION):
    _push = keys.secret("WEB_PUSH_PRIVATE_KEY", data_dir=DATA_DIR, production=False, make=keys.make_push_key)
WEB_PUSH_PRIVATE_KEY = keys.check_push_key("WEB_PUSH_PRIVATE_KEY", _push)
#: Whom a push service writes to about our messages.
WEB_PUSH_SUBJECT = env.text("WEB_PUSH_SUBJECT", "mailto:lilo@localhost")
#: The push services of browsers: their names, and origins of ones that an installation runs itself.
WEB_PUSH_HOSTS = env.names(
    "WEB_PUSH_HOSTS", "fcm.googleapis.com,push.services.mozilla.com,push.apple.com,notify.windows.com"
)
#: Origins that webhooks may call besides public addresses: programs that an installation runs itself.
WEBHOOK_ORIGINS = env.names("WEBHOOK_ORIGINS")
#: Where alerts wait while the database is down.
ALERT_SPOOL = DATA_DIR / "spool"
#: What the relay does for other rooms, in a thread of its own: the function's dotted name, and every how many seconds.
RELAY_CHORES = {
    "companion.care.medicines.ticks.tick": 30,
    "companion.chat.family_messages.actions.bring_up_waiting": 20,
    "companion.care.calendar.reminders.tick": 30,
}
#: How often a message of nobody's goes the whole way of an alert, to see that it can; 0 sends none.
ALERT_PROBE_SECONDS = env.number("ALERT_PROBE_SECONDS", 300, least=0, most=86_400)
#: Name of the place in the relay at which a test wants it killed.
CRASH_AT = "" if PRODUCTION else env.text("LILO_CRASH_AT")
#: How many times as fast the ladder runs, for drills and tests.
ALERT_TIME_DIVISOR = env.number("ALERT_TIME_DIVISOR", 1, least=1, most=1000)

if PRODUCTION and ALERT_TIME_DIVISOR != 1:
    raise ImproperlyConfigured("ALERT_TIME_DIVISOR hurries every alert: it is for tests only, not for production.")
if DISPATCHER_URL and not DISPATCHER_SECRET:
    raise ImproperlyConfigured("DISPATCHER_SECRET must be set with DISPATCHER_URL: it signs every request.")
