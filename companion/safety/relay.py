"""The relay: a plain loop that brings alerts to people. It holds nothing that a crash could lose; all it knows is in
rows.

`run` is the whole of it, in a process of its own (`manage.py relay`) or as a thread of an embedded server. Any number
may run at once. A second thread delivers from the spool while the database is down, and never touches the database.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from time import monotonic

import django.db
import psycopg
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string
from psycopg.conninfo import make_conninfo

from companion.safety import address_book, bell, check_ins, clock, deadlines, live, outage, probe, sending, upkeep
from companion.safety.apart import apart
from companion.safety.delivery import Outcome, send, warm_up
from companion.safety.faults import crash_point
from companion.safety.models import Heartbeat
from companion.safety.sending import Held
from companion.safety.steadfast import hung_up_after

log = logging.getLogger(__name__)
#: Letters under way at once: in all, and on one channel, so that one service that hangs holds up no other.
AT_ONCE, AT_ONCE_A_CHANNEL = 24, 8
#: Seconds between looks when nobody rings.
POLL = 0.5
SPOOL_POLL = 0.5
#: Seconds for which a channel layer that failed is left alone.
HINTS_REST = 5.0
#: Seconds after which a database that is frozen in mid-round is hung up on.
ROUND_WITHIN = 15.0
#: Seconds that what is done for other rooms may take to end when the relay stops.
OTHERS_WITHIN = 10.0
#: When a relay that was killed is off the list.
FORGET_AFTER = timedelta(days=1)


def run(stop: threading.Event) -> None:
    """Relay until `stop` is set, then finish what is under way. Blocks; no fault of a store or a channel ends it."""
    Relay(stop).run()


class Relay:
    """One relay: its loop, its senders, its clockwork."""

    def __init__(self, stop: threading.Event) -> None:
        self._stop = stop
        self._name = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:80]
        self._senders = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="alert-sender")
        self._hints_again_at = 0.0
        self._under_way: dict[Future[Outcome], Held] = {}
        divisor = settings.ALERT_TIME_DIVISOR
        self._chores = (
            Chore(2, self._beat),
            Chore(0.5, outage.replay),
            Chore(5 / divisor, check_ins.tick),
            Chore(30 / divisor, address_book.save),
            Chore(15 / divisor, upkeep.check_contact_points),
            Chore(settings.ALERT_PROBE_SECONDS, probe.send),
        )

    def run(self) -> None:
        """See `run` of the module."""
        helpers = [threading.Thread(target=self._deliver_from_spool, name="alert-spool", daemon=True)]
        if connection.vendor == "postgresql":
            helpers.append(threading.Thread(target=self._listen, name="alert-bell", daemon=True))
        others = threading.Thread(target=self._do_for_others, name="relay-chores", daemon=True)
        for helper in (*helpers, others):
            helper.start()
        is_first = True
        while not self._stop.is_set():
            bell.rung.clear()
            try:
                if is_first:
                    deadlines.pull_in()
                    is_first = False
                with hung_up_after(ROUND_WITHIN):
                    is_busy = self._round()
            except django.db.Error:
                log.warning("the relay cannot use the database; the spool goes on", exc_info=True)
                connection.close()
                is_busy = False
            except Exception:  # the outer edge of a loop that must never end: log it, and go on with the next round
                log.exception("a round of the relay failed")
                is_busy = False
            if not is_busy:
                bell.rung.wait(POLL)
        others.join(OTHERS_WITHIN)
        self._finish()

    def _round(self) -> bool:
        """One look at everything; whether there may be more to do at once."""
        close_old_connections()
        for chore in self._chores:
            chore.do_if_due()
        acted = deadlines.act_on_due()
        published = self._publish()
        self._mark_finished()
        started = self._start_senders()
        return bool(acted or started or published)

    def _publish(self) -> int:
        """Send live hints, unless the channel layer failed just now: messages to people never wait for it."""
        if monotonic() < self._hints_again_at:
            return 0
        published: int | None = None
        with apart("the sending of live hints"):
            published = live.publish()
        if published is None:
            self._hints_again_at = monotonic() + HINTS_REST
        return published or 0

    def _start_senders(self) -> int:
        free = AT_ONCE - len(self._under_way)
        if free <= 0:
            return 0
        counts = Counter(held.channel for held in self._under_way.values())
        crowded = [channel for channel, count in counts.items() if count >= AT_ONCE_A_CHANNEL]
        claimed = sending.claim_due(
            min(free, AT_ONCE_A_CHANNEL), crowded=crowded, held=[held.id for held in self._under_way.values()]
        )
        crash_point("claimed")
        for held in claimed:
            future = self._senders.submit(_attempt, held)
            self._under_way[future] = held
            future.add_done_callback(lambda _: bell.rung.set())
        return len(claimed)

    def _mark_finished(self) -> None:
        """Mark what has ended. Only while the database is away is it kept, to be marked later and not sent again."""
        for future in [future for future in self._under_way if future.done()]:
            held = self._under_way[future]
            with apart("the marking of a delivery", delivery=str(held.id)):
                sending.mark(held, future.result())
            del self._under_way[future]

    def _beat(self) -> None:
        now = clock.now()
        Heartbeat.objects.update_or_create(relay=self._name, defaults={"at": now})
        Heartbeat.objects.filter(at__lt=now - FORGET_AFTER).delete()

    def _deliver_from_spool(self) -> None:
        warm_up()
        while not self._stop.wait(SPOOL_POLL):
            try:
                outage.deliver()
            except Exception:  # the outer edge of a thread that must never end
                log.exception("the spool could not be delivered; it is tried again")

    def _do_for_others(self) -> None:
        """What other rooms have to be done now and then. However long it takes, alerts do not wait for it."""
        chores = [Chore(seconds, import_string(name)) for name, seconds in settings.RELAY_CHORES.items()]
        while chores and not self._stop.wait(POLL):
            try:
                close_old_connections()
                with hung_up_after(ROUND_WITHIN):
                    for chore in chores:
                        chore.do_if_due()
            except django.db.Error:
                log.warning("the relay's other chores cannot use the database", exc_info=True)
                connection.close()
            except Exception:  # the outer edge of a thread that must never end
                log.exception("the relay's other chores failed; they are tried again")
        connection.close()

    def _listen(self) -> None:
        """Hear PostgreSQL's bell. Without it the loop's own looks find everything, only later."""
        while not self._stop.is_set():
            try:
                with psycopg.connect(_address(), autocommit=True) as line:
                    line.execute(f"LISTEN {bell.CHANNEL}")
                    while not self._stop.is_set():
                        for _ in line.notifies(timeout=POLL, stop_after=1):
                            bell.rung.set()
            except psycopg.Error:
                self._stop.wait(POLL)

    def _finish(self) -> None:
        """Mark what was under way, so that nobody has to send it again; take this relay off the list."""
        self._senders.shutdown(wait=True)
        try:
            self._mark_finished()
            Heartbeat.objects.filter(relay=self._name).delete()
        except django.db.Error:
            log.warning("the relay stops while the database is down: what it just sent is sent again", exc_info=True)
        finally:
            connection.close()


class Chore:
    """Something done every so many seconds."""

    def __init__(self, every: float, do: Callable[[], object]) -> None:
        self._every, self._do = every, do
        self._next = 0.0

    def do_if_due(self) -> None:
        """Do it, if it is time."""
        now = monotonic()
        if now >= self._next:
            self._next = now + self._every
            with apart("a chore of the relay"):
                self._do()


def _attempt(held: Held) -> Outcome:
    try:
        outcome = send(held.letter)
    except Exception:  # the outer edge to a hundred services' own code: whatever they raise, the message is not sent
        log.exception("a channel failed", extra={"delivery": str(held.id), "channel": held.channel})
        return Outcome("fault")
    crash_point("sent")
    return outcome


def _address() -> str:
    """How psycopg reaches the database that Django uses."""
    wanted = connection.get_connection_params()
    return make_conninfo(
        **{name: wanted[name] for name in ("dbname", "user", "password", "host", "port") if name in wanted}
    )
