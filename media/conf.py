"""The media settings of the site, read from Django's settings in one place."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from media.node.config import NodeConfig

# sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero; 100 leaves room for both.
LONGEST_SOCKET_PATH = 100
LOOPBACK_HOSTS = {"", "localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Where the media node is, and how to run it when this process is the one that does.

    `socket` is where node and web processes meet; `lock` is the file whose lock is held by the process that runs the
    node.
    """

    socket: Path
    lock: Path
    embedded: bool
    node: NodeConfig


def media_settings() -> MediaSettings:
    """The settings as they are now. Every one has a default that works on a newcomer's machine."""
    wanted_socket = Path(_setting("MEDIA_SOCKET", "") or _var() / "media.sock")
    listen_ip = _setting("MEDIASOUP_LISTEN_IP", "") or default_listen_ip(
        _setting("HOST", "") or os.environ.get("HOST", "")
    )
    return MediaSettings(
        socket=bindable(wanted_socket),
        lock=lock_beside(wanted_socket),
        embedded=bool(_setting("MEDIA_EMBEDDED", True)),
        node=NodeConfig(
            workers=int(_setting("MEDIASOUP_WORKERS", 0) or os.cpu_count() or 1),
            listen_ip=listen_ip,
            announced_ip=_setting("MEDIASOUP_ANNOUNCED_IP", "") or None,
            port=int(_setting("MEDIASOUP_PORT", 0) or 0) or None,
            grace_seconds=float(_setting("GRACE_SECONDS", 20)),
            worker_user=_setting("MEDIASOUP_WORKER_USER", ""),
            confine_workers=bool(_setting("MEDIASOUP_WORKER_CONFINE", True)),
        ),
    )


def default_listen_ip(host: str) -> str:
    """Media listens where pages do: on the loopback when the site serves this machine only, else everywhere."""
    return "127.0.0.1" if host.strip("[]") in LOOPBACK_HOSTS else "0.0.0.0"


def lock_beside(socket: Path) -> Path:
    """The lock file that belongs to a node's socket."""
    return socket.with_name(socket.name + ".lock")


def bindable(socket: Path) -> Path:
    """`socket`, or a short stand-in for it in a private directory below the temporary one when it is too long to bind.

    The stand-in depends on the path and the user alone, so that every process of the site finds the same one. Raises
    `ImproperlyConfigured` when the directory is not this user's alone: somebody else could answer there.
    """
    if len(os.fsencode(socket.absolute())) <= LONGEST_SOCKET_PATH:
        return socket.absolute()
    directory = Path(tempfile.gettempdir()) / f"kcs-meet-{os.getuid()}"
    directory.mkdir(mode=0o700, exist_ok=True)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise ImproperlyConfigured(
            f"{socket} is too long for a socket, and {directory} is not this user's alone. "
            "Set MEDIA_SOCKET to a short path."
        )
    digest = hashlib.sha256(os.fsencode(socket.absolute())).hexdigest()[:16]
    return directory / f"{digest}.sock"


def _var() -> Path:
    return Path(_setting("VAR_DIR", "") or os.environ.get("KCS_VAR", "") or Path(settings.BASE_DIR) / "var")


def _setting(name: str, default: Any) -> Any:
    return getattr(settings, name, default)
