"""A real PostgreSQL for the tests, from Debian's package, in a folder of its own; nothing listens on the network."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER = "imprimatur"
PORT = 5432  # names the socket only


def programs() -> Path | None:
    """The folder with `initdb` and `pg_ctl` of the newest installed version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None


def why_not() -> str | None:
    """Why the tests that need a server are skipped; None when they can run."""
    if programs() is None:
        return "no PostgreSQL in /usr/lib/postgresql: apt install postgresql"
    if os.geteuid() == 0 and shutil.which("runuser") is None:
        return "PostgreSQL refuses to run as root, and there is no runuser"
    return None


@dataclass(frozen=True)
class Server:
    """A running server; `data` is its folder."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def make(self, database: str) -> str:
        """A fresh, empty database; returns its address."""
        self.sql("postgres", f'CREATE DATABASE "{database}"')
        return self.url(database)

    def sql(self, database: str, *statements: str) -> None:
        """Run statements past the product."""
        import psycopg

        with psycopg.connect(self.url(database).replace("+psycopg", ""), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


def _as_server(*command: str) -> None:
    prefix = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*prefix, *command], check=True, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@contextmanager
def running() -> Iterator[Server]:
    """A server from its first byte to its last; needs `why_not() is None`."""
    bin_ = programs()
    assert bin_ is not None
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    server = Server(folder)
    try:
        _as_server(str(bin_ / "initdb"), "-D", str(server.data), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -p {PORT} -c shared_buffers=16MB"
        log = str(folder / "log")
        _as_server(str(bin_ / "pg_ctl"), "-D", str(server.data), "-w", "-t", "120", "-l", log, "-o", options, "start")
        try:
            yield server
        finally:
            _as_server(str(bin_ / "pg_ctl"), "-D", str(server.data), "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
