"""Attendance to take along: as JSON, and as a table for spreadsheets."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from meetings.attendance.attendance import Attendance, Attended
from meetings.attendance.sitting import Sitting
from meetings.spreadsheet import Cell

Json = dict[str, Any]

HEAD: Final = (
    "name",
    "role",
    "first came",
    "last left",
    "times there",
    "minutes present",
    "share of the time",
    "minutes late",
    "minutes left early",
    "minutes spoken",
)


def file_name(sitting: Sitting) -> str:
    """What a download of it is called, without what kind it is."""
    when = sitting.occurrence
    return f"attendance-{sitting.meeting.code}" + ("" if when is None else f"-{when.starts_at:%Y-%m-%d}")


def as_rows(attendance: Attendance) -> Iterator[list[Cell]]:
    """A line of `HEAD` for each person. Times are in UTC."""
    for one in attendance.people:
        yield [
            one.name,
            one.role.value,
            one.came_at.isoformat(timespec="seconds"),
            one.left_at.isoformat(timespec="seconds") if one.left_at else "",
            len(one.intervals),
            _minutes(one.seconds),
            f"{one.share:.0%}",
            _minutes(one.late_seconds),
            _minutes(one.early_seconds),
            _minutes(one.spoke_seconds),
        ]


def as_json(sitting: Sitting, attendance: Attendance) -> Json:
    """The API's Attendance."""
    scheduled = sitting.scheduled
    return {
        "scheduled": None if scheduled is None else _interval(scheduled.since, scheduled.until),
        "seconds": round(attendance.seconds, 1),
        "most": attendance.most,
        "people": [_person(one) for one in attendance.people],
    }


def _person(one: Attended) -> Json:
    return {
        "displayName": one.name,
        **({} if one.user_id is None else {"userId": str(one.user_id)}),
        "role": one.role.value,
        "cameAt": one.came_at.isoformat(),
        "leftAt": None if one.left_at is None else one.left_at.isoformat(),
        "intervals": [_interval(*interval) for interval in one.intervals],
        "seconds": round(one.seconds, 1),
        "share": round(one.share, 4),
        "lateSeconds": _rounded(one.late_seconds),
        "earlySeconds": _rounded(one.early_seconds),
        "spokeSeconds": round(one.spoke_seconds, 1),
    }


def _interval(since: datetime, until: datetime) -> Json:
    return {"since": since.isoformat(), "until": until.isoformat()}


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 1)


def _minutes(seconds: float | None) -> float | str:
    return "" if seconds is None else round(seconds / 60, 1)
