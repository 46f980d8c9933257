"""A timeline to take along: everything as JSON, and samples or troubles as rows. Times are UTC."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from meetings.timeline.person import Person, Trouble
from meetings.timeline.reading import Reading
from meetings.timeline.timeline import Timeline

Json = dict[str, Any]
Cell = str | int | float | None

SAMPLES = (
    "at", "offset_s", "person", "seconds", "up_kbps", "down_kbps", "up_loss", "down_loss", "rtt_ms", "up_jitter_ms",
    "down_jitter_ms", "sent_height", "seen_height", "layer", "limited", "freezes", "frozen_ms", "spoke_ms",
)  # fmt: skip
TROUBLES = ("begins", "offset_s", "lasted_s", "person", "kind", "amount", "whose", "who", "sentence")


def as_json(whole: Timeline) -> Json:
    """All of it. What stands in a sample is called as in SAMPLES."""
    return {
        "begins": _moment(whole.begins),
        "ends": _moment(whole.ends),
        "people": [_person(one, whole) for one in whole.people],
    }


def sample_rows(whole: Timeline) -> Iterator[tuple[Cell, ...]]:
    """A row for each sample, under SAMPLES."""
    for person in whole.people:
        for reading in person.readings:
            yield (_moment(reading.at), _offset(reading.at, whole), person.name, *_measured(reading))


def trouble_rows(whole: Timeline) -> Iterator[tuple[Cell, ...]]:
    """A row for each stretch of trouble, under TROUBLES."""
    for person in whole.people:
        for one in person.troubles:
            begins = one.stretch.begins
            yield (_moment(begins), _offset(begins, whole), _lasted(one), person.name, *_told(one))


def _person(person: Person, whole: Timeline) -> Json:
    stays = [
        {"begins": _moment(one.begins), "ends": _moment(one.ends), "goingOn": one.going_on} for one in person.stays
    ]
    marks = [{"at": _moment(one.at), "kind": one.kind, "text": one.text, "code": one.code} for one in person.marks]
    return {
        "name": person.name,
        "participants": person.participants,
        "summary": person.summary,
        "stays": stays,
        "marks": marks,
        "troubles": [
            {
                "begins": _moment(one.stretch.begins),
                "lasted_s": _lasted(one),
                **dict(zip(TROUBLES[4:], _told(one), strict=True)),
            }
            for one in person.troubles
        ],
        "samples": [
            {
                "at": _moment(one.at),
                "offset_s": _offset(one.at, whole),
                **dict(zip(SAMPLES[3:], _measured(one), strict=True)),
            }
            for one in person.readings
        ],
    }


def _measured(one: Reading) -> tuple[Cell, ...]:
    return (
        one.seconds,
        one.up_kbps,
        one.down_kbps,
        one.up_loss,
        one.down_loss,
        one.rtt,
        one.up_jitter,
        one.down_jitter,
        one.sent_height,
        one.seen_height,
        one.layer,
        one.limited,
        one.freezes,
        one.frozen_ms,
        one.spoke_ms,
    )


def _told(one: Trouble) -> tuple[Cell, ...]:
    return (one.stretch.kind, round(one.stretch.amount, 3), one.fault.whose or "", one.fault.who, one.fault.sentence)


def _lasted(one: Trouble) -> float:
    return round(one.stretch.ends - one.stretch.begins, 1)


def _offset(at: float, whole: Timeline) -> float:
    return round(at - whole.begins, 1)


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
