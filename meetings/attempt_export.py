"""A join attempt and its events to take along. The attempt's id is secret, so that only its report id is in there."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from meetings.models import JoinAttempt
from meetings.spreadsheet import Cell
from meetings.trace.event import Event
from meetings.trace.steps import STEPS

Json = dict[str, Any]

HEAD = ("offset_ms", "at", "side", "step", "label", "outcome", "data")


def as_json(attempt: JoinAttempt, events: Sequence[Event], verdicts: Sequence[Json]) -> Json:
    """The whole of it."""
    meeting = attempt.meeting
    return {
        "report": attempt.report,
        "purpose": attempt.purpose,
        "meeting": {"id": str(meeting.id), "code": meeting.code, "title": meeting.title} if meeting else None,
        "person": attempt.display_name,
        "participantId": str(attempt.participant_id) if attempt.participant_id else None,
        "client": attempt.client,
        "address": attempt.address,
        "beganAt": _time(attempt.began_at),
        "joinedAt": _time(attempt.joined_at),
        "mediaAt": _time(attempt.media_at),
        "endedAt": _time(attempt.ended_at),
        "endReason": attempt.end_reason,
        "outcome": attempt.outcome,
        "code": attempt.code,
        "sentence": attempt.sentence,
        "verdicts": list(verdicts),
        "events": [
            {
                "offsetMs": _offset(event, events),
                "at": _moment(event.at),
                "side": event.side,
                "step": event.step,
                "label": _label(event),
                "outcome": event.outcome,
                "data": event.data,
            }
            for event in events
        ],
    }


def as_rows(events: Sequence[Event]) -> Iterator[tuple[Cell, ...]]:
    """A row for each event, under HEAD. Data are JSON."""
    for event in events:
        data = json.dumps(event.data, ensure_ascii=False, sort_keys=True) if event.data else ""
        yield (
            _offset(event, events),
            _moment(event.at),
            event.side,
            event.step,
            _label(event),
            event.outcome,
            data,
        )


def _label(event: Event) -> str:
    step = STEPS.get((event.side, event.step))
    return step.label if step else event.step


def _offset(event: Event, events: Sequence[Event]) -> int:
    return round((event.at - events[0].at) * 1000)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def _time(at: datetime | None) -> str | None:
    return at.isoformat(timespec="milliseconds") if at else None
