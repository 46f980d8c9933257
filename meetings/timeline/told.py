"""What a timeline is made from: events with whose they are, and who these people are."""

from dataclasses import dataclass
from typing import NamedTuple

from meetings.trace.event import Event


class Told(NamedTuple):
    """An event of the participant with this id; `attempt` is the id of their join attempt, or empty."""

    event: Event
    participant: str
    attempt: str = ""


@dataclass(frozen=True, slots=True)
class Who:
    """A participant's name, and what tells that two participants are the same person who came twice."""

    name: str
    key: str
