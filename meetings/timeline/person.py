"""One person in a meeting: all their stays, what was measured, what went wrong, and all of it in a sentence."""

from dataclasses import dataclass, field

from meetings.timeline.fault import Fault
from meetings.timeline.reading import Reading
from meetings.timeline.stays import Mark, Stay
from meetings.timeline.trouble import Stretch


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that was wrong for a while, and whose fault it was."""

    stretch: Stretch
    fault: Fault


@dataclass(slots=True)
class Person:
    """Somebody, with everything in the order of time."""

    name: str
    key: str
    participants: list[str] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    summary: str = ""

    @property
    def spoke_seconds(self) -> float:
        return sum(one.spoke_ms for one in self.readings) / 1000
