"""`manage.py check` names TURN settings that would keep people behind firewalls out of meetings."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004  # Django's name of the class

SCHEMES = ("turn:", "turns:")
LEAST_TTL = 60


@register(Tags.compatibility)
def turn_settings(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """TURN_URLS, TURN_SECRET and TURN_TTL fit together."""
    return list(_warnings())


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
