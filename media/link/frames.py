"""The frames of the link, as text in and typed values out. No I/O happens here.

A frame is one WebSocket text message that holds one JSON object::

    request  {"id": 7, "verb": "produce", "meeting": "…", "participant": "…", "data": {…}, "trace": {…}}
    reply    {"id": 7, "data": {…}}   or   {"id": 7, "error": {"code": "…", "details": "…"}}
    event    {"event": "new-producer", "meeting": "…", "participants": ["…"], "data": {…}}
    hello    {"hello": {"version": 1, "node": "…", "workers": 2, "rtpCapabilities": {…}, "run": "…"}}

The node sends `hello` first, once. `id` is chosen by the web process and never used twice on one
connection. `trace` is optional: the ids of who asked, for the node's log (`media.log_fields`).
"""

import json
from dataclasses import dataclass, field
from typing import Any, Final

from media.log_fields import traced

VERSION: Final = 1
SUBPROTOCOL: Final = f"kcs-link.v{VERSION}"
# A join reply for a room of several hundred producers is below one mebibyte; both ends are ours.
MAX_FRAME_BYTES: Final = 8 * 1024 * 1024
# Parameters of browsers are nested six deep. Parsers recurse, so depth is refused before a frame goes out: the other
# end could not read the frame and would have to cut the link, and with it everybody who shares it.
DEEPEST: Final = 32

# The event by which a node tells of what failed in it. It is for the web process itself: `participants` is empty.
INCIDENT: Final = "incident"

# The push by which a node tells a participant's web process, and not their browser, of a step of their media.
MEDIA_STEP: Final = "media-step"

# The event, and the verb, by which nodes that share a room talk. Its `participants` are empty too.
NEIGHBOUR: Final = "neighbour"
# In the data of a request that lets somebody in: the room is an annex of the one on the node at this address. Only web
# processes say this, never participants.
ANNEX_OF: Final = "annexOf"
# In the data of a request: what the participant may send, as `{version, sources}`. Only web processes say this.
SENDS: Final = "sends"
# In the reply to a join: the participant is on an annex, on the node of this name, and had better be let in there.
ANNEXED: Final = "annexed"

Json = dict[str, Any]


class BadFrame(ValueError):
    """Text that is no frame of this protocol. `request_id` is the id it carried, if it carried a usable one."""

    def __init__(self, reason: str, request_id: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.request_id = request_id


@dataclass(frozen=True, slots=True)
class Request:
    """`meeting` and `participant` are empty for the verbs that concern neither."""

    id: int
    verb: str
    meeting: str
    participant: str
    data: Json
    trace: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """Exactly one of `data` and `code` is set. `id` is None only in the answer to a frame that had no usable id."""

    id: int | None
    data: Json | None = None
    code: str | None = None
    details: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A push for the `participants` of `meeting`; `data` is ready to be forwarded to their sockets."""

    name: str
    meeting: str
    participants: tuple[str, ...]
    data: Json


@dataclass(frozen=True, slots=True)
class Hello:
    """Who the node is. `workers` counts the ones that were up when the link opened; `run` is another id after each
    start of the node.
    """

    version: int
    node: str
    workers: int
    rtp_capabilities: Json
    run: str = ""


FromNode = Reply | Event | Hello


def encode(frame: Request | FromNode) -> str:
    """The text of a frame."""
    return json.dumps(_to_json(frame), separators=(",", ":"))


def _to_json(frame: Request | FromNode) -> Json:
    match frame:
        case Request(id, verb, meeting, participant, data, trace):
            request = {"id": id, "verb": verb, "meeting": meeting, "participant": participant, "data": data}
            return {**request, "trace": trace} if trace else request
        case Reply(id, data, None, _):
            return {"id": id, "data": data or {}}
        case Reply(id, _, code, details):
            return {"id": id, "error": {"code": code, "details": details}}
        case Event(name, meeting, participants, data):
            return {"event": name, "meeting": meeting, "participants": participants, "data": data}
        case Hello(version, node, workers, rtp_capabilities, run):
            hello = {"version": version, "node": node, "workers": workers, "rtpCapabilities": rtp_capabilities}
            return {"hello": {**hello, "run": run}}


def nested_too_deeply(data: Json) -> bool:
    """Whether objects and lists are nested deeper than a frame may have them."""
    level: list[Any] = [data]
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
        if not level:
            return False
    return True


def decode_request(message: str | bytes) -> Request:
    """What a web process sent. Raises `BadFrame`."""
    body = _object(message)
    request_id = body.get("id")
    if not isinstance(request_id, int) or isinstance(request_id, bool):
        raise BadFrame("a request needs an integer id")
    verb, meeting, participant = body.get("verb"), body.get("meeting", ""), body.get("participant", "")
    data = body.get("data", {})
    if not isinstance(verb, str) or not verb:
        raise BadFrame("a request needs a verb", request_id)
    if not isinstance(meeting, str) or not isinstance(participant, str):
        raise BadFrame("meeting and participant are strings", request_id)
    if not isinstance(data, dict):
        raise BadFrame("data is an object", request_id)
    return Request(request_id, verb, meeting, participant, data, traced(body.get("trace")))


def decode_from_node(message: str | bytes) -> FromNode:
    """What a node sent. Raises `BadFrame`."""
    body = _object(message)
    if "event" in body:
        participants = _typed(body, "participants", list)
        return Event(
            _typed(body, "event", str),
            _typed(body, "meeting", str),
            tuple(p for p in participants if isinstance(p, str)),
            _typed(body, "data", dict),
        )
    if "hello" in body:
        hello = _typed(body, "hello", dict)
        # A newer node may say more or less than we know: only the version is needed to refuse it with a reason.
        return Hello(
            _typed(hello, "version", int),
            str(hello.get("node", "")),
            int(hello.get("workers", 0)),
            hello.get("rtpCapabilities", {}),
            str(hello.get("run", "")),
        )
    return _decode_reply(body)


def _decode_reply(body: Json) -> Reply:
    reply_id = body.get("id")
    if reply_id is not None and not isinstance(reply_id, int):
        raise BadFrame("a reply's id is an integer or null")
    if "error" in body:
        error = _typed(body, "error", dict)
        return Reply(reply_id, code=_typed(error, "code", str), details=_typed(error, "details", str))
    return Reply(reply_id, data=_typed(body, "data", dict))


def _object(message: str | bytes) -> Json:
    if isinstance(message, bytes):
        raise BadFrame("frames are text")
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        raise BadFrame("not JSON") from None
    if not isinstance(body, dict):
        raise BadFrame("a frame is a JSON object")
    return body


def _typed(body: Json, key: str, kind: type) -> Any:
    value = body.get(key)
    if not isinstance(value, kind):
        raise BadFrame(f"{key} is missing or not a {kind.__name__}")
    return value
