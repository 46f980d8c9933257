"""Whose fault a stretch of trouble was, as far as the samples of both ends tell."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from meetings.timeline.reading import Reading, reading_of
from meetings.timeline.trouble import Stretch
from meetings.trace.event import Event, Json
from meetings.verdicts.blame import BUSY, LATE_MS, LOSS, Blame, whose_fault

Whose = Literal["sender", "receiver", "us"]


@dataclass(frozen=True, slots=True)
class Fault:
    """`whose` it was, None where nothing shows it, and `who` that is by name (empty for us).

    `sentence` tells it with its numbers; `clause` sums it up, and is the same for what has the same cause.
    """

    whose: Whose | None
    who: str
    sentence: str
    clause: str


class Samples:
    """Everybody's samples and names, by participant."""

    def __init__(self, readings: Mapping[str, Sequence[Reading]], names: Mapping[str, str]) -> None:
        self.names = names
        self._readings = readings
        self._times = {participant: [one.at for one in given] for participant, given in readings.items()}

    def during(self, reading: Reading) -> dict[str, Json]:
        """The samples that those whom `reading` complains about took in the same time; the worse of two."""
        found: dict[str, Json] = {}
        for participant in _heard_of(reading):
            overlapping = list(self._overlapping(participant, reading))
            if overlapping:
                found[participant] = max(overlapping, key=lambda one: one.up_loss or 0.0).data
        return found

    def _overlapping(self, participant: str, reading: Reading) -> Iterator[Reading]:
        given = self._readings.get(participant, ())
        place = bisect_left(self._times.get(participant, ()), reading.began)
        while place < len(given) and given[place].began < reading.at:
            yield given[place]
            place += 1


def fault_of(stretch: Stretch, name: str, samples: Samples) -> Fault:
    """Whose fault it was that `name` had this trouble: of its samples, the cause that weighs most."""
    match stretch.kind:
        case "lost":
            return Fault("us", "", "Ours: the worker or the node that carried them was lost.", "our side failed")
        case "lossy-up" | "slow":
            return _own(stretch, name)
    weights: dict[tuple[Whose | None, str], float] = {}
    said: dict[tuple[Whose | None, str], tuple[float, Fault]] = {}
    for reading in stretch.readings:
        blame = whose_fault(reading.data, samples.during(reading), names=samples.names)
        fault = _fault(blame, name, samples.names)
        weight = max(reading.frozen_ms, 1.0)
        key = (fault.whose, fault.clause)
        weights[key] = weights.get(key, 0.0) + weight
        if key not in said or weight > said[key][0]:
            said[key] = (weight, fault)
    # What one of several samples cannot explain is explained by the others.
    return said[max(weights, key=lambda key: (key[0] is not None, weights[key]))][1]


def _own(stretch: Stretch, name: str) -> Fault:
    """What goes wrong on the way from somebody to us, or in their computer."""
    if any(_is_overloaded(reading.data.get("us")) for reading in stretch.readings):
        return Fault("us", "", "Ours: the worker was overloaded.", "our worker was overloaded")
    if stretch.kind == "slow":
        return Fault("sender", name, f"The sender's: {name}'s computer was too busy to encode.", "")
    return Fault("sender", name, f"The sender's: {name}'s own network lost packets on the way to us.", "")


def _fault(blame: Blame, name: str, names: Mapping[str, str]) -> Fault:
    match blame.who:
        case "us":
            return Fault("us", "", blame.sentence, "our worker was overloaded")
        case "sender":
            sender = names.get(blame.about or "", "") or "somebody"
            return Fault("sender", sender, blame.sentence, _clause(sender, blame.evidence.get("sender")))
        case "receiver":
            return Fault("receiver", name, blame.sentence, f"it was {name}'s own network")
    return Fault(None, "", "The samples of neither side show why.", "nothing shows why")


def _clause(sender: str, sample: object) -> str:
    reading = reading_of(Event("page", "quality", "ok", 0.0, sample if isinstance(sample, dict) else {}))
    if (reading.up_loss or 0.0) >= LOSS:
        return f"{sender}'s uplink lost packets"
    if reading.limited == "bandwidth":
        return f"{sender} had too little bandwidth"
    return f"{sender}'s computer was too busy"


def _heard_of(reading: Reading) -> set[str]:
    down = reading.data.get("down")
    streams = down.get("streams") if isinstance(down, dict) else None
    listed = [one.get("participantId") for one in streams if isinstance(one, dict)] if isinstance(streams, list) else []
    return {one for one in listed if isinstance(one, str)}


def _is_overloaded(us: object) -> bool:
    if not isinstance(us, dict):
        return False
    cpu, late = us.get("cpu"), us.get("lagMs")
    return (isinstance(cpu, int | float) and cpu >= BUSY) or (isinstance(late, int | float) and late > LATE_MS)
