"""Steps that a page told over HTTP. For threads."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from meetings.models import JoinAttempt
from meetings.protocol.codes import Refusal
from meetings.trace.conclusion import conclude, concluded_before
from meetings.trace.event import Event
from meetings.trace.media_events import media_at
from meetings.trace.page_steps import page_events
from meetings.trace.writing import Batch, Row, read_all, write
from meetings.verdicts.judge import judge
from meetings.version import site_version

# Who gets further than this has a socket.
MOST_EVENTS = 1000


@dataclass(frozen=True, slots=True)
class Posted:
    """A checked `trace` message, and who told it. `address` and `client` are as the request came."""

    attempt: UUID
    told: dict[str, Any]
    meeting_id: UUID | None = None
    display_name: str = ""
    user_id: int | None = None
    guest: str = ""
    address: str = ""
    client: str = ""


def take_in(posted: Posted) -> list[dict[str, Any]]:
    """Write the steps down, and answer what is wrong, in the participant's words, as far as the stream tells.

    Raises Refusal RATE_LIMITED for an attempt that has told too much already.
    """
    now = time.time()
    known = read_all([posted.attempt]).get(posted.attempt, [])
    if len(known) > MOST_EVENTS:
        raise Refusal("RATE_LIMITED", "This attempt has told enough.", retryAfter=60.0)
    events = page_events(posted.told, known, now)
    batch = Batch(rows=[Row(event, posted.attempt, posted.meeting_id, None) for event in events])
    if not known:
        batch.begun[posted.attempt] = min((event.at for event in events), default=now)
        batch.columns[posted.attempt] = {
            name: getattr(posted, name)
            for name in ("meeting_id", "display_name", "user_id", "guest", "address", "client")
        } | {"purpose": posted.told.get("purpose", JoinAttempt.Purpose.JOIN)}
    write(batch)
    everything = sorted([*known, *events], key=_at)
    verdicts = judge(everything, now, version=site_version())
    # What runs over a socket is judged there.
    still_outside = JoinAttempt.objects.filter(id=posted.attempt, joined_at=None)
    before, media_runs = concluded_before(known), media_at(everything) is not None
    still_outside.update(**conclude(before, verdicts, media_runs=media_runs).columns())
    return [verdict.as_participant_json() for verdict in verdicts]


def _at(event: Event) -> float:
    return event.at
