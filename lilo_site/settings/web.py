"""Django's pieces: applications, middleware, templates, people, security headers."""

from __future__ import annotations

from functools import partial

from csp.constants import NONCE, NONE, SELF

from . import env, keys, stores
from .base import BASE_DIR, DATA_DIR, PRODUCTION

DEBUG = env.flag("DEBUG", default=False)
_secret = partial(keys.secret, data_dir=DATA_DIR, production=PRODUCTION)
SECRET_KEY = _secret("SECRET_KEY", make=keys.make_text_key)
#: AES-256-GCM keys of the encrypted columns: key id -> key. The first encrypts; all decrypt.
FIELD_KEYS = keys.key_ring("FIELD_KEYS", _secret("FIELD_KEYS", make=keys.make_key_ring))
#: Key of the blind indexes, by which an encrypted e-mail or phone number is found.
BLIND_INDEX_KEY = keys.binary_key("BLIND_INDEX_KEY", _secret("BLIND_INDEX_KEY", make=keys.make_binary_key))
#: PEM private keys that sign access tokens, newest first; older ones still verify.
TOKEN_SIGNING_KEYS = _secret("TOKEN_SIGNING_KEYS", make=keys.make_signing_key)
TOKEN_ALGORITHM = env.choice("TOKEN_ALGORITHM", "RS256", {"RS256", "PS256"})

ALLOWED_HOSTS = env.names("ALLOWED_HOSTS", "" if PRODUCTION else "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.names("CSRF_TRUSTED_ORIGINS")
#: Origins whose pages may open a websocket: the sites' own, besides those listed.
WEBSOCKET_ORIGINS = env.names("WEBSOCKET_ORIGINS")

ROOT_URLCONF = "lilo_site.urls"
ASGI_APPLICATION = "lilo_site.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": stores.database(stores.DATABASE_ADDRESS, DATA_DIR)}
CACHES = {"default": stores.cache(stores.REDIS_ADDRESS)}
CHANNEL_LAYERS = {"default": stores.channel_layer(stores.REDIS_ADDRESS, SECRET_KEY)}
REDIS_URL = stores.REDIS_ADDRESS.geturl() if stores.REDIS_ADDRESS else ""
MONGODB_URL = stores.MONGODB_ADDRESS.geturl() if stores.MONGODB_ADDRESS else ""
CASSANDRA_HOSTS, CASSANDRA_PORT, CASSANDRA_KEYSPACE = (
    stores.CASSANDRA_HOSTS,
    stores.CASSANDRA_PORT,
    stores.CASSANDRA_KEYSPACE,
)

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "channels",
    "csp",
    "django_htmx",
    "ninja",
    "simple_history",
    "lilo_site",
    "knowledge",
    "billing",
    "companion.accounts",
    "companion.circle",
    "companion.safety",
    "companion.care",
    "companion.chat",
    "companion.family",
]

MIDDLEWARE = [
    "lilo_site.middleware.trace",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lilo_site.middleware.ContentPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "companion.accounts.middleware.stay_signed_in",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "lilo_site.middleware.ApiETags",
    "companion.accounts.idempotency.keep_answers",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "companion.safety.context_processors.whom_to_ring",
            ],
        },
    },
]

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = False

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "companion.accounts.backends.PersonBackend"]
PASSWORD_HASHERS = ["companion.accounts.hashers.PersonHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name", "email")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "companion.accounts.rules.LongestPasswordValidator"},
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
#: Where people begin who are no seniors, by their kind.
FIRST_PAGES = {"family": "/family/", "staff": "/family/"}
LOGOUT_REDIRECT_URL = "sign-in"
# Lock the pair of name and address, never the name alone: anyone could lock an elder out of help.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_RESET_ON_SUCCESS = True
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_IPWARE_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 0, most=5) or None
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "companion.accounts.clients.name_for_axes"
AXES_CLIENT_IP_CALLABLE = "companion.accounts.clients.address_of"
AXES_LOCKOUT_CALLABLE = "companion.accounts.views.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # trying again too early does not make the wait longer
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the audit log, which names nobody in clear
PASSWORD_RESET_TIMEOUT = 60 * 60 * 2

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if env.text("EMAIL_HOST")
    else "django.core.mail.backends.console.EmailBackend"
)
EMAIL_HOST = env.text("EMAIL_HOST", "localhost")
EMAIL_PORT = env.number("EMAIL_PORT", 587, least=1, most=65535)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "Lilo <lilo@localhost>")
#: Who is written to when questions drift or an experiment ends.
ADMINS = [(address, address) for address in env.names("ADMINS")]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_SUBJECT_PREFIX = ""  # the subjects say that they are Lilo's

# Limits
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Headers and cookies
SECURE_TLS = env.flag("SECURE_TLS", default=PRODUCTION)
SECURE_SSL_REDIRECT = SECURE_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TLS
SECURE_HSTS_PRELOAD = SECURE_TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
_prefix = "__Host-" if SECURE_TLS else ""
SESSION_COOKIE_NAME = f"{_prefix}lilo-session"
SESSION_COOKIE_SECURE = SECURE_TLS
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_NAME = f"{_prefix}lilo-csrf"
CSRF_COOKIE_SECURE = SECURE_TLS
CSRF_FAILURE_VIEW = "lilo_site.views.csrf_failure"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}
