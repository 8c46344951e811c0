"""Celery: background work that may be late. Alerts never wait for it.

Figures follow what was measured of Celery on Redis: see docs/adr/0003-celery.md.
"""

from __future__ import annotations

from .stores import REDIS_ADDRESS

EMBEDDED = REDIS_ADDRESS is None

CELERY_BROKER_URL = "memory://" if REDIS_ADDRESS is None else REDIS_ADDRESS.geturl()
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"polling_interval": 0.005}
    if EMBEDDED
    else {
        "visibility_timeout": 600,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "health_check_interval": 15,
        "global_keyprefix": "lilo:",
    }
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0.1}
CELERY_WORKER_PREFETCH_MULTIPLIER = 16 if EMBEDDED else 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 1_500_000
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 20
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "UTC"
#: Each run expires before the next: a worker that was away does not work off a queue of the same.
CELERY_BEAT_SCHEDULE = {
    "forget-old-sign-ins": {
        "task": "accounts.forget_old_sign_ins",
        "schedule": 86_400.0,
        "options": {"expires": 3_600},
    },
    "erase-closed-accounts": {
        "task": "accounts.erase_closed_accounts",
        "schedule": 3_600.0,
        "options": {"expires": 1_800},
    },
    "send-webhooks": {"task": "circle.send_webhooks", "schedule": 5.0, "options": {"expires": 4}},
    "forget-old-webhook-deliveries": {
        "task": "circle.forget_old_webhook_deliveries",
        "schedule": 86_400.0,
        "options": {"expires": 3_600},
    },
    "erase-deleted-journal-entries": {
        "task": "journal.erase_deleted",
        "schedule": 86_400.0,
        "options": {"expires": 3_600},
    },
    "tell-answered": {"task": "chat.tell_answered", "schedule": 30.0, "options": {"expires": 25}},
    "tend-questions": {"task": "knowledge.inbox.tasks.tend", "schedule": 30.0, "options": {"expires": 25}},
    "tend-imports": {"task": "knowledge.importers.tasks.tend", "schedule": 30.0, "options": {"expires": 25}},
    "rebuild-index": {"task": "knowledge.tasks.rebuild_index", "schedule": 30.0, "options": {"expires": 25}},
    "look-at-experiments": {
        "task": "knowledge.evaluation.experiments.tasks.look_at_experiments",
        "schedule": 86_400.0,
        "options": {"expires": 3_600},
    },
    "check-drift": {
        "task": "knowledge.evaluation.drift.tasks.check_drift",
        "schedule": 86_400.0,
        "options": {"expires": 3_600},
    },
    "withdraw-missed": {"task": "knowledge.plane.tasks.withdraw_missed", "schedule": 10.0, "options": {"expires": 8}},
}
