"""Under which address this site calls itself."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

ANYWHERE = ("", "0.0.0.0", "::", "[::]")


def own_url() -> str:
    """PROBE_URL, else PUBLIC_URL, else where `manage.py serve` listens by its settings."""
    if url := settings.PROBE_URL or settings.PUBLIC_URL:
        return str(url)
    host = "localhost" if settings.HOST in (*ANYWHERE, "127.0.0.1") else settings.HOST
    name = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"http://{name}:{settings.PORT}"


def is_url(text: str) -> bool:
    """Whether this is an address that a site can have."""
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
