"""A probe of any site, from outside: one call, through whichever worker its meeting is on."""

from __future__ import annotations

from time import monotonic

from meetings.probe import TITLE
from meetings.probe.call import Call
from meetings.probe.explaining import TROUBLE, failure_of
from meetings.probe.reaching import SITE_SECONDS, site_at, site_failure
from meetings.probe.report import ProbeReport


async def probe_elsewhere(url: str, meeting: str, seconds: float) -> ProbeReport:
    """Call in `meeting`, or in one made for it and ended after, where the site lets anybody make one."""
    began = monotonic()
    site = site_at(url)
    failure = await site_failure(site)
    ticket = ""
    if failure is None and not meeting:
        try:
            made = await site.create_meeting(TITLE)
            meeting, ticket = made["code"], made["host_ticket"]
        except TROUBLE as error:
            failure = failure_of(error, "meeting", url, SITE_SECONDS)
    if failure is not None:
        return ProbeReport(url, monotonic() - began, failure=failure)
    found = await Call(site, meeting, host_ticket=ticket, ends=bool(ticket)).run(seconds)
    return ProbeReport(url, monotonic() - began, (found,))
