"""PostgreSQL's files. It refuses to run as root, so there it runs as Debian's user for it."""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cluster.errors import CannotStart
from cluster.layout import HOST, Layout

USER = "postgres"


@dataclass(frozen=True)
class Database:
    """`user` is None where it runs as we do."""

    program: Path
    data: Path
    user: str | None
    port: int

    @property
    def command(self) -> list[str]:
        """Runs it in the foreground. Its only door is the loopback: paths of socket files may be too long here."""
        quick = ["-c", "unix_socket_directories=", "-c", "synchronous_commit=off"]
        return [str(self.program / "postgres"), "-D", str(self.data), "-h", HOST, "-p", str(self.port), *quick]


def ensure_database(layout: Layout) -> Database:
    """Make a database cluster with the owner `kcs`, where there is none. Raises `CannotStart`."""
    program = _programs()
    user = USER if os.geteuid() == 0 else None
    data = layout.directory / "postgresql"
    if user is not None:
        data = _reachable(data, user)
        account = pwd.getpwnam(user)
        data.mkdir(mode=0o700, exist_ok=True)
        os.chown(data, account.pw_uid, account.pw_gid)
    if not (data / "PG_VERSION").exists():
        _initialize(program, data, user, layout.secret("database_secret"))
    return Database(program, data, user, layout.postgresql)


def _initialize(program: Path, data: Path, user: str | None, password: str) -> None:
    with tempfile.NamedTemporaryFile("w", prefix="kcs-cluster-") as file:
        file.write(password)
        file.flush()
        if user is not None:
            os.chown(file.name, pwd.getpwnam(user).pw_uid, -1)
        options = [
            "-U",
            "kcs",
            "-A",
            "scram-sha-256",
            f"--pwfile={file.name}",
            "-E",
            "UTF8",
            "--no-locale",
            "--no-sync",
        ]
        command = [str(program / "initdb"), "-D", str(data), *options]
        made = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True, check=False)
    if made.returncode != 0:
        said = made.stderr.strip().splitlines() or ["no reason given"]
        raise CannotStart(f"PostgreSQL's initdb failed in {data}: {said[-1]}")


def _reachable(path: Path, user: str) -> Path:
    """`path`, or what it leads to: a directory below the temporary one, where another user cannot get to `path`."""
    if path.is_dir() or all(parent.stat().st_mode & 0o001 for parent in path.parents):
        return path.resolve()
    elsewhere = Path(tempfile.mkdtemp(prefix=f"kcs-cluster-{user}-"))
    path.unlink(missing_ok=True)
    path.symlink_to(elsewhere)
    return elsewhere


def _programs() -> Path:
    found = shutil.which("initdb") or next(map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))), None)
    if found is None:
        raise CannotStart("PostgreSQL is not installed: run `python3 -m setup cluster`.")
    return Path(found).resolve().parent
