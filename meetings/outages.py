"""Failures of what this web process leans on, as incidents: the database, the channel layer, another web process."""

import logging
from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from media.incident_log import incident_log
from media.incidents import Kind, Report, is_known, record

log = logging.getLogger(__name__)


class Outage:
    """One thing that can be away: `failed` and `works` are told each time it is used, and each outage is noted once.

    Belongs to an event loop. `hit` adds whoever could not do what they wanted meanwhile.
    """

    def __init__(self, kind: Kind, name: str) -> None:
        self._kind = kind
        self._name = name
        self._id = uuid4()
        self._began_at: datetime | None = None
        self._failures = 0
        self._hit: dict[str, str] = {}

    @property
    def lasts(self) -> bool:
        """Whether it is away, as far as this process knows."""
        return self._began_at is not None

    def failed(self, why: object) -> None:
        """It did not do its work."""
        self._failures += 1
        if self._began_at is None:
            self._id, self._began_at = uuid4(), timezone.now()
            log.error("%s cannot be reached: %s", self._name, _first_line(why))
            self._note()

    def hit(self, meeting: UUID, participant: UUID) -> None:
        """Somebody was refused because of it."""
        if self._began_at is not None:
            self._hit[str(participant)] = str(meeting)

    def works(self, **details: Any) -> None:
        """It did its work."""
        if self._began_at is not None:
            log.warning("%s is there again after %.1f s", self._name, (timezone.now() - self._began_at).total_seconds())
            self._note(timezone.now(), **details)
            self._began_at, self._failures, self._hit = None, 0, {}

    def _note(self, ended_at: datetime | None = None, **details: Any) -> None:
        assert self._began_at is not None
        report = Report(
            id=self._id,
            kind=self._kind,
            began_at=self._began_at,
            ended_at=ended_at,
            meetings=list(dict.fromkeys(self._hit.values())),
            participants=list(self._hit),
            details={"failures": self._failures, **details},
        )
        incident_log().note(partial(record, report))


def _first_line(why: object) -> str:
    return (str(why).strip() or type(why).__name__).splitlines()[0]


def note_dead_process(
    process: UUID, host: str, pid: int, died_at: datetime, held: Iterable[tuple[UUID, UUID]], details: dict[str, Any]
) -> None:
    """Write down, in the current transaction or thread, that a web process died that held the sockets of these
    (meeting, participant). Whoever notices first does, and those who notice later add nothing.
    """
    if is_known(process):
        return
    hit = [(str(meeting), str(participant)) for meeting, participant in held]
    record(
        Report(
            id=process,
            kind=Kind.WEB_PROCESS_LOST,
            began_at=died_at,
            ended_at=timezone.now(),
            meetings=[meeting for meeting, _ in hit],
            participants=[participant for _, participant in hit],
            details={"host": host, "pid": pid, **details},
        )
    )
