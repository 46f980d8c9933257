"""What can be known of a join attempt."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from meetings.verdicts.records import DIRECTIONS, Json, Leg, Received, Sample, Source, Stream, Way

# A witness, a sample or a refusal older than this says nothing of the present.
STALE = 20.0
# Of so many samples is seen what began and has not ended.
RECENT = 24


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody told that they wait for `step`, since `since`."""

    side: str
    step: str
    since: float


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something was asked for and refused; `participant_id` and `source` where it was for something of somebody's."""

    event: str
    code: str
    details: str
    at: float
    participant_id: str = ""
    source: str = ""


@dataclass(slots=True)
class Facts:
    """What is known at `now`, which is the end where there was one. Times are seconds since the epoch, by our clock."""

    now: float
    server_version: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    lossy_senders: frozenset[str] = frozenset()

    page_version: str = ""
    secure: bool = True
    clock_off: float = 0.0

    address: str = ""
    host: str = ""
    page_socket: str = ""
    page_socket_since: float | None = None
    close_code: int | None = None
    socket_open_at: float | None = None
    socket_lost_at: float | None = None
    process_gone_at: float | None = None
    process_reason: str = ""

    asked_at: float | None = None
    wanted: tuple[str, ...] = ()
    admitted_at: float | None = None
    refusal: Refusal | None = None
    room_at: float | None = None
    node: str = ""
    worker: int | None = None
    answered_at: float | None = None
    answer_arrived_at: float | None = None
    refusals: list[Refusal] = field(default_factory=list)
    device_failure: str | None = None
    speaker_failure: str = ""

    turn_offered: bool = False
    turn_failures: dict[str, Json] = field(default_factory=dict)
    relay_seen: bool = False
    ways: dict[str, Way] = field(default_factory=dict)
    legs: dict[str, Leg] = field(default_factory=lambda: {name: Leg(name) for name in DIRECTIONS})
    sources: dict[str, Source] = field(default_factory=dict)
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    received: dict[str, Received] = field(default_factory=dict)
    media_lost_at: float | None = None
    media_lost_reason: str = ""
    witness: Json = field(default_factory=dict)
    witness_at: float | None = None
    witness_failed: bool = False
    samples: list[Sample] = field(default_factory=list)
    waits: dict[tuple[str, str, str], Wait] = field(default_factory=dict)
    ended_at: float | None = None
    end_reason: str = ""

    def source(self, name: str) -> Source:
        """The own source of that name."""
        return self.sources.setdefault(name, Source(name))

    @property
    def fresh_refusals(self) -> list[Refusal]:
        """What was refused lately, and not granted since."""
        return [one for one in self.refusals if self.since(one.at) <= STALE]

    def since(self, at: float | None) -> float:
        """For how many seconds something has lasted; 0 for what did not begin."""
        return 0.0 if at is None else max(0.0, self.now - at)

    @property
    def fresh_witness(self) -> Json:
        """What the node saw last, when that is news still."""
        return self.witness if self.witness_at is not None and self.since(self.witness_at) <= STALE else {}

    @property
    def fresh_samples(self) -> list[Sample]:
        """The latest quality samples, when the very latest is news still."""
        return self.samples[-RECENT:] if self.samples and self.since(self.samples[-1].at) <= STALE else []
