"""Where a media node can be reached: `unix:/path`, or `wss://host:port`."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class BadAddress(ValueError):
    """Text that is no address of a link. The message is one sentence with the remedy."""


@dataclass(frozen=True, slots=True)
class UnixAddress:
    """A socket file of this machine."""

    path: Path

    def __str__(self) -> str:
        return f"unix:{self.path}"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A port that is reached over TLS. `host` is a name or an address, without brackets."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"wss://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"


LinkAddress = UnixAddress | TcpAddress


def parse_address(text: str) -> LinkAddress:
    """The address that `text` writes. Raises `BadAddress`."""
    if text.startswith("unix:/"):
        return UnixAddress(Path(text.removeprefix("unix:")))
    if text.startswith("wss://"):
        return _host_and_port(text, text)
    raise BadAddress(f"{text} is no address of a media node: write unix:/path/of/socket or wss://host:port.")


def parse_listen(text: str) -> TcpAddress:
    """What `--listen HOST:PORT` names; an IPv6 address stands in brackets. Raises `BadAddress`."""
    return _host_and_port(f"wss://{text}", text)


def _host_and_port(url: str, text: str) -> TcpAddress:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port or parts.path or parts.query or parts.username is not None:
        raise BadAddress(f"{text} names no host and port: write 10.0.0.5:7000, name:7000 or [::1]:7000.")
    return TcpAddress(host, port)
