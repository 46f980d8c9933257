"""What is known of a join attempt, from its events."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meetings.trace.event import Event
from meetings.verdicts.records import (
    DIRECTIONS,
    SOURCE_OF_DEVICE,
    Address,
    Json,
    Leg,
    Sample,
    Source,
    Stream,
    number,
    text,
)

# A witness or a sample older than this says nothing of the present.
STALE = 20.0


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody told that they wait for `step`, since `since`."""

    side: str
    step: str
    since: float
    data: Json


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something was asked for and refused."""

    event: str
    code: str
    details: str
    at: float


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
    resumed: bool = False
    refusal: Refusal | None = None
    room_at: float | None = None
    node: str = ""
    worker: int | None = None
    answered_at: float | None = None
    answer_arrived_at: float | None = None
    transports_at: float | None = None
    refusals: list[Refusal] = field(default_factory=list)
    device_failure: str | None = None

    turn_offered: bool = False
    turn_failures: dict[str, Json] = field(default_factory=dict)
    relay_seen: bool = False
    legs: dict[str, Leg] = field(default_factory=lambda: {name: Leg(name) for name in DIRECTIONS})
    sources: dict[str, Source] = field(default_factory=dict)
    streams: dict[tuple[str, str], Stream] = field(default_factory=dict)
    consumer_pauses: dict[str, set[str]] = field(default_factory=dict)
    media_lost_at: float | None = None
    media_lost_reason: str = ""
    witness: Json = field(default_factory=dict)
    witness_at: float | None = None
    samples: list[Sample] = field(default_factory=list)
    waits: dict[tuple[str, str, str], Wait] = field(default_factory=dict)
    ended_at: float | None = None
    end_reason: str = ""

    def source(self, name: str) -> Source:
        """The own source of that name."""
        return self.sources.setdefault(name, Source(name))

    def since(self, at: float | None) -> float:
        """For how many seconds something has lasted; 0 for what did not begin."""
        return 0.0 if at is None else max(0.0, self.now - at)

    def name_of(self, participant_id: str) -> str:
        """What to call another participant."""
        return self.names.get(participant_id) or "another participant"

    @property
    def fresh_witness(self) -> Json:
        """What the node saw last, when that is news still."""
        return self.witness if self.witness_at is not None and self.since(self.witness_at) <= STALE else {}

    @property
    def fresh_samples(self) -> list[Sample]:
        """The quality samples, when the latest is news still."""
        return self.samples if self.samples and self.since(self.samples[-1].at) <= STALE else []


def fold(
    events: Sequence[Event],
    now: float,
    *,
    version: str = "",
    names: Mapping[str, str] | None = None,
    lossy_senders: frozenset[str] = frozenset(),
) -> Facts:
    """What the events say, in whatever order they came.

    `version` is the site's at present, else that of `socket-open` counts. `names` are those of other participants, by
    id. `lossy_senders` are the ids of those who are known to lose packets on their own way to us.
    """
    facts = Facts(now=now, server_version=version, names=names or {}, lossy_senders=lossy_senders)
    for event in sorted(events, key=_when):
        if event.at <= now:
            _take(facts, event)
    if facts.ended_at is not None:
        facts.now = min(now, facts.ended_at)
    return facts


def _when(event: Event) -> float:
    return event.at


def _take(facts: Facts, event: Event) -> None:
    key = (event.side, event.step, _which(event.data))
    if event.outcome == "waiting":
        since = event.at - number(event.data.get("seconds"))
        known = facts.waits.get(key)
        facts.waits[key] = Wait(event.side, event.step, min(since, known.since) if known else since, event.data)
    else:
        facts.waits.pop(key, None)
    if take := _TAKERS.get((event.side, event.step)):
        take(facts, event)


def _which(data: Json) -> str:
    """What tells two waits for one step apart."""
    return ":".join(text(data.get(key)) for key in ("direction", "participantId", "source"))


# The page and its socket


def _page_opened(facts: Facts, event: Event) -> None:
    facts.page_version = text(event.data.get("version"))
    facts.secure = event.data.get("secure") is not False


def _clock(facts: Facts, event: Event) -> None:
    facts.clock_off = number(event.data.get("offMs")) / 1000


def _page_socket(facts: Facts, event: Event) -> None:
    if event.outcome != facts.page_socket:
        waited = number(event.data.get("seconds")) + number(event.data.get("ms")) / 1000
        first = facts.page_socket in ("", "ok") or facts.page_socket_since is None
        if event.outcome == "ok" or first:
            facts.page_socket_since = event.at - (0.0 if event.outcome == "ok" else waited)
    facts.page_socket = event.outcome
    if event.outcome == "ok":
        facts.socket_lost_at, facts.close_code = None, None
    elif event.outcome == "failed":
        facts.close_code = _whole(event.data.get("closeCode"))


def _socket_lost(facts: Facts, event: Event) -> None:
    facts.socket_lost_at = event.at
    facts.close_code = _whole(event.data.get("closeCode"))


def _socket_open(facts: Facts, event: Event) -> None:
    _goes_on(facts)
    facts.socket_open_at, facts.socket_lost_at = event.at, None
    facts.address = text(event.data.get("address")) or facts.address
    facts.host = text(event.data.get("host")) or facts.host
    facts.server_version = facts.server_version or text(event.data.get("version"))
    facts.page_socket, facts.page_socket_since = "ok", event.at
    facts.waits.pop(("page", "socket", "::"), None)


def _process(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.process_gone_at, facts.process_reason = event.at, text(event.data.get("reason"))
    else:
        facts.process_gone_at = None


# Devices


def _device(facts: Facts, event: Event) -> None:
    source = facts.source(SOURCE_OF_DEVICE[event.step])
    if event.outcome == "failed":
        reason = text(event.data.get("reason")) or "unknown"
        source.forget_trouble()
        if reason == "ended":
            source.ended_at = event.at
        else:
            source.failed, source.failed_at = reason, event.at
    elif event.outcome == "ok":
        source.forget_trouble()
        source.on = True
    elif event.outcome == "changed":
        source.on = event.data.get("on") is True
        # A device that fails is turned off by the page itself: that ends nothing.
        source.muted_at = source.silent_at = None
        if source.on:
            source.forget_trouble()


def _device_loaded(facts: Facts, event: Event) -> None:
    failed = event.outcome == "failed"
    facts.device_failure = text(event.data.get("error")) or "no reason given" if failed else None


def _track(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    what = event.data.get("what")
    if what == "muted":
        source.muted_at = event.at
    elif what == "unmuted":
        source.muted_at = None
    elif what == "ended":
        source.ended_at, source.muted_at = event.at, None


def _silence(facts: Facts, event: Event) -> None:
    facts.source(text(event.data.get("source"))).silent_at = None if event.outcome == "ok" else event.at


# Coming in


def _goes_on(facts: Facts) -> None:
    facts.ended_at, facts.end_reason = None, ""


def _join_asked(facts: Facts, event: Event) -> None:
    _goes_on(facts)
    facts.asked_at = event.at
    wanted = event.data.get("with")
    facts.wanted = tuple(one for one in wanted if isinstance(one, str)) if isinstance(wanted, list) else ()
    facts.refusal = None
    facts.admitted_at = facts.room_at = facts.answered_at = facts.answer_arrived_at = facts.transports_at = None


def _admitted(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.refusal = _refusal(event, "join-meeting")
    elif event.outcome == "ok":
        _goes_on(facts)
        facts.refusal = None
        facts.admitted_at = event.at
        facts.room_at = facts.answered_at = facts.answer_arrived_at = facts.transports_at = None
        facts.resumed = event.data.get("resumed") is True


def _room(facts: Facts, event: Event) -> None:
    if event.outcome == "failed":
        facts.refusal = _refusal(event, "join-meeting")
    elif event.outcome == "ok":
        facts.refusal = None
        facts.refusals.clear()
        facts.room_at = event.at
        facts.node = text(event.data.get("node"))
        facts.worker = _whole(event.data.get("worker"))


def _web_joined(facts: Facts, event: Event) -> None:
    facts.refusal = None
    facts.answered_at = event.at
    facts.media_lost_at = None


def _page_joined(facts: Facts, event: Event) -> None:
    facts.answer_arrived_at = event.at


def _refused(facts: Facts, event: Event) -> None:
    refusal = _refusal(event, "")
    if refusal.event == "join-meeting":
        facts.refusal = refusal
    else:
        facts.refusals = [one for one in facts.refusals if one.event != refusal.event] + [refusal]


def _refusal(event: Event, asked: str) -> Refusal:
    data = event.data
    return Refusal(text(data.get("event")) or asked, text(data.get("code")), text(data.get("details")), event.at)


# The way for media


def _announced(facts: Facts, event: Event) -> None:
    direction = text(event.data.get("direction"))
    if direction not in facts.legs:
        return
    before = facts.legs[direction]
    leg = facts.legs[direction] = Leg(direction, own=before.own)
    leg.announced, leg.announced_at = tuple(_addresses(event.data.get("candidates"))), event.at


def _addresses(candidates: object) -> list[Address]:
    if not isinstance(candidates, list):
        return []
    each = (one for one in candidates if isinstance(one, dict))
    return [
        Address(text(one.get("ip")) or text(one.get("address")), int(number(one.get("port"))), text(one["protocol"]))
        for one in each
        if text(one.get("protocol"))
    ]


def _transports(facts: Facts, event: Event) -> None:
    facts.transports_at = event.at
    facts.turn_offered = event.data.get("turn") is True
    facts.turn_failures.clear()
    facts.relay_seen = False


def _candidates(facts: Facts, event: Event) -> None:
    listed = event.data.get("candidates")
    leg = facts.legs.get(text(event.data.get("direction")))
    if leg is None or not isinstance(listed, list):
        return
    leg.own = tuple(one for one in listed if isinstance(one, dict))
    facts.relay_seen = facts.relay_seen or any(one.get("type") == "relay" for one in leg.own)


def _turn(facts: Facts, event: Event) -> None:
    url = text(event.data.get("url"))
    facts.turn_offered = True
    if event.outcome == "failed":
        facts.turn_failures[url] = event.data
    elif event.outcome == "ok":
        facts.turn_failures.pop(url, None)
        facts.relay_seen = True


def _stun(facts: Facts, event: Event) -> None:
    if (leg := facts.legs.get(text(event.data.get("direction")))) and leg.stun_at is None:
        leg.stun, leg.stun_at = event.data, event.at


def _tuple(facts: Facts, event: Event) -> None:
    _stun(facts, event)
    if (leg := facts.legs.get(text(event.data.get("direction")))) and not leg.connection:
        leg.lost_at = None


def _connection(facts: Facts, event: Event) -> None:
    leg = facts.legs.get(text(event.data.get("direction")))
    state = text(event.data.get("state"))
    if leg is None or state in ("", "new"):
        return
    if state == "closed":
        # Of a connection that another has taken the place of, or that nothing is expected of any more.
        if leg.connection != "connected":
            leg.connection, leg.connecting_at, leg.lost_at = "", None, None
        return
    if state == "connecting" and leg.connecting_at is None:
        leg.connecting_at = event.at
    if state == "connected":
        leg.was_up, leg.lost_at, leg.connecting_at = True, None, None
    elif state in ("disconnected", "failed") and leg.was_up and leg.lost_at is None:
        leg.lost_at = event.at
    leg.connection, leg.connection_at = state, event.at


def _path(facts: Facts, event: Event) -> None:
    if leg := facts.legs.get(text(event.data.get("direction"))):
        leg.path = event.data


def _dtls(facts: Facts, event: Event) -> None:
    if leg := facts.legs.get(text(event.data.get("direction"))):
        leg.dtls, leg.dtls_at = text(event.data.get("state")), event.at
        leg.was_up = leg.was_up or leg.dtls == "connected"


def _ice(facts: Facts, event: Event) -> None:
    leg = facts.legs.get(text(event.data.get("direction")))
    if leg and event.data.get("state") == "disconnected" and leg.was_up and not leg.connection:
        leg.lost_at = leg.lost_at or event.at


# Media


def _sending(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    if event.outcome == "failed":
        source.refused = text(event.data.get("code")) or "UNKNOWN"
    elif event.outcome == "ok":
        source.refused = ""
        producer_id = text(event.data.get("producerId"))
        if producer_id != source.producer_id or source.sending_at is None:
            source.paused_by.clear()
            source.arrived_at = None
        source.producer_id, source.sending_at = producer_id, event.at
        facts.refusals = [one for one in facts.refusals if one.event != "produce"]


def _rtp_in(facts: Facts, event: Event) -> None:
    source = facts.source(text(event.data.get("source")))
    source.arrived_at = event.at
    # The page tells by its own clock that it sends, which may come after the node saw it.
    if source.sending_at is None:
        source.producer_id, source.sending_at = text(event.data.get("producerId")), event.at


def _paused(facts: Facts, event: Event) -> None:
    on = event.data.get("on") is not False
    by = text(event.data.get("by")) or "self"
    consumer = text(event.data.get("consumerId"))
    if consumer:
        pauses = facts.consumer_pauses.setdefault(consumer, set())
    else:
        pauses = facts.source(text(event.data.get("source"))).paused_by
    if on:
        pauses.add(by)
    else:
        pauses.discard(by)


def _no_media(facts: Facts, event: Event) -> None:
    key = (text(event.data.get("participantId")), text(event.data.get("source")))
    if event.outcome == "ok":
        facts.streams.pop(key, None)
        return
    key_frames = event.data.get("keyFrames")
    since = event.at - number(event.data.get("seconds"))
    known = facts.streams.get(key)
    facts.streams[key] = Stream(
        *key,
        since=min(since, known.since) if known else since,
        consumer_id=text(event.data.get("consumerId")),
        packets=int(number(event.data.get("packets"))),
        frames=int(number(event.data.get("frames"))),
        key_frames=None if key_frames is None else int(number(key_frames)),
    )


def _came(facts: Facts, event: Event) -> None:
    key = (text(event.data.get("participantId")), text(event.data.get("source")))
    facts.streams.pop(key, None)
    facts.waits.pop(("page", "no-media", f":{key[0]}:{key[1]}"), None)


def _quality(facts: Facts, event: Event) -> None:
    sample = Sample(event.at, event.data)
    facts.samples.append(sample)
    if facts.streams and isinstance(event.data.get("down"), dict):
        told = {(text(one.get("participantId")), text(one.get("source"))) for one in sample.streams}
        for key in [key for key in facts.streams if key not in told]:
            # They left, or sent it no more.
            del facts.streams[key]
            facts.waits.pop(("page", "no-media", f":{key[0]}:{key[1]}"), None)


def _media_lost(facts: Facts, event: Event) -> None:
    if event.data.get("moved") is not True:
        facts.media_lost_at, facts.media_lost_reason = event.at, text(event.data.get("reason"))


def _media_restored(facts: Facts, _event: Event) -> None:
    facts.media_lost_at = None


def _witness(facts: Facts, event: Event) -> None:
    facts.witness, facts.witness_at = event.data, event.at


# The end


def _ended(facts: Facts, event: Event) -> None:
    facts.ended_at = event.at
    facts.end_reason = text(event.data.get("reason")) or "closed"


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


_TAKERS: dict[tuple[str, str], Callable[[Facts, Event], Any]] = {
    ("page", "page-opened"): _page_opened,
    ("web", "clock"): _clock,
    ("page", "socket"): _page_socket,
    ("page", "socket-lost"): _socket_lost,
    ("web", "socket-open"): _socket_open,
    ("web", "process"): _process,
    ("page", "microphone"): _device,
    ("page", "camera"): _device,
    ("page", "device-loaded"): _device_loaded,
    ("page", "track"): _track,
    ("page", "silence"): _silence,
    ("page", "join-asked"): _join_asked,
    ("web", "admitted"): _admitted,
    ("web", "room"): _room,
    ("web", "joined"): _web_joined,
    ("page", "joined"): _page_joined,
    ("web", "refused"): _refused,
    ("node", "announced"): _announced,
    ("page", "transports"): _transports,
    ("page", "candidates"): _candidates,
    ("page", "turn"): _turn,
    ("node", "first-stun"): _stun,
    ("node", "selected-tuple"): _tuple,
    ("page", "connection"): _connection,
    ("page", "path"): _path,
    ("node", "dtls"): _dtls,
    ("node", "ice"): _ice,
    ("page", "sending"): _sending,
    ("node", "first-rtp-in"): _rtp_in,
    ("node", "paused"): _paused,
    ("page", "no-media"): _no_media,
    ("page", "first-frame"): _came,
    ("page", "first-sound"): _came,
    ("page", "quality"): _quality,
    ("web", "media-lost"): _media_lost,
    ("web", "media-restored"): _media_restored,
    ("node", "witness"): _witness,
    ("page", "page-closed"): _ended,
    ("web", "ended"): _ended,
}
