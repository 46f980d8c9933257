"""Which pages may open a signalling socket."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": "80", "https": "443", "ws": "80", "wss": "443"}


def is_welcome(origin: str | None, host: str | None) -> bool:
    """Whether a page of `origin` may open a socket on `host` (both as the browser sent them).

    Pages of the site itself and of CSRF_TRUSTED_ORIGINS may; programs, which send no Origin, may too. A Host that is
    not ours means that somebody else's name points to us.
    """
    if origin is None:
        return True
    domain, _ = split_domain_port(host or "")
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    if origin in settings.CSRF_TRUSTED_ORIGINS:
        return True
    try:
        parts = urlsplit(origin)
        named = parts.port
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return False
    port = str(named or DEFAULT_PORTS[parts.scheme])
    ours = urlsplit(f"//{host}")
    return parts.hostname == ours.hostname and port == str(ours.port or DEFAULT_PORTS[parts.scheme])
