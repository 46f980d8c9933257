"""Where a request came from."""

from django.conf import settings


def client_address(peer: str, forwarded_for: str) -> str:
    """The address of whoever asked: of `peer`, the other end of the connection, or what the outermost of our own
    proxies (PROXIES) wrote into X-Forwarded-For. What stands before that anybody may have written.
    """
    proxies: int = settings.REST_FRAMEWORK["NUM_PROXIES"]
    told = [one.strip() for one in forwarded_for.split(",") if one.strip()]
    return (told[-min(proxies, len(told))] if proxies and told else peer)[:64]
