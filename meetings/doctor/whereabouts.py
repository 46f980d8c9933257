"""Whether people use this site on their own machine only."""

from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "::1")


def is_local(url: str) -> bool:
    """Whether browsers take this URL for their own machine, to whose pages they give cameras without TLS."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or host.endswith(".localhost") or host.startswith("127.")
