"""A PostgreSQL of a test's own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BINARIES = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


class Postgres:
    """A server of the test's own, on its own port and folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._user = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        if os.geteuid() == 0:
            shutil.chown(folder, self._user)
        self._do("initdb", "-D", f"{folder}/data", "-U", "lilo", "-A", "trust", "--no-sync")
        self.start()
        self._do("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "lilo", "lilo")

    @property
    def url(self) -> str:
        """Its address."""
        return f"postgresql://lilo@127.0.0.1:{self.port}/lilo"

    def start(self) -> None:
        """Start, and wait until it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self._folder}"
        log = str(self._folder / "log")
        self._do("pg_ctl", "-D", f"{self._folder}/data", "-l", log, "-w", "-t", "30", "-o", options, "start")

    def stop(self) -> None:
        """Stop as a crash would."""
        self._do("pg_ctl", "-D", f"{self._folder}/data", "-m", "immediate", "-w", "stop")

    def freeze(self, signal_number: int) -> None:
        """Send every process of the server a signal: SIGSTOP freezes it, SIGCONT lets it go on."""
        head = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        children = subprocess.run(["pgrep", "-P", str(head)], capture_output=True, text=True, check=False).stdout
        for pid in (head, *map(int, children.split())):
            os.kill(pid, signal_number)

    def _do(self, program: str, *arguments: str) -> None:
        assert BINARIES is not None
        user = self._user if os.geteuid() == 0 else None
        command = [str(BINARIES / program), *arguments]
        subprocess.run(command, user=user, check=True, stdout=subprocess.DEVNULL, cwd=self._folder, timeout=60)


@contextmanager
def running() -> Iterator[Postgres]:
    """A server in a new folder, stopped and thrown away behind."""
    folder = Path(tempfile.mkdtemp(prefix="lilo-postgres-"))  # short, for its socket, and open to its user
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
