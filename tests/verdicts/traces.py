"""Traces as joins leave them, to be bent by tests: a healthy join first of all.

    trace = healthy_join().without("node", "first-rtp-in", source="mic")
    trace.add(20, "page", "track", "changed", source="mic", what="muted")
    assert trace.codes(21) == ["MICROPHONE_MUTED_BY_SYSTEM"]

Times are seconds after the page was opened; a join is asked for at `ASKED`, and media run from `RUNNING` on.
"""

from collections.abc import Iterable
from typing import Any, Self

from meetings.trace.event import Event
from meetings.verdicts.judge import judge
from meetings.verdicts.verdict import Verdict

Json = dict[str, Any]

BEGAN = 1_790_000_000.0
ASKED = 3.0
RUNNING = 3.6
LENGTH = 60.0

BROWSER = "203.0.113.9"
# Of example.com once: an address for examples is judged as one.
SERVER = "93.184.216.34"
HOST = "meet.example.org"
PORT = 44444
VERSION = "1.4.0"
ADA = "0a0a0a0a-0000-4000-8000-000000000001"
BOB = "0b0b0b0b-0000-4000-8000-000000000002"
MIC, CAMERA = "11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002"
CONSUMER = "33333333-0000-4000-8000-000000000003"


class Trace:
    """Events that can be added to, taken from and cut; each step returns the trace itself."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def at(self, after: float) -> float:
        """That moment, by the site's clock."""
        return BEGAN + after

    def add(self, after: float, side: str, step: str, outcome: str = "ok", **data: Any) -> Self:
        """Somebody saw `step` at that moment."""
        self.events.append(Event(side, step, outcome, self.at(after), data))
        return self

    def asks(self, after: float, *sources: str) -> Self:
        """Join was pressed, with these on."""
        self.events.append(Event("page", "join-asked", "ok", self.at(after), {"with": list(sources)}))
        return self

    def without(self, side: str, *steps: str, **data: Any) -> Self:
        """As if these had not happened: steps of that side, where their data are such."""

        def gone(event: Event) -> bool:
            same = event.side == side and event.step in steps
            return same and all(event.data.get(name) == value for name, value in data.items())

        self.events = [event for event in self.events if not gone(event)]
        return self

    def until(self, after: float) -> Self:
        """Nothing is known of what happened from that moment on."""
        self.events = [event for event in self.events if event.at < self.at(after)]
        return self

    def happened(self, after: float) -> list[Event]:
        """What had happened by that moment."""
        return [event for event in self.events if event.at <= self.at(after)]

    def judge(self, after: float, **known: Any) -> list[Verdict]:
        """What is wrong at that moment, by what had happened until then."""
        return judge(self.happened(after), self.at(after), **known)

    def codes(self, after: float, **known: Any) -> list[str]:
        """The codes of that."""
        return [verdict.code for verdict in self.judge(after, **known)]

    def the(self, code: str, after: float, **known: Any) -> Verdict:
        """The only verdict there is at that moment, which has this code."""
        verdicts = self.judge(after, **known)
        assert [verdict.code for verdict in verdicts] == [code]
        return verdicts[0]


def candidates(ip: str = SERVER, port: int = PORT) -> list[Json]:
    """What is announced of one address: UDP and TCP."""
    return [{"ip": ip, "port": port, "protocol": protocol} for protocol in ("udp", "tcp")]


def opened(*, address: str = BROWSER, host: str = HOST) -> Trace:
    """The page is open, with devices and socket, and nobody has pressed Join."""
    return (
        Trace()
        .add(0.0, "page", "page-opened", version=VERSION, userAgent="Firefox", secure=True, online=True)
        .add(0.2, "page", "socket", ms=150)
        .add(0.2, "web", "socket-open", address=address, host=host, process="p1", version=VERSION)
        .add(0.3, "page", "device-loaded")
        .add(0.5, "web", "clock", offMs=12)
        .add(1.1, "page", "microphone", on=True)
        .add(1.1, "page", "camera", on=True)
    )


def joined(*, ip: str = SERVER, address: str = BROWSER, host: str = HOST, turn: bool = False) -> Trace:
    """Join was pressed and answered, and the browser has begun to connect and to send."""
    trace = (
        opened(address=address, host=host)
        .asks(ASKED, "mic", "camera")
        .add(ASKED + 0.02, "web", "admitted", resumed=False, ms=12.0)
        .add(ASKED + 0.04, "web", "room", made=True, worker=0, router="r", ms=18.0)
        .add(ASKED + 0.05, "web", "joined", ms=45.0)
        .add(ASKED + 0.07, "page", "joined", ms=70)
        .add(ASKED + 0.08, "page", "transports", turn=turn, policy="all")
    )
    for direction in ("send", "recv"):
        trace.add(ASKED + 0.03, "node", "announced", direction=direction, candidates=candidates(ip))
        trace.add(ASKED + 0.1, "page", "connection", "changed", direction=direction, state="connecting")
    for source, producer in (("mic", MIC), ("camera", CAMERA)):
        trace.add(ASKED + 0.18, "page", "sending", source=source, producerId=producer)
    return trace


def connected(**kind: Any) -> Trace:
    """The way for media is there in both directions."""
    trace = joined(**kind)
    tuple_ = {"local": f"{SERVER}:{PORT}", "remote": f"{BROWSER}:51000", "protocol": "udp"}
    own = [{"type": "host", "protocol": "udp", "port": 51000}, {"type": "srflx", "protocol": "udp", "address": BROWSER}]
    for direction in ("send", "recv"):
        trace.add(ASKED + 0.15, "node", "first-stun", direction=direction, **tuple_)
        trace.add(ASKED + 0.16, "node", "dtls", "waiting", direction=direction, state="connecting")
        trace.add(ASKED + 0.2, "node", "dtls", direction=direction, state="connected")
        trace.add(ASKED + 0.2, "node", "selected-tuple", direction=direction, **tuple_)
        trace.add(ASKED + 0.22, "page", "connection", direction=direction, state="connected")
        trace.add(ASKED + 0.23, "page", "candidates", direction=direction, candidates=own)
        trace.add(
            ASKED + 0.24, "page", "path", direction=direction, local="host", protocol="udp", remote=f"{SERVER}:44444"
        )
    return trace


def sending(**kind: Any) -> Trace:
    """Microphone and camera arrive at the node."""
    trace = connected(**kind)
    for source, producer in (("mic", MIC), ("camera", CAMERA)):
        trace.add(ASKED + 0.3, "node", "first-rtp-in", direction="send", source=source, producerId=producer)
    return trace


def healthy_join(*, samples: bool = True, **kind: Any) -> Trace:
    """All goes well, with somebody else there; the call lasts a minute."""
    trace = (
        sending(**kind)
        .add(ASKED + 0.35, "node", "first-rtp-out", direction="recv")
        .add(ASKED + 0.4, "page", "first-packet", participantId=BOB, source="camera", ms=400)
        .add(ASKED + 0.5, "page", "first-frame", participantId=BOB, source="camera", ms=500)
        .add(RUNNING, "page", "first-sound", participantId=BOB, source="mic", ms=600)
    )
    return with_samples(trace, RUNNING + 5, LENGTH) if samples else trace


def with_samples(trace: Trace, first: float, end: float, **parts: Json) -> Trace:
    """A quality sample every five seconds from `first` to `end`: a good one, with these parts of it otherwise."""
    after = first
    while after < end:
        trace.add(after, "page", "quality", **sample(**parts))
        after += 5
    return trace


def sample(**parts: Json) -> Json:
    """A quality sample of a good call; `up`, `down` and `us` take other values for what stands in them."""
    good: Json = {
        "seconds": 5.0,
        "spoke": 900,
        "up": {
            "kbps": 1300,
            "loss": 0.001,
            "rtt": 24,
            "jitter": 3,
            "limited": "none",
            "fps": 30,
            "height": 720,
            "sources": {"mic": {"kbps": 32, "loss": 0.0}, "camera": {"kbps": 1268, "loss": 0.001, "fps": 30}},
        },
        "down": {
            "kbps": 1290,
            "loss": 0.0,
            "jitter": 4,
            "freezes": 0,
            "frozenMs": 0,
            "streams": [stream(), stream(source="mic")],
        },
        "us": {"worker": 0, "cpu": 0.12, "lagMs": 3},
    }
    return {name: {**part, **parts[name]} if name in parts else part for name, part in good.items()}


def stream(participant: str = BOB, source: str = "camera", **values: Any) -> Json:
    """One stream in a sample that comes well, with these values otherwise."""
    return {
        "participantId": participant,
        "source": source,
        "kbps": 640,
        "loss": 0.0,
        "jitter": 4,
        "packets": 400,
        **values,
    }


def moments(end: float = LENGTH, step: float = 0.1) -> Iterable[float]:
    """Times at which to look."""
    return (number * step for number in range(int(end / step)))
