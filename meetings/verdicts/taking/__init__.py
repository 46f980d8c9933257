"""What each step adds to what is known."""

from collections.abc import Callable

from meetings.trace.event import Event
from meetings.verdicts.known import Facts, Wait
from meetings.verdicts.records import number, text
from meetings.verdicts.taking import attempt, devices, joining, media, paths

Taker = Callable[[Facts, Event], None]

_TAKERS: dict[tuple[str, str], Taker] = {
    ("page", "page-opened"): attempt.page_opened,
    ("web", "clock"): attempt.clock,
    ("page", "socket"): attempt.page_socket,
    ("page", "socket-lost"): attempt.socket_lost,
    ("web", "socket-open"): attempt.socket_open,
    ("web", "process"): attempt.process,
    ("page", "page-closed"): attempt.ended,
    ("web", "ended"): attempt.ended,
    ("page", "microphone"): devices.device,
    ("page", "camera"): devices.device,
    ("page", "speaker"): devices.speaker,
    ("page", "device-loaded"): devices.device_loaded,
    ("page", "track"): devices.track,
    ("page", "silence"): devices.silence,
    ("page", "join-asked"): joining.join_asked,
    ("web", "admitted"): joining.admitted,
    ("web", "room"): joining.room,
    ("web", "joined"): joining.answered,
    ("page", "joined"): joining.answer_arrived,
    ("web", "refused"): joining.refused,
    ("node", "announced"): paths.announced,
    ("page", "transports"): paths.transports,
    ("page", "candidates"): paths.candidates,
    ("page", "turn"): paths.turn,
    ("page", "way"): paths.way,
    ("node", "first-stun"): paths.stun,
    ("node", "selected-tuple"): paths.stun,
    ("page", "connection"): paths.connection,
    ("page", "path"): paths.path,
    ("node", "dtls"): paths.dtls,
    ("node", "ice"): paths.ice,
    ("page", "sending"): media.sending,
    ("node", "first-rtp-in"): media.first_in,
    ("node", "paused"): media.paused,
    ("page", "no-media"): media.no_media,
    ("page", "first-frame"): media.came,
    ("page", "first-sound"): media.came,
    ("page", "quality"): media.quality,
    ("web", "media-lost"): media.lost,
    ("web", "media-restored"): media.restored,
    ("node", "witness"): media.witness,
}


def take(facts: Facts, event: Event) -> None:
    """Add what the event says."""
    if event.side == "page" and event.step != "page-closed":
        attempt.may_go_on(facts)
    key = (event.side, event.step, _which(event))
    if event.outcome == "waiting":
        since = event.at - number(event.data.get("seconds"))
        known = facts.waits.get(key)
        facts.waits[key] = Wait(event.side, event.step, min(since, known.since) if known else since)
    else:
        facts.waits.pop(key, None)
    if taker := _TAKERS.get((event.side, event.step)):
        taker(facts, event)


def _which(event: Event) -> str:
    """What tells two waits for one step apart."""
    return ":".join(text(event.data.get(key)) for key in ("direction", "participantId", "source"))
