"""Where this site is for the people who use it."""

from urllib.parse import urlsplit

from django.conf import settings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}


def base_url() -> str:
    """PUBLIC_URL, or where this machine serves when there is none."""
    if settings.PUBLIC_URL:
        return str(settings.PUBLIC_URL)
    host = ANY_ADDRESS.get(settings.HOST, settings.HOST)
    return f"http://{host}:{settings.PORT}"


def is_local(url: str) -> bool:
    """Whether browsers take this URL for their own machine, to whose pages they give cameras without TLS."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost") or host.startswith("127.")
