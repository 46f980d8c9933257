"""Under which address this site calls itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from meetings.links import site_url


def own_url() -> str:
    """PROBE_URL, else where people find the site."""
    return str(settings.PROBE_URL) or site_url()


def is_url(text: str) -> bool:
    """Whether this is an address that a site can have."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
