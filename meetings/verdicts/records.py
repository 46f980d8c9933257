"""What is known of the parts of a call: its two directions, the own sources, what comes from others."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from meetings.verdicts.catalogue.values import MEDIA_PORTS, NO_ADDRESSES, Value, listed

Json = dict[str, Any]

SEND, RECV = "send", "recv"
DIRECTIONS = (SEND, RECV)
# No meeting has more, whatever a page says.
MOST_SENDERS = 1000
# Which own source the page's steps about a device are about.
SOURCE_OF_DEVICE = {"microphone": "mic", "camera": "camera"}
# A sample of fewer seconds, as the first one is, may be about no more than the trouble of beginning.
LONG = 4.0
MUCH_LEFT_OUT = 0.25


@dataclass(frozen=True, slots=True)
class Address:
    """An address that was announced to the browser for media."""

    ip: str
    port: int
    protocol: str

    def __str__(self) -> str:
        ip = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{ip}:{self.port} ({self.protocol.upper()})"


@dataclass(frozen=True, slots=True)
class Way:
    """One way of reaching the media server (udp, tcp or turn), tried by itself before a call.

    A TURN server `refused` the browser, or has `relayed` for it whatever came of that.
    """

    name: str
    open: bool
    ports: tuple[int, ...] = ()
    refused: bool = False
    relayed: bool = False


@dataclass(slots=True)
class Leg:
    """One direction of the media connection, since its transport was made. Times are None until it happened."""

    direction: str
    announced: tuple[Address, ...] = ()
    announced_at: float | None = None
    own: tuple[Json, ...] = ()
    stun: Json | None = None
    stun_at: float | None = None
    dtls: str = ""
    dtls_at: float | None = None
    connection: str = ""
    connection_at: float | None = None
    connecting_at: float | None = None
    was_up: bool = False
    lost_at: float | None = None
    path: Json | None = None

    @property
    def up(self) -> bool:
        """Whether media can pass, as the page told it last; as the node saw it where the page told nothing yet."""
        if self.connection in ("", "connecting"):
            # The page tells somewhat later than the node, or nothing at all.
            return self.dtls == "connected" and self.lost_at is None
        return self.connection == "connected"

    @property
    def up_at(self) -> float:
        """Since when it has been `up`."""
        return (self.connection_at if self.connection == "connected" else self.dtls_at) or 0.0

    @property
    def ports(self) -> Value:
        """What has to be open, as in `UDP 44444 and TCP 44444`."""
        each = dict.fromkeys(f"{address.protocol.upper()} {address.port}" for address in self.announced)
        return listed(each, MEDIA_PORTS)

    @property
    def announced_text(self) -> Value:
        """The announced addresses, as in `10.0.0.5:44444 (UDP), 10.0.0.5:44444 (TCP)`."""
        return ", ".join(str(address) for address in self.announced) or NO_ADDRESSES


@dataclass(slots=True)
class Source:
    """Something of one's own that is sent, or should be."""

    name: str
    on: bool | None = None
    failed: str = ""
    failed_as: str = ""
    muted_at: float | None = None
    ended_at: float | None = None
    replaced_at: float | None = None
    silent_at: float | None = None
    producer_id: str = ""
    sending_at: float | None = None
    refused: str = ""
    arrived_at: float | None = None
    resumed_at: float | None = None
    paused_by: set[str] = field(default_factory=set)

    def begin(self, producer_id: str) -> None:
        """Something was told of what is sent under this id: with another id than before, it is sent anew."""
        if producer_id != self.producer_id:
            self.producer_id = producer_id
            self.sending_at = self.arrived_at = self.resumed_at = None
            self.paused_by.clear()

    def forget_trouble(self) -> None:
        """What was wrong with the device is over: there is another track, or none is wanted."""
        self.failed = self.failed_as = ""
        self.muted_at = self.ended_at = self.silent_at = None


@dataclass(slots=True)
class Stream:
    """What is to come from somebody else and has not."""

    participant_id: str
    source: str
    since: float
    consumer_id: str = ""
    packets: int = 0
    frames: int = 0

    @property
    def is_picture(self) -> bool:
        return self.source in ("camera", "screen")


@dataclass(slots=True)
class Received:
    """Something of somebody else's that is paused on its way here, by whom."""

    participant_id: str
    source: str
    paused_by: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sample:
    """One quality sample, as the page told it (`docs/event-stream.md`)."""

    at: float
    data: Json

    @property
    def up_loss(self) -> float:
        return number(self._part("up").get("loss"))

    @property
    def sources(self) -> dict[str, Json]:
        """What is sent, by source."""
        sources = self._part("up").get("sources")
        if not isinstance(sources, dict):
            return {}
        return {name: one for name, one in sources.items() if isinstance(one, dict)}

    @property
    def cpu_limits(self) -> bool:
        return any(one.get("limited") == "cpu" for one in (self._part("up"), *self.sources.values()))

    @property
    def cpu_starves(self) -> bool:
        """Whether a device that is too busy leaves out much of its camera's picture, and has for seconds."""
        camera = self.sources.get("camera", {})
        captured, encoded = number(camera.get("captured")), number(camera.get("encoded"))
        lasted = number(self.data.get("seconds")) >= LONG
        return self.cpu_limits and lasted and 0 < encoded <= (1 - MUCH_LEFT_OUT) * captured

    @property
    def down_loss(self) -> float:
        return number(self._part("down").get("loss"))

    @property
    def streams(self) -> Iterator[Json]:
        listed = self._part("down").get("streams")
        return (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else iter(())

    @property
    def well(self) -> int:
        """How many senders have none of the `streams`, because all that comes from them is well."""
        return min(max(whole(self._part("down").get("well")) or 0, 0), MOST_SENDERS)

    @property
    def worker(self) -> Json:
        return self._part("us")

    @property
    def up(self) -> Json:
        return self._part("up")

    @property
    def down(self) -> Json:
        return self._part("down")

    def _part(self, name: str) -> Json:
        part = self.data.get(name)
        return part if isinstance(part, dict) else {}


def number(value: object) -> float:
    """A number that came from outside; 0 for anything else."""
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def text(value: object) -> str:
    """A string that came from outside; empty for anything else."""
    return value if isinstance(value, str) else ""


def whole(value: object) -> int | None:
    """A whole number that came from outside; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None
