"""For how long somebody's voice was to be heard: a sum in the row of their stay, which outlives the samples."""

from collections.abc import Iterable, Mapping
from typing import Final
from uuid import UUID

from django.db.models import F

from meetings.models import Participant
from meetings.trace.writing import Row
from meetings.verdicts.records import number

# A sample is of a few seconds, or of one stretch in which all was well.
LONGEST_SAMPLE_SECONDS: Final = 30.0


def spoken_in(rows: Iterable[Row]) -> dict[UUID, int]:
    """For how many milliseconds each participant spoke, as these samples tell. Of no sample more than it is about."""
    told: dict[UUID, int] = {}
    for row in rows:
        spoke = number(row.event.data.get("spoke"))
        if row.event.step != "quality" or row.participant_id is None or spoke <= 0:
            continue
        longest = min(number(row.event.data.get("seconds")), LONGEST_SAMPLE_SECONDS) * 1000
        told[row.participant_id] = told.get(row.participant_id, 0) + round(min(spoke, longest))
    return told


def add_spoken(spoken: Mapping[UUID, int]) -> None:
    """Add that to their rows; each for itself, so that no row is locked while another is waited for."""
    for participant_id, milliseconds in spoken.items():
        Participant.objects.filter(id=participant_id).update(spoke_ms=F("spoke_ms") + milliseconds)
