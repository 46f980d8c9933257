"""Which addresses can be reached from where, as far as that can be told by looking at them."""

import ipaddress
from typing import Literal

Kind = Literal["public", "private", "loopback", "link-local", "documentation", "unspecified", "name"]
IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Networks = list[ipaddress.IPv4Network | ipaddress.IPv6Network]

_DOCUMENTATION: Networks = [
    ipaddress.ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")
]
_PRIVATE: Networks = [
    ipaddress.ip_network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15", "fc00::/7")
]
# Docker's default bridge networks, which exist on one host only.
_DOCKER = ipaddress.ip_network("172.16.0.0/12")
# Networks of this size are taken for one in which everybody reaches everybody.
_SAME_NETWORK = {4: 16, 6: 48}


def parse(text: str) -> IPAddress | None:
    """The address that `text` spells, without brackets, port or zone; None for names, `.local` ones too."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def kind_of(text: str) -> Kind:
    """What sort of address it is. `localhost` is loopback; any other name is `name`."""
    if text.strip().partition(":")[0].lower() in ("localhost", "localhost."):
        return "loopback"
    address = parse(text)
    if address is None:
        return "name"
    if address.is_loopback:
        return "loopback"
    if address.is_unspecified:
        return "unspecified"
    if address.is_link_local:
        return "link-local"
    if _within(address, _DOCUMENTATION):
        return "documentation"
    return "private" if _within(address, _PRIVATE) else "public"


def maybe_docker(text: str) -> bool:
    """Whether it is of the range from which Docker gives addresses to containers."""
    address = parse(text)
    return address is not None and address.version == 4 and address in _DOCKER


def same_network(one: str, other: str) -> bool:
    """Whether both are addresses of one machine, or of one network in which everybody reaches everybody.

    False where either is a name. Neighbours on the internet have nothing in common.
    """
    a, b = parse(one), parse(other)
    if a is None or b is None:
        return kind_of(one) == kind_of(other) == "loopback"
    if a.is_loopback or b.is_loopback:
        return a.is_loopback and b.is_loopback
    if a.version != b.version or kind_of(one) == "public":
        return a == b
    return b in ipaddress.ip_network(f"{a}/{_SAME_NETWORK[a.version]}", strict=False)


def _within(address: IPAddress, networks: Networks) -> bool:
    return any(address in network for network in networks)
