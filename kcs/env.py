"""What the settings need from the machine: a place for run-time files, and a secret that outlives restarts."""

import os
import secrets
import tempfile
from pathlib import Path

LOOPBACK = ("localhost", "127.0.0.1", "::1", "[::1]")


def is_loopback(host: str) -> bool:
    """Whether a server that listens on `host` can be reached from this machine only."""
    return host in LOOPBACK


def ensure_directory(path: Path) -> Path:
    """`path`, made when missing, for this user only."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def lasting_secret(path: Path) -> str:
    """The secret kept in `path`; made on first use. Processes that start at the same time get the same one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        pass
    descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        # A link either takes the name with the whole secret behind it, or finds that another process was first.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)
    return path.read_text()
