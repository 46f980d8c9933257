"""`gap-report`: what a failure did to one page."""

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.utils import timezone

from media.incident_log import incident_log
from media.incidents import Gap, Kind, record_gap
from meetings.handlers.belonging import participation_of
from meetings.signalling.allowance import too_many
from meetings.signalling.session import Session

Json = dict[str, Any]

# What it was, when no incident is known that caused it.
KINDS = {
    "media-lost": Kind.PATH_LOST,
    "path-lost": Kind.PATH_LOST,
    "socket-lost": Kind.SOCKET_LOST,
    "network-lost": Kind.NETWORK_LOST,
    "address-changed": Kind.ADDRESS_CHANGED,
}


async def report_gap(session: Session, data: Json) -> Json:
    """Have it written down. The answer does not wait for that: the database may be what failed."""
    mine = participation_of(session)
    if wait := session.reports.take():
        raise too_many(wait)
    gap = Gap(
        meeting=str(mine.meeting_id),
        participant=str(mine.participant_id),
        kind=KINDS[data["cause"]],
        milliseconds=data["gapMs"],
        began_at=timezone.now() - timedelta(milliseconds=data["agoMs"]),
        incident=_id(data.get("incidentId", "")),
    )
    incident_log().note(partial(record_gap, gap))
    return {}


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
