"""Which addresses webhooks may be sent to: what is out in the world, and what the site's settings name."""

import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final

from django.conf import settings

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

# Of a name with many addresses, so many are tried.
MOST_ADDRESSES: Final = 3
# What a translator makes of addresses of version 4 (RFC 6052), and what is a network's own business (RFC 8215).
_TRANSLATED = IPv6Network("64:ff9b::/96")
_TRANSLATED_LOCALLY = IPv6Network("64:ff9b:1::/48")


class OutOfBounds(OSError):
    """Nothing that may be reached answers to this name."""


def network_of(text: str) -> Network | None:
    """What an entry of WEBHOOK_ALLOW means; None when it is neither an address nor a network."""
    try:
        return ip_network(text.strip(), strict=False)
    except ValueError:
        return None


def may_reach(address: str) -> bool:
    """Whether webhooks may be sent there: no address of this machine, of its networks, of a link or of a group, however
    it is written, unless WEBHOOK_ALLOW has it.
    """
    told = _seen_through(ip_address(address.partition("%")[0]))
    allowed = [network for text in settings.WEBHOOK_ALLOW if (network := network_of(text)) is not None]
    if any(told in network for network in allowed if network.version == told.version):
        return True
    return told.is_global and not told.is_multicast and not (told.version == 6 and told in _TRANSLATED_LOCALLY)


def may_name(host: str) -> bool:
    """Whether a webhook may have this host. Of names it is known only when they are looked up."""
    try:
        return may_reach(host)
    except ValueError:
        return True


def connect(host: str, port: int, patience: float) -> socket.socket:
    """A connection to one of the addresses of `host`: to the very one that was judged, so that a name which means
    something else a moment later changes nothing. Raises OutOfBounds, or OSError.
    """
    within = _within(host, port)
    if not within:
        raise OutOfBounds(f"{host} has no address that webhooks may be sent to")
    for last, (family, at) in enumerate(within, 1 - len(within)):
        connection = socket.socket(family, socket.SOCK_STREAM)
        connection.settimeout(patience)
        try:
            connection.connect(at)
        except OSError:
            connection.close()
            if not last:
                raise
        else:
            return connection
    raise AssertionError("the last of them raises")


def _within(host: str, port: int) -> Sequence[tuple[socket.AddressFamily, Any]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, at) for family, _, _, _, at in found if may_reach(str(at[0]))][:MOST_ADDRESSES]


def _seen_through(address: Address) -> Address:
    """The address of version 4 inside one of version 6 that stands for it."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(address.packed[-4:])
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo is not None else address)
