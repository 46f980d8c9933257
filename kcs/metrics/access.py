"""Who may read `/metrics`."""

import ipaddress
from functools import cache
from ipaddress import IPv4Network, IPv6Network

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.crypto import constant_time_compare

Network = IPv4Network | IPv6Network
LOOPBACK = ("127.0.0.0/8", "::1/128")


def refusal(request: HttpRequest) -> HttpResponse | None:
    """Why this request gets no numbers; None when it gets them.

    With METRICS_TOKEN it has to bring that token, with METRICS_ALLOW it has to come from there; with both, both. With
    neither, the numbers are for this machine alone, and for nobody where PUBLIC_URL says that a proxy is in front,
    behind which everybody comes from this machine.
    """
    if not settings.METRICS_TOKEN and not settings.METRICS_ALLOW:
        if settings.PUBLIC_URL or not _comes_from(request, LOOPBACK) or not _by_our_name(request):
            return HttpResponseNotFound("Metrics are off here: set METRICS_TOKEN or METRICS_ALLOW.\n", TEXT)
        return None
    if settings.METRICS_ALLOW and not _comes_from(request, tuple(settings.METRICS_ALLOW)):
        return HttpResponse("Not from this address.\n", TEXT, status=403)
    if settings.METRICS_TOKEN and not _brings_token(request):
        return HttpResponse("Bring the token.\n", TEXT, status=401, headers={"WWW-Authenticate": "Bearer"})
    return None


TEXT = "text/plain; charset=utf-8"


def _brings_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return scheme.lower() == "bearer" and constant_time_compare(token.strip(), settings.METRICS_TOKEN)


def _by_our_name(request: HttpRequest) -> bool:
    """Not under a stranger's name that points to us, by which a page of theirs could read what we answer."""
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _comes_from(request: HttpRequest, allowed: tuple[str, ...]) -> bool:
    """Whether every address that the request passed is allowed: its sender's, and those that proxies have noted.

    What somebody makes up in X-Forwarded-For can only add an address, and so never open anything.
    """
    noted = request.headers.get("X-Forwarded-For", "")
    passed = [request.META.get("REMOTE_ADDR") or "", *(noted.split(",") if noted else [])]
    return all(_is_in(address.strip(), _networks(allowed)) for address in passed)


def _is_in(text: str, networks: tuple[Network, ...]) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


@cache
def _networks(texts: tuple[str, ...]) -> tuple[Network, ...]:
    return tuple(network for text in texts if (network := network_of(text)) is not None)


def network_of(text: str) -> Network | None:
    """The address or network that an entry of METRICS_ALLOW names; None when it names none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
