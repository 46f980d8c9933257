"""The media settings of the site, read from Django's settings in one place."""

import hashlib
import os
import socket
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from media.link.address import BadAddress, LinkAddress, TcpAddress, UnixAddress, parse_address, parse_listen
from media.link.security import LinkSecurity
from media.link.server import TcpListener
from media.node.config import NodeConfig
from media.placement import CONSUMERS_PER_WORKER

# sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero; 100 leaves room for both.
LONGEST_SOCKET_PATH = 100
Address = TypeVar("Address", bound=LinkAddress)
LOOPBACK_HOSTS = {"", "localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True, slots=True)
class MediaSettings:
    """Where the media node is, and how to run it when this process is the one that does.

    `socket` is where node and web processes meet; `lock` is the file whose lock is held by the process that runs the
    node. `listen` is the port that the node listens on besides, `announced` how others reach the node when neither of
    these says it, and `security` is for links over TCP. With `many_nodes` nodes are rows of a database that web
    processes share.
    """

    socket: Path
    lock: Path
    embedded: bool
    node: NodeConfig
    listen: TcpAddress | None = None
    announced: LinkAddress | None = None
    security: LinkSecurity = field(default_factory=LinkSecurity)
    many_nodes: bool = False

    @property
    def tcp(self) -> TcpListener | None:
        """What the node listens on besides the socket."""
        return TcpListener(self.listen, self.security) if self.listen is not None else None

    @property
    def address(self) -> LinkAddress:
        """Where others reach the node of these settings."""
        return self.announced or self.listen or UnixAddress(self.socket)


def media_settings(at: Path | None = None) -> MediaSettings:
    """The settings as they are now. Every one has a default that works on a newcomer's machine. `at` stands for the
    setting MEDIA_SOCKET.

    Raises `ImproperlyConfigured` for an address that is none.
    """
    wanted_socket = at or Path(_setting("MEDIA_SOCKET", "") or _var() / "media.sock")
    listen_ip = _setting("MEDIASOUP_LISTEN_IP", "") or default_listen_ip(
        _setting("HOST", "") or os.environ.get("HOST", "")
    )
    return MediaSettings(
        socket=bindable(wanted_socket),
        lock=lock_beside(wanted_socket),
        embedded=bool(_setting("MEDIA_EMBEDDED", True)),
        node=NodeConfig(
            name=_setting("MEDIA_NODE_NAME", "") or default_node_name(wanted_socket),
            workers=_workers(),
            listen_ip=listen_ip,
            announced_ip=_setting("MEDIASOUP_ANNOUNCED_IP", "") or None,
            port=int(_setting("MEDIASOUP_PORT", 0) or 0) or None,
            grace_seconds=float(_setting("GRACE_SECONDS", 20)),
            consumers_per_worker=int(_setting("MEDIASOUP_CONSUMERS_PER_WORKER", CONSUMERS_PER_WORKER)),
            drain_seconds=float(_setting("MEDIA_DRAIN_SECONDS", 10)),
            room_share=float(_setting("MEDIA_ROOM_SHARE", 1)),
            worker_user=_setting("MEDIASOUP_WORKER_USER", ""),
            confine_workers=bool(_setting("MEDIASOUP_WORKER_CONFINE", True)),
        ),
        listen=_address("MEDIA_LISTEN", parse_listen),
        announced=_address("MEDIA_LINK_ADDRESS", parse_address),
        security=LinkSecurity(
            certificate=_file("MEDIA_LINK_CERT"),
            key=_file("MEDIA_LINK_KEY"),
            authority=_file("MEDIA_LINK_CA"),
            secret=_setting("MEDIA_LINK_SECRET", "").strip(),
        ),
        many_nodes=bool(_setting("DATABASE_URL", "")),
    )


def default_node_name(socket_path: Path) -> str:
    """The host's name, and what tells the nodes of one host apart: the same after each restart."""
    return f"{socket.gethostname()}-{hashlib.sha256(os.fsencode(socket_path.absolute())).hexdigest()[:6]}"


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


def _workers() -> int:
    wanted = _setting("MEDIASOUP_WORKERS", None)
    return (os.cpu_count() or 1) if wanted is None else int(wanted)


def _var() -> Path:
    return Path(_setting("VAR_DIR", "") or os.environ.get("KCS_VAR", "") or Path(settings.BASE_DIR) / "var")


def _address(name: str, parse: Callable[[str], Address]) -> Address | None:
    text = _setting(name, "")
    try:
        return parse(text) if text else None
    except BadAddress as error:
        raise ImproperlyConfigured(f"{name}: {error}") from None


def _file(name: str) -> Path | None:
    text = _setting(name, "")
    return Path(text).absolute() if text else None


def _setting(name: str, default: Any) -> Any:
    return getattr(settings, name, default)
