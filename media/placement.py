"""Where media that are new go: which node takes a meeting, which of its workers a room or a newcomer, and whether any
does.

Pure: numbers in, a choice out, no clock and no I/O. What is chosen from has a `key`, by which the caller knows it and
which settles ties: the index of a worker, or the name of a node.
"""

import math
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, Protocol, TypeVar

CONSUMERS_PER_WORKER: Final = 500
"""What a worker carries, unless it is told otherwise."""

BUSY: Final = 0.85
"""The share of a core from which on a worker takes nobody new."""

FULL: Final = 0.95
"""The share of a core from which on a worker takes no consumer more for those who are there."""

SETTLING_SECONDS: Final = 3.0
"""How long it takes until what a newcomer does shows in the measured CPU share."""

# Loads that differ by less are taken for equal: an idle worker's CPU is noise.
_STEP: Final = 0.02
# What a newcomer is taken to cost before it is measured: a hundred who come at once do not all follow one measurement.
_LOAD_OF_FRESH: Final = 0.02


class Ordered(Hashable, Protocol):
    """What can be sorted and looked up."""

    def __lt__(self, other: Any, /) -> bool: ...


Key = TypeVar("Key", bound=Ordered)


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Key]):
    """Something that could take media.

    `cpu` is the measured share of one core (0 to 1). `consumers` are there now, `promised` are `outstanding` from those
    who are just arriving. `fresh` counts newcomers whose cost has not been measured yet: it weighs in the choice, not
    in the headroom. `limit` is the number of consumers that it carries. `occupants` (rooms and peers) decide among
    candidates of equal load.
    """

    key: Key
    cpu: float = 0.0
    consumers: int = 0
    promised: int = 0
    fresh: int = 0
    limit: int = CONSUMERS_PER_WORKER
    occupants: int = 0

    @property
    def load(self) -> float:
        """0 to 1."""
        return load(self.cpu, self.consumers + self.promised, self.limit)

    @property
    def headroom(self) -> int:
        """Consumers that newcomers may still bring."""
        return 0 if self.cpu >= BUSY else max(0, self.limit - self.consumers - self.promised)


@dataclass(frozen=True, slots=True)
class Crowd:
    """The part of a room that is in one place: its peers and what they consume there."""

    peers: int
    consumers: int


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What somebody who joins a room brings: consumers of all that is sent there, at once, and producers, in a while.

    `sends` need not be whole: it is what the others send on average.
    """

    receives: int = 0
    sends: float = 0.0


def load(cpu: float, consumers: int, limit: int) -> float:
    """The larger of the measured share of a core and the share of the consumers that are carried, 0 to 1."""
    return min(1.0, max(0.0, cpu, consumers / limit))


def takes_consumer(cpu: float, consumers: int, limit: int) -> bool:
    """Whether somebody who is there already may receive one thing more."""
    return consumers < limit and cpu < FULL


def least_loaded(candidates: Iterable[Candidate[Key]]) -> Candidate[Key] | None:
    """The one with the least load; of equals the one with the fewest occupants, then the one of the first key."""
    return min(candidates, key=_rank, default=None)


def headroom(candidates: Iterable[Candidate[Key]]) -> int:
    """Consumers that newcomers may still bring, all candidates together."""
    return sum(candidate.headroom for candidate in candidates)


def place_room(candidates: Iterable[Candidate[Key]], consumers: int = 0) -> Key | None:
    """Who takes a room that begins, or one that comes with `consumers`. None when nobody has the headroom."""
    chosen = least_loaded(candidate for candidate in candidates if candidate.headroom >= max(1, consumers))
    return None if chosen is None else chosen.key


def place_newcomer(
    candidates: Iterable[Candidate[Key]], lives_on: Mapping[Key, Crowd], newcomer: Newcomer
) -> Key | None:
    """Who takes somebody that joins a room which lives on some of the candidates. None when it must not grow.

    A room stays together until its part of a worker has reached that worker's limit divided by the number of workers.
    From then on newcomers go wherever there is the least load, over all workers. What is consumed grows with the
    square of the people, so a part that stops taking newcomers at this share of the limit reaches the limit when all
    workers do, and nobody ever has to be moved because others came.

    Whoever is in the room already will consume what the newcomer sends: where that does not fit any more, the room must
    not grow, wherever the newcomer would go.
    """
    everywhere = list(candidates)
    if not takes_what_newcomer_sends(everywhere, lives_on, newcomer):
        return None
    to_come = _to_come(everywhere, lives_on, newcomer)
    fitting = [
        candidate
        for candidate in everywhere
        if candidate.headroom and newcomer.receives + to_come[candidate.key] <= candidate.headroom
    ]
    home = [
        candidate
        for candidate in fitting
        if candidate.key in lives_on
        and lives_on[candidate.key].consumers + newcomer.receives <= candidate.limit / len(everywhere)
    ]
    chosen = least_loaded(home or fitting)
    return None if chosen is None else chosen.key


def takes_what_newcomer_sends(
    candidates: Iterable[Candidate[Key]], lives_on: Mapping[Key, Crowd], newcomer: Newcomer
) -> bool:
    """Whether those who are in a room can receive what one more sends, wherever that one is."""
    everywhere = list(candidates)
    to_come = _to_come(everywhere, lives_on, newcomer)
    return all(to_come[candidate.key] <= candidate.headroom for candidate in everywhere)


def over_share(crowds: Iterable[Crowd], newcomer: Newcomer, capacity: int, share: float) -> bool:
    """Whether a room would have more than its `share` of a node that carries `capacity` consumers."""
    return sum(crowd.consumers for crowd in crowds) + newcomer.receives > share * capacity


def _to_come(candidates: Iterable[Candidate[Key]], lives_on: Mapping[Key, Crowd], newcomer: Newcomer) -> dict[Key, int]:
    return {
        candidate.key: math.ceil(lives_on[candidate.key].peers * newcomer.sends) if candidate.key in lives_on else 0
        for candidate in candidates
    }


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node, as far as it matters for a meeting that begins. `takes_new` is False for one that drains, has no worker,
    or has not been heard of lately.
    """

    name: str
    load: float
    headroom: int
    takes_new: bool = True


def place_meeting(nodes: Iterable[NodeState], avoid: Collection[str] = ()) -> str | None:
    """The name of the node for a meeting that begins: the least loaded one that takes something new and has headroom;
    of equals the one with the most headroom, then the first by name. None when there is none.
    """
    able = [node for node in nodes if node.takes_new and node.headroom > 0 and node.name not in avoid]
    return min(able, key=lambda node: (round(node.load, 2), -node.headroom, node.name)).name if able else None


def all_full(nodes: Iterable[NodeState], avoid: Collection[str] = ()) -> bool:
    """Whether there are nodes that would take a meeting, if only they had headroom."""
    able = [node for node in nodes if node.takes_new and node.name not in avoid]
    return bool(able) and all(node.headroom <= 0 for node in able)


def outstanding(expected: int, arrived: int, age: float) -> int:
    """Consumers that a newcomer of `age` seconds, who was expected to bring some, has not brought yet but will."""
    return max(0, expected - arrived) if is_fresh(age) else 0


def is_fresh(age: float) -> bool:
    """Whether what a newcomer of `age` seconds does cannot have been measured yet."""
    return age < SETTLING_SECONDS


def _rank(candidate: Candidate[Key]) -> tuple[int, int, Key]:
    expected_load = candidate.load + candidate.fresh * _LOAD_OF_FRESH
    return int(expected_load / _STEP), candidate.occupants, candidate.key
