"""`manage.py check` names settings that would keep people out of meetings, or let in whom they should not."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004  # Django's name of the class

from meetings.embedding import is_origin
from meetings.webhooks.reaching import network_of

SCHEMES = ("turn:", "turns:")
LEAST_TTL = 60


@register(Tags.compatibility)
def turn_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """TURN_URLS, TURN_SECRET and TURN_TTL fit together."""
    return list(_warnings())


@register(Tags.security)
def openid_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET fit together, and nobody listens on the way there."""
    issuer = urlsplit(settings.OIDC_ISSUER)
    if not settings.OIDC_ISSUER:
        return []
    found: list[CheckMessage] = []
    missing = [name for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET") if not getattr(settings, name)]
    if missing:
        found.append(
            Warning(
                f"OIDC_ISSUER is set and {' and '.join(missing)} not: nobody can sign in through it.",
                hint="Register this site with the provider, and set what it gives you (docs/operations.md).",
                id="meetings.W004",
            )
        )
    if issuer.scheme != "https" and issuer.hostname not in ("localhost", "127.0.0.1", "::1"):
        found.append(
            Warning(
                f"OIDC_ISSUER is {settings.OIDC_ISSUER!r}: whoever is on the way there can sign in as anybody.",
                hint="Use the provider's https address.",
                id="meetings.W005",
            )
        )
    return found


@register(Tags.security)
def webhook_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of WEBHOOK_ALLOW is an address or a network."""
    return [
        Warning(
            f"WEBHOOK_ALLOW has {text!r}, which is neither an address nor a network: nothing is reached by it.",
            hint="Write addresses or networks with commas, such as WEBHOOK_ALLOW=10.0.0.7,fd00::/8.",
            id="meetings.W006",
        )
        for text in settings.WEBHOOK_ALLOW
        if network_of(text) is None
    ]


@register(Tags.security)
def embed_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Every entry of EMBED_ORIGINS is an origin."""
    return [
        Warning(
            f"EMBED_ORIGINS has {text!r}, which is no origin: no page is let in by it.",
            hint="Write scheme, name and port alone, such as EMBED_ORIGINS=https://example.org.",
            id="meetings.W007",
        )
        for text in settings.EMBED_ORIGINS
        if not is_origin(text)
    ]


def _warnings() -> Iterator[CheckMessage]:
    if bool(settings.TURN_URLS) != bool(settings.TURN_SECRET):
        there, missing = ("TURN_URLS", "TURN_SECRET") if settings.TURN_URLS else ("TURN_SECRET", "TURN_URLS")
        yield Warning(
            f"{there} is set and {missing} is not: browsers are told of no TURN server.",
            hint="Set both: the addresses, and the static-auth-secret of the TURN server (docs/operations.md).",
            id="meetings.W001",
        )
    for url in settings.TURN_URLS:
        if not url.startswith(SCHEMES):
            yield Warning(
                f"TURN_URLS has {url!r}, which is no address of a TURN server.",
                hint="Write turn:HOST:PORT or turns:HOST:PORT, several with commas; STUN servers go into ICE_SERVERS.",
                id="meetings.W002",
            )
    if settings.TURN_TTL < LEAST_TTL:
        yield Warning(
            f"TURN_TTL is {settings.TURN_TTL} seconds: credentials may be too old before a browser has used them.",
            hint=f"Set it to {LEAST_TTL} or more.",
            id="meetings.W003",
        )
