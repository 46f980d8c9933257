"""Whether a site answers at all."""

from __future__ import annotations

from meetings.bot.site import Site
from meetings.probe.explaining import TROUBLE, failure_of
from meetings.probe.report import Failure

SITE_SECONDS = 5.0


def site_at(url: str) -> Site:
    """The site, which gets as long to answer as a probe waits."""
    return Site(url, timeout=SITE_SECONDS)


async def site_failure(site: Site) -> Failure | None:
    """Why the site does not even say how it is; None when it does."""
    try:
        await site.health()
    except TROUBLE as error:
        return failure_of(error, "site", site.base_url, SITE_SECONDS)
    return None
