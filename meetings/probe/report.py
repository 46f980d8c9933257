"""What a probe found: of one call, and of a whole run. Pure."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a call did not work. `phase` is how far it got, `code` the cause in the words of the verdicts, `sentence`
    what happened, `action` the remedy. `evidence` is for administrators.
    """

    phase: str
    code: str
    sentence: str
    action: str = ""
    evidence: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seen:
    """What one of two bots got of the other. Delays in seconds."""

    frames_sent: int = 0
    frames_seen: int = 0
    picture_delays: tuple[float, ...] = ()
    sound_heard: bool = False
    sound_delays: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class CallReport:
    """One call through one worker, both ways together. Milliseconds; None for what was not reached or not measured.

    `worker` is None where nobody says which one it was. `loss` is the share of the frames sent that were not seen.
    """

    node: str = ""
    worker: int | None = None
    joined_ms: int | None = None
    connected_ms: int | None = None
    frames_sent: int = 0
    frames_seen: int = 0
    loss: float | None = None
    glass_to_glass_ms: int | None = None
    glass_to_glass_worst_ms: int | None = None
    sound_heard: bool = False
    sound_delay_ms: int | None = None
    failure: Failure | None = None

    @property
    def ok(self) -> bool:
        return self.failure is None

    def as_json(self) -> Json:
        """In the names of the API."""
        failed = asdict(self.failure) if self.failure is not None else {}
        return {
            "node": self.node,
            "worker": self.worker,
            "ok": self.ok,
            "joinedMs": self.joined_ms,
            "connectedMs": self.connected_ms,
            "framesSent": self.frames_sent,
            "framesSeen": self.frames_seen,
            "loss": self.loss,
            "glassToGlassMs": {"median": self.glass_to_glass_ms, "worst": self.glass_to_glass_worst_ms},
            "soundHeard": self.sound_heard,
            "soundDelayMs": self.sound_delay_ms,
            **failed,
        }


@dataclass(frozen=True, slots=True)
class ProbeReport:
    """A whole run: one call for each worker. `failure` is what kept it from making any call at all."""

    url: str
    seconds: float
    calls: tuple[CallReport, ...] = ()
    failure: Failure | None = None

    @property
    def first_failure(self) -> Failure | None:
        """What is to be said first: what kept the run from calling, else what failed in the first call that did."""
        return self.failure or next((call.failure for call in self.calls if call.failure is not None), None)

    @property
    def ok(self) -> bool:
        return self.first_failure is None

    @property
    def sentence(self) -> str:
        """What is wrong, with how many of the workers it concerns; empty when all is well."""
        failure = self.first_failure
        if failure is None:
            return ""
        failed = [call for call in self.calls if not call.ok]
        if len(self.calls) < 2 or len(failed) == len(self.calls):
            return failure.sentence
        return f"{len(failed)} of {len(self.calls)} workers failed. {failure.sentence}"

    def as_json(self) -> Json:
        """In the names of the API."""
        failure = self.first_failure
        failed = {**asdict(failure), "sentence": self.sentence} if failure is not None else {}
        return {
            "ok": self.ok,
            "url": self.url,
            "seconds": round(self.seconds, 2),
            **failed,
            "workers": [call.as_json() for call in self.calls],
        }


def of_both(one: Seen, other: Seen) -> Json:
    """What two bots got of each other, as the fields of a `CallReport`."""
    sent, seen = one.frames_sent + other.frames_sent, one.frames_seen + other.frames_seen
    picture, sound = one.picture_delays + other.picture_delays, one.sound_delays + other.sound_delays
    return {
        "frames_sent": sent,
        "frames_seen": seen,
        "loss": round(max(0.0, 1 - seen / sent), 4) if sent else None,
        "glass_to_glass_ms": _milliseconds(median(picture)) if picture else None,
        "glass_to_glass_worst_ms": _milliseconds(max(picture)) if picture else None,
        "sound_heard": one.sound_heard and other.sound_heard,
        "sound_delay_ms": _milliseconds(median(sound)) if sound else None,
    }


def _milliseconds(seconds: float) -> int:
    return max(0, round(seconds * 1000))
