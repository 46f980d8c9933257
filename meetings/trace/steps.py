"""The vocabulary of the stream: who tells which step, what it means, and what its data are.

`name?` may be absent. Addresses are as seen by whoever tells them. Directions are `send` and `recv`, from the
participant's point of view.
"""

from dataclasses import dataclass
from typing import Literal

Side = Literal["page", "web", "node", "act"]
Outcome = Literal["ok", "failed", "waiting", "changed"]

SIDES: tuple[Side, ...] = ("page", "web", "node", "act")
OUTCOMES: tuple[Outcome, ...] = ("ok", "failed", "waiting", "changed")


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `label` is what a waterfall writes beside it."""

    side: Side
    name: str
    label: str
    data: str


_ALL = (
    # Before anything else
    Step("page", "page-opened", "Page opened", "version, userAgent, secure: bool, online: bool"),
    Step("page", "microphone", "Microphone", "failed: {reason: denied|none|busy|ended|unknown, name?}; changed: {on}"),
    Step("page", "camera", "Camera", "as microphone"),
    Step("page", "speaker", "Speaker",
         "of the test page; ok: {heard?: bool, as the person says}; failed: {reason: unplayable|unheard}"),
    Step("page", "device-loaded", "Codecs agreed", "failed: {error}"),
    Step("page", "precall", "Tested beforehand", "what the test page found: {code, outcome, ...measured}"),
    # The socket
    Step("page", "socket", "Socket", "ok: {ms}; failed: {ms, closeCode?}; waiting: {seconds}"),
    Step("page", "socket-lost", "Socket lost", "closeCode?"),
    Step("web", "socket-open", "Socket reached us", "address, host, process, version"),
    Step("web", "clock", "Page's clock", "offMs: how far ahead of ours; changed when that is 2 s or more"),
    Step("web", "process", "Web process", "failed: {reason}: it was gone when the socket came back"),
    # Coming in
    Step("page", "join-asked", "Join pressed", "with: [sources that are on]"),
    Step("web", "admitted", "Admitted",
         "ok: {resumed, ms}; failed: {code, details}; waiting: {for: admission|host, position}: at the door"),
    Step("web", "room", "Router", "ok: {made: bool, worker, router, ms}; failed: {code, details}"),
    Step("web", "joined", "Answered", "ms"),
    Step("page", "joined", "Answer arrived", "ms"),
    Step("web", "refused", "Refused", "event, code, details: what else was asked for and refused"),
    # Transports
    Step("node", "announced", "Addresses announced", "direction, candidates: [{ip, port, protocol}]"),
    Step("page", "transports", "Transports made", "turn: bool, policy"),
    Step("page", "candidates", "Own addresses", "direction, candidates: [{type, protocol, address?, port?}]"),
    Step("page", "turn", "TURN", "failed: {url, errorCode, text}; ok: {url}"),
    Step("node", "first-stun", "First STUN seen", "direction, local: ip:port, remote: ip:port, protocol"),
    Step("node", "selected-tuple", "Path chosen", "as first-stun; changed when it was another before"),
    Step("page", "connection", "Connection", "direction, state: new|connecting|connected|disconnected|failed|closed"),
    Step("page", "way", "Way tried by itself",
         "way: udp|tcp|turn, ms, rtt?, ports, refused: bool, relayed: bool (of the TURN server)"),
    Step("page", "path", "Path in use", "direction, local: host|srflx|prflx|relay, protocol, remote: ip:port, rtt?"),
    Step("node", "dtls", "DTLS", "direction, state: connecting|connected|failed|closed"),
    Step("node", "ice", "ICE", "direction, state: disconnected (failed), connected (ok: it is back), closed"),
    # Media
    Step("page", "sending", "Sending", "source, producerId; failed: {source, code}"),
    Step("page", "track", "Own device", "source, what: muted|unmuted|ended: by the system, not by the person"),
    Step("page", "silence", "Nothing recorded", "source: the device is on and gives no sound at all, or no picture"),
    Step("node", "first-rtp-in", "First media in", "direction: send, source, producerId"),
    Step("node", "first-rtp-out", "First media out", "direction: recv"),
    Step("page", "first-packet", "First media arrived", "participantId, source, ms"),
    Step("page", "first-frame", "First picture", "participantId, source, ms: since the join was asked for"),
    Step("page", "first-sound", "First sound", "participantId, source, ms"),
    Step("page", "no-media", "Nothing to see or hear",
         "participantId, source, consumerId, seconds, packets, frames, keyFrames?: waiting; ok once it came"),
    Step("node", "paused", "Paused",
         "source, producerId, consumerId? and participantId? (of what is received, whose it is), on: is it, by: "
         "self|host|administrator|administrator at the sender (what is received, for everybody); always changed"),
    Step("node", "witness", "What the node saw", "the answer to `witness`, asked when something was slow"),
    # In the call
    Step("page", "quality", "Quality",
         "what was measured of the seconds before: {seconds, up?, down?, path?, spoke?, us?}, see below"),
    Step("web", "media-lost", "Media lost", "reason, incidentId?"),
    Step("web", "media-restored", "Media restored", ""),
    Step("web", "verdict", "Verdict", "code, severity, about?, source?; ok: {code, about?, source?}: it is over"),
    # The end
    Step("page", "page-closed", "Page closed", ""),
    Step("web", "ended", "Ended", "reason: left|disconnected|removed|ended|refused|abandoned|tested"),
    # What people did to a meeting or to each other
    Step("act", "permissions", "Permissions", "microphone?, camera?, screen?, chat?: what may be sent from then on"),
    Step("act", "muted", "Muted", "kind: audio|video"),
    Step("act", "muted-all", "All muted", ""),
    Step("act", "asked-to-unmute", "Asked to unmute", ""),
    Step("act", "spotlight", "Spotlight", "without about: on nobody"),
    Step("act", "hand-lowered", "Hand lowered", ""),
    Step("act", "waiting-room", "Waiting room", "who: nobody|guests|everybody"),
    Step("act", "notes-by", "Who writes the notes", "who: everybody|presenters"),
    Step("act", "role", "Role", "role, before"),
    Step("act", "removed", "Removed", "banned: bool"),
    Step("act", "ban-lifted", "May come again", ""),
    Step("act", "admitted", "Let in", ""),
    Step("act", "denied", "Turned away", ""),
    Step("act", "locked", "Locked", "locked: bool"),
    Step("act", "started", "Started", ""),
    Step("act", "changed", "Changed", "what: [columns]"),
    Step("act", "cancelled", "Cancelled", ""),
    Step("act", "reopened", "Opened again", ""),
    Step("act", "deleted", "Deleted", "code, title: as all acts in a meeting that is gone have"),
    Step("act", "ended", "Ended", ""),
    Step("act", "planned", "Planned", "when: day, hour, zone and rule"),
    Step("act", "occurrence", "One date changed", "starts, cancelled: bool, following?: bool"),
    Step("act", "invited", "Invited", "people: [e-mail addresses]"),
    Step("act", "uninvited", "Not invited any more", "people: [e-mail addresses]"),
    Step("act", "extended", "Extended", "minutes"),
    Step("act", "breakouts-created", "Breakout rooms made", "rooms: [names], evenly: bool"),
    Step("act", "breakouts-opened", "Breakout rooms opened", ""),
    Step("act", "breakout-assigned", "Breakout room", "room: its name; empty: none"),
    Step("act", "broadcast", "Said to all rooms", ""),
    Step("act", "breakouts-closing", "Breakout rooms are closing", "seconds: in how many"),
    Step("act", "breakouts-closed", "Breakout rooms closed", "rooms: how many were left"),
    Step("act", "message-deleted", "Deleted message", "messageId, recipientType: of somebody else's message"),
    Step("act", "poll-opened", "Opened a poll", "question"),
    Step("act", "poll-closed", "Closed a poll", "question"),
    Step("act", "poll-deleted", "Deleted a poll", "question, state: before"),
    Step("act", "question-answered", "Answered a question", "questionId"),
    Step("act", "question-reopened", "Opened a question again", "questionId"),
    Step("act", "question-dismissed", "Dismissed a question", "questionId"),
)  # fmt: skip

STEPS: dict[tuple[str, str], Step] = {(step.side, step.name): step for step in _ALL}
